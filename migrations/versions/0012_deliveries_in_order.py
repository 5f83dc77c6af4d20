"""The order in which deliveries are taken, so that a backlog costs no more than a few."""

from alembic import op

revision = "0012_deliveries_in_order"
down_revision = "0011_credentials"

IN_ORDER = ["kind", "settled_at", "is_bulk", "due_at", "id"]


def upgrade() -> None:
    op.create_index("ix_deliveries_kind_state", "deliveries", ["kind", "state"])
    op.create_index("ix_deliveries_in_order", "deliveries", IN_ORDER)
    op.drop_index("ix_deliveries_state_due_at", "deliveries")


def downgrade() -> None:
    op.create_index("ix_deliveries_state_due_at", "deliveries", ["state", "due_at"])
    op.drop_index("ix_deliveries_in_order", "deliveries")
    op.drop_index("ix_deliveries_kind_state", "deliveries")
