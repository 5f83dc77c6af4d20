"""Evidence sources, the rules that teachers make of them, when they are read, and what was read."""

import sqlalchemy as sa
from alembic import op

revision = "0033_evidence_sources"
down_revision = "0032_simulations"

INSTANT = sa.DateTime(timezone=True)
EXACT = sa.Numeric().with_variant(sa.String(64), "sqlite")


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "evidence_sources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("base_url", sa.Text(), nullable=False),
        sa.Column("sealed_token", sa.LargeBinary(), nullable=True),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.String(40), nullable=False),
        sa.Column("problem_at", INSTANT, nullable=True),
        sa.Column("held_until", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        _reference("evidence_sources", "institution_id", "institutions"),
        _reference("evidence_sources", "deployment_id", "deployments"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_sources")),
        sa.UniqueConstraint("uuid", name=op.f("uq_evidence_sources_uuid")),
    )
    op.create_index(
        op.f("ix_evidence_sources_institution_id"), "evidence_sources", ["institution_id"]
    )
    op.create_index(
        op.f("ix_evidence_sources_deployment_id"), "evidence_sources", ["deployment_id"]
    )
    op.create_table(
        "evidence_mappings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("achievement_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("item_key", sa.String(255), nullable=False),
        sa.Column("item_name", sa.String(255), nullable=False),
        sa.Column("item_detail", sa.String(255), nullable=False),
        sa.Column("threshold", EXACT, nullable=True),
        sa.Column("evidence_text", sa.Text(), nullable=False),
        sa.Column("problem", sa.String(40), nullable=False),
        sa.Column("problem_at", INSTANT, nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        _reference("evidence_mappings", "source_id", "evidence_sources"),
        _reference("evidence_mappings", "context_id", "contexts"),
        _reference("evidence_mappings", "achievement_id", "achievements"),
        _reference("evidence_mappings", "created_by", "learners"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_mappings")),
        sa.UniqueConstraint("uuid", name=op.f("uq_evidence_mappings_uuid")),
    )
    op.create_index(op.f("ix_evidence_mappings_context_id"), "evidence_mappings", ["context_id"])
    op.create_index(op.f("ix_evidence_mappings_source_id"), "evidence_mappings", ["source_id"])
    op.create_table(
        "evidence_readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("problem", sa.String(40), nullable=False),
        sa.Column("problem_at", INSTANT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("strangers", sa.Integer(), nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        _reference("evidence_readings", "source_id", "evidence_sources"),
        _reference("evidence_readings", "context_id", "contexts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_readings")),
        sa.UniqueConstraint(
            "source_id", "context_id", name=op.f("uq_evidence_readings_source_id_context_id")
        ),
    )
    op.create_index(op.f("ix_evidence_readings_due_at"), "evidence_readings", ["due_at"])
    op.create_index(op.f("ix_evidence_readings_context_id"), "evidence_readings", ["context_id"])
    op.create_table(
        "evidence_facts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mapping_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("original", sa.JSON(), nullable=False),
        sa.Column("percent", EXACT, nullable=True),
        sa.Column("is_met", sa.Boolean(), nullable=False),
        sa.Column("at", INSTANT, nullable=True),
        sa.Column("read_at", INSTANT, nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("completion_id", sa.Integer(), nullable=True),
        _reference("evidence_facts", "mapping_id", "evidence_mappings"),
        _reference("evidence_facts", "learner_id", "learners"),
        _reference("evidence_facts", "completion_id", "completions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_facts")),
        sa.UniqueConstraint(
            "mapping_id",
            "learner_id",
            "number",
            name=op.f("uq_evidence_facts_mapping_id_learner_id_number"),
        ),
    )
    op.create_index(op.f("ix_evidence_facts_learner_id"), "evidence_facts", ["learner_id"])
    op.create_index(op.f("ix_evidence_facts_completion_id"), "evidence_facts", ["completion_id"])


def downgrade() -> None:
    op.drop_table("evidence_facts")
    op.drop_table("evidence_readings")
    op.drop_table("evidence_mappings")
    op.drop_table("evidence_sources")
