"""Let a registration be of a platform on this machine, which may be spoken to over http."""

import sqlalchemy as sa
from alembic import op

revision = "0002_allow_loopback"
down_revision = "0001_create_ledger"


def upgrade() -> None:
    op.add_column(
        "registrations",
        sa.Column("allows_loopback", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_column("registrations", "allows_loopback")
