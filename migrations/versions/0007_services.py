"""What deliveries, gradebook columns and rosters keep of what a platform has said."""

import sqlalchemy as sa
from alembic import op

revision = "0007_services"
down_revision = "0006_finish_without_cookies"

INSTANT = sa.DateTime(timezone=True)
EXACT = sa.Numeric().with_variant(sa.String(64), "sqlite")


def upgrade() -> None:
    op.add_column(
        "deliveries", sa.Column("reason", sa.String(length=30), nullable=False, server_default="")
    )
    op.add_column("deliveries", sa.Column("tried_at", INSTANT, nullable=True))
    op.add_column(
        "line_items", sa.Column("is_ours", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("line_items", sa.Column("told_label", sa.String(length=255), nullable=True))
    op.add_column("line_items", sa.Column("told_maximum", EXACT, nullable=True))
    op.add_column("line_items", sa.Column("removed_at", INSTANT, nullable=True))
    op.create_table(
        "roster_states",
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("differences_url", sa.Text(), nullable=True),
        sa.Column("read_whole_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["context_id"], ["contexts.id"], name=op.f("fk_roster_states_context_id")
        ),
        sa.PrimaryKeyConstraint("context_id", name=op.f("pk_roster_states")),
    )


def downgrade() -> None:
    op.drop_table("roster_states")
    for column in ("removed_at", "told_maximum", "told_label", "is_ours"):
        op.drop_column("line_items", column)
    for column in ("tried_at", "reason"):
        op.drop_column("deliveries", column)
