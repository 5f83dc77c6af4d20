"""Seals over the audit events: a chain of hashes that shows what was changed or taken out."""

import sqlalchemy as sa
from alembic import op

revision = "0021_audit_seals"
down_revision = "0020_cases"


def upgrade() -> None:
    op.create_table(
        "audit_seals",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_events.id"], name=op.f("fk_audit_seals_event_id")
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_seals")),
        sa.UniqueConstraint("event_id", name=op.f("uq_audit_seals_event_id")),
    )


def downgrade() -> None:
    op.drop_table("audit_seals")
