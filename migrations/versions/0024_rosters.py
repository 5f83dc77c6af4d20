"""Rubric levels, files that wait to be recorded, where learners stand, evidence that is open."""

import sqlalchemy as sa
from alembic import op

revision = "0024_rosters"
down_revision = "0023_learner_news"

INSTANT = sa.DateTime(timezone=True)
EXACT = sa.Numeric().with_variant(sa.String(64), "sqlite")


def _refers(name: str, column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}"))


def upgrade() -> None:
    op.create_table(
        "rubric_levels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("achievement_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(100), nullable=False),
        sa.Column("grade", EXACT, nullable=False),
        _refers("rubric_levels", "achievement_id", "achievements"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric_levels")),
        sa.UniqueConstraint(
            "achievement_id", "label", name=op.f("uq_rubric_levels_achievement_id_label")
        ),
    )
    op.create_table(
        "staged_sheets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        _refers("staged_sheets", "context_id", "contexts"),
        _refers("staged_sheets", "learner_id", "learners"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staged_sheets")),
        sa.UniqueConstraint("uuid", name=op.f("uq_staged_sheets_uuid")),
    )
    op.create_table(
        "standings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("stack_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("have", EXACT, nullable=False),
        sa.Column("need", EXACT, nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("counted", sa.JSON(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("latest_on", sa.Date(), nullable=True),
        sa.Column("computed_at", INSTANT, nullable=False),
        _refers("standings", "learner_id", "learners"),
        _refers("standings", "stack_id", "stacks"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standings")),
        sa.UniqueConstraint(
            "learner_id", "stack_id", name=op.f("uq_standings_learner_id_stack_id")
        ),
    )
    op.create_table(
        "evidence_claims",
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        _refers("evidence_claims", "evidence_id", "evidence"),
        _refers("evidence_claims", "learner_id", "learners"),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_evidence_claims")),
    )


def downgrade() -> None:
    for name in ("evidence_claims", "standings", "staged_sheets", "rubric_levels"):
        op.drop_table(name)
