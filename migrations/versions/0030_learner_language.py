"""The language in which a learner came last, for mails."""

import sqlalchemy as sa
from alembic import op

revision = "0030_learner_language"
down_revision = "0029_health"


def upgrade() -> None:
    with op.batch_alter_table("learners") as table:
        table.add_column(sa.Column("language", sa.String(8), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("learners") as table:
        table.drop_column("language")
