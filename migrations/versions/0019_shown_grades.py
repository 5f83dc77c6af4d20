"""Learners who want the grade of an award in its credential."""

import sqlalchemy as sa
from alembic import op

revision = "0019_shown_grades"
down_revision = "0018_wallet_protocols"


def upgrade() -> None:
    op.create_table(
        "shown_grades",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["awards.id"], name=op.f("fk_shown_grades_award_id")),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name=op.f("fk_shown_grades_learner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shown_grades")),
        sa.UniqueConstraint("award_id", name=op.f("uq_shown_grades_award_id")),
    )
    op.create_index(op.f("ix_shown_grades_learner_id"), "shown_grades", ["learner_id"])


def downgrade() -> None:
    op.drop_table("shown_grades")
