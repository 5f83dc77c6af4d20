"""The language of an institution's pages and mails where nobody says another."""

import sqlalchemy as sa
from alembic import op

revision = "0031_institution_language"
down_revision = "0030_learner_language"


def upgrade() -> None:
    op.add_column("institutions", sa.Column("language", sa.String(8), nullable=True))


def downgrade() -> None:
    # Not by a copy of the table: triggers (migration 0022) look at it by its name.
    op.drop_column("institutions", "language")
