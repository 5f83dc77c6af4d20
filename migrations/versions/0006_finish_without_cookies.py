"""What finishing a launch without its login cookie needs: storage, hints, tickets, bearers."""

import sqlalchemy as sa
from alembic import op

revision = "0006_finish_without_cookies"
down_revision = "0005_remember_copies"


def upgrade() -> None:
    op.add_column("logins", sa.Column("login_hint", sa.Text(), nullable=False, server_default=""))
    op.add_column("logins", sa.Column("message_hint", sa.Text()))
    op.add_column("logins", sa.Column("storage_target", sa.String(255)))
    op.add_column(
        "launch_sessions",
        sa.Column("is_bearer", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "launch_tickets",
        sa.Column("ticket_hash", sa.String(64), primary_key=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_launch_tickets_expires_at", "launch_tickets", ["expires_at"])


def downgrade() -> None:
    op.drop_table("launch_tickets")
    op.drop_column("launch_sessions", "is_bearer")
    for name in ("storage_target", "message_hint", "login_hint"):
        op.drop_column("logins", name)
