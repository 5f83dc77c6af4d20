"""Requests of learners, exceptions with what ends them, and administrators who are registrars."""

import sqlalchemy as sa
from alembic import op

revision = "0020_cases"
down_revision = "0019_shown_grades"

INSTANT = sa.DateTime(timezone=True)
KEPT = (
    "uuid",
    "institution_id",
    "learner_id",
    "stack_key",
    "kind",
    "address",
    "fact",
    "field",
    "value",
    "reason_code",
    "author",
    "granted_on",
    "decided_at",
    "valid_until",
)
"""What nobody changes about an exception; its texts are emptied when a person is erased."""


def _refers(name: str, column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}"))


def upgrade() -> None:
    op.create_table(
        "exceptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("stack_key", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("fact", sa.String(200), nullable=False),
        sa.Column("field", sa.String(100), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("reason_code", sa.String(50), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_url", sa.Text(), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        _refers("exceptions", "institution_id", "institutions"),
        _refers("exceptions", "learner_id", "learners"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exceptions")),
        sa.UniqueConstraint("uuid", name=op.f("uq_exceptions_uuid")),
    )
    op.create_table(
        "exception_ends",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exception_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=False),
        _refers("exception_ends", "exception_id", "exceptions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exception_ends")),
        sa.UniqueConstraint("exception_id", name=op.f("uq_exception_ends_exception_id")),
    )
    op.create_table(
        "requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=True),
        sa.Column("stack_key", sa.String(100), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by", sa.String(100), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("exception_id", sa.Integer(), nullable=True),
        _refers("requests", "institution_id", "institutions"),
        _refers("requests", "learner_id", "learners"),
        _refers("requests", "context_id", "contexts"),
        _refers("requests", "exception_id", "exceptions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
        sa.UniqueConstraint("uuid", name=op.f("uq_requests_uuid")),
    )
    for table in ("exceptions", "requests"):
        for column in ("institution_id", "learner_id"):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.create_index(
        "uq_requests_open",
        "requests",
        ["learner_id", "stack_key", "address"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    with op.batch_alter_table("award_reviews") as table:
        table.add_column(sa.Column("exception_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_award_reviews_exception_id"), "exceptions", ["exception_id"], ["id"]
        )
        table.create_unique_constraint(
            op.f("uq_award_reviews_award_id_exception_id"), ["award_id", "exception_id"]
        )
    op.add_column("administrators", sa.Column("roles", sa.JSON(), nullable=True))
    _keep_history()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER exceptions_append_only ON exceptions")
        op.execute("DROP FUNCTION exceptions_append_only()")
    op.drop_column("administrators", "roles")
    op.execute("DELETE FROM award_reviews WHERE exception_id IS NOT NULL")
    with op.batch_alter_table("award_reviews") as table:
        table.drop_constraint(op.f("uq_award_reviews_award_id_exception_id"), type_="unique")
        table.drop_constraint(op.f("fk_award_reviews_exception_id"), type_="foreignkey")
        table.drop_column("exception_id")
    for name in ("requests", "exception_ends", "exceptions"):
        op.drop_table(name)


def _keep_history() -> None:
    """Let the database itself refuse to rewrite what was decided."""
    columns = ", ".join(KEPT)
    if op.get_bind().dialect.name == "sqlite":
        for act, when in (("delete", "DELETE"), ("update", f"UPDATE OF {columns}")):
            op.execute(
                f"CREATE TRIGGER exceptions_no_{act} BEFORE {when} ON exceptions "
                "BEGIN SELECT RAISE(ABORT, 'exceptions is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION exceptions_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'exceptions is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER exceptions_append_only BEFORE DELETE OR UPDATE OF {columns} "
        "ON exceptions FOR EACH ROW EXECUTE FUNCTION exceptions_append_only()"
    )
