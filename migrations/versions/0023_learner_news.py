"""News for learners in the tool, and the digest by mail that they may want."""

import sqlalchemy as sa
from alembic import op

revision = "0023_learner_news"
down_revision = "0022_stack_drafts"

INSTANT = sa.DateTime(timezone=True)


def _refers(name: str, column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}"))


def upgrade() -> None:
    op.create_table(
        "learner_news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=True),
        sa.Column("mailed_at", INSTANT, nullable=True),
        _refers("learner_news", "institution_id", "institutions"),
        _refers("learner_news", "learner_id", "learners"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner_news")),
        sa.UniqueConstraint("learner_id", "key", name=op.f("uq_learner_news_learner_id_key")),
    )
    op.create_table(
        "learner_news_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.JSON(), nullable=False),
        sa.Column("mailed", sa.JSON(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("code_salt", sa.String(64), nullable=True),
        sa.Column("code_until", INSTANT, nullable=True),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.Column("code_due_at", INSTANT, nullable=True),
        sa.Column("digest_due_at", INSTANT, nullable=True),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        _refers("learner_news_settings", "institution_id", "institutions"),
        _refers("learner_news_settings", "learner_id", "learners"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner_news_settings")),
        sa.UniqueConstraint("learner_id", name=op.f("uq_learner_news_settings_learner_id")),
    )


def downgrade() -> None:
    op.drop_table("learner_news_settings")
    op.drop_table("learner_news")
