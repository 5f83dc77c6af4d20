"""What the publication of a draft would do to all learners, as far as it is computed."""

import sqlalchemy as sa
from alembic import op

revision = "0032_simulations"
down_revision = "0031_institution_language"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "simulations",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("base", sa.String(64), nullable=False),
        sa.Column("asked_by", sa.String(100), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("after_learner_id", sa.Integer(), nullable=False),
        sa.Column("learners", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["stack_drafts.id"], name=op.f("fk_simulations_draft_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_simulations_institution_id")
        ),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_simulations")),
    )
    op.create_index(op.f("ix_simulations_institution_id"), "simulations", ["institution_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_simulations_institution_id"), "simulations")
    op.drop_table("simulations")
