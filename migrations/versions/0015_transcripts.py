"""Transcripts, awards taken back, reviews that a revocation opens, keys that others may know."""

import sqlalchemy as sa
from alembic import op

revision = "0015_transcripts"
down_revision = "0014_elements"

INSTANT = sa.DateTime(timezone=True)
EARLIER = "Revoked before reasons were kept here; the audit log has it."


def _refers(name: str, column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}"))


def upgrade() -> None:
    op.create_table(
        "transcripts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("issuer_key_id", sa.Integer(), nullable=False),
        sa.Column("members_hash", sa.String(64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("issued_at", INSTANT, nullable=False),
        _refers("transcripts", "award_id", "awards"),
        _refers("transcripts", "institution_id", "institutions"),
        _refers("transcripts", "learner_id", "learners"),
        _refers("transcripts", "issuer_key_id", "issuer_keys"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcripts")),
        sa.UniqueConstraint("award_id", name=op.f("uq_transcripts_award_id")),
    )
    for column in ("institution_id", "learner_id"):
        op.create_index(op.f(f"ix_transcripts_{column}"), "transcripts", [column])
    op.create_table(
        "award_revocations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        _refers("award_revocations", "award_id", "awards"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_revocations")),
        sa.UniqueConstraint("award_id", name=op.f("uq_award_revocations_award_id")),
    )
    op.execute(
        "INSERT INTO award_revocations (award_id, reason, actor, recorded_at) "
        f"SELECT DISTINCT e.award_id, '{EARLIER}', 'migration', CURRENT_TIMESTAMP "
        "FROM status_entries e JOIN status_lists l ON l.id = e.status_list_id "
        "WHERE e.is_set AND l.purpose = 'revocation'"
    )
    with op.batch_alter_table("award_reviews") as table:
        table.alter_column("withdrawal_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("revocation_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("decided_at", INSTANT, nullable=True))
        table.add_column(sa.Column("decided_by", sa.String(100), nullable=True))
        table.add_column(sa.Column("decision_note", sa.Text(), nullable=True))
        table.create_foreign_key(
            op.f("fk_award_reviews_revocation_id"), "award_revocations", ["revocation_id"], ["id"]
        )
        table.create_unique_constraint(
            op.f("uq_award_reviews_award_id_revocation_id"), ["award_id", "revocation_id"]
        )
    op.add_column("issuer_keys", sa.Column("compromised_at", INSTANT, nullable=True))


def downgrade() -> None:
    op.drop_column("issuer_keys", "compromised_at")
    op.execute("DELETE FROM award_reviews WHERE withdrawal_id IS NULL")
    with op.batch_alter_table("award_reviews") as table:
        table.drop_constraint(op.f("uq_award_reviews_award_id_revocation_id"), type_="unique")
        table.drop_constraint(op.f("fk_award_reviews_revocation_id"), type_="foreignkey")
        for name in ("revocation_id", "decided_at", "decided_by", "decision_note"):
            table.drop_column(name)
        table.alter_column("withdrawal_id", existing_type=sa.Integer(), nullable=False)
    op.drop_table("award_revocations")
    op.drop_table("transcripts")
    op.execute("DELETE FROM deliveries WHERE kind = 'transcript'")
