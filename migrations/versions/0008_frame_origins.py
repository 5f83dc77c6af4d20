"""Further origins in which a platform shows our pages."""

import sqlalchemy as sa
from alembic import op

revision = "0008_frame_origins"
down_revision = "0007_services"


def upgrade() -> None:
    op.add_column(
        "registrations", sa.Column("frame_origins", sa.JSON(), nullable=False, server_default="[]")
    )


def downgrade() -> None:
    op.drop_column("registrations", "frame_origins")
