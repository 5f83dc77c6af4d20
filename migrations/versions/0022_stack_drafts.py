"""Drafts of stacks with every text they ever had, and publication by four eyes."""

import sqlalchemy as sa
from alembic import op

revision = "0022_stack_drafts"
down_revision = "0021_audit_seals"

INSTANT = sa.DateTime(timezone=True)

# Somebody who wrote nothing of it since it was last published has approved the very text.
OTHER_EYES = (
    "d.approved_revision = d.revision AND d.approved_by IS NOT NULL "
    "AND EXISTS (SELECT 1 FROM draft_revisions t WHERE t.draft_id = d.id "
    "AND t.number = d.revision AND t.document = d.document) "
    "AND NOT EXISTS (SELECT 1 FROM draft_revisions r WHERE r.draft_id = d.id "
    "AND r.author_id = d.approved_by AND r.number > d.published_revision)"
)
DEMANDED = "(SELECT i.four_eyes FROM institutions i WHERE i.id = {institution})"
OF_STACK = "(SELECT s.institution_id FROM stacks s WHERE s.id = NEW.stack_id)"
# A version of such an institution comes out of a draft that is approved, and out of nothing else.
BAD_VERSION = (
    f"{DEMANDED.format(institution=OF_STACK)} AND NOT EXISTS (SELECT 1 FROM stack_drafts d "
    f"WHERE d.id = NEW.draft_id AND d.institution_id = {OF_STACK} "
    f"AND d.state = 'approved' AND {OTHER_EYES})"
)
BAD_DRAFT = (
    "NEW.state IN ('approved', 'published') "
    "AND (OLD.state <> NEW.state OR OLD.revision <> NEW.revision) "
    f"AND {DEMANDED.format(institution='NEW.institution_id')} "
    "AND NOT (NEW.state = 'published' AND NEW.published_revision = NEW.revision "
    "AND OLD.state = 'approved' AND OLD.revision = NEW.revision) "
    f"AND NOT ({OTHER_EYES.replace('d.', 'NEW.')})"
)


def _refers(name: str, column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}"))


def upgrade() -> None:
    op.add_column(
        "institutions",
        sa.Column("four_eyes", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("stack_versions", sa.Column("draft_id", sa.Integer(), nullable=True))
    op.create_table(
        "stack_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_revision", sa.Integer(), nullable=True),
        sa.Column("published_revision", sa.Integer(), nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        _refers("stack_drafts", "institution_id", "institutions"),
        _refers("stack_drafts", "author_id", "learners"),
        _refers("stack_drafts", "approved_by", "learners"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stack_drafts")),
        sa.UniqueConstraint("uuid", name=op.f("uq_stack_drafts_uuid")),
    )
    op.create_index(op.f("ix_stack_drafts_institution_id"), "stack_drafts", ["institution_id"])
    op.create_table(
        "draft_revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("is_aside", sa.Boolean(), nullable=False),
        sa.Column("form_id", sa.String(36), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        _refers("draft_revisions", "draft_id", "stack_drafts"),
        _refers("draft_revisions", "author_id", "learners"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_revisions")),
        sa.UniqueConstraint("draft_id", "number", name=op.f("uq_draft_revisions_draft_id_number")),
        sa.UniqueConstraint(
            "draft_id", "form_id", name=op.f("uq_draft_revisions_draft_id_form_id")
        ),
    )
    for name, table, act, condition in _rules():
        _refuse(name, table, act, condition)


def _rules() -> tuple[tuple[str, str, str, str], ...]:
    return (
        ("stack_versions_four_eyes", "stack_versions", "INSERT", BAD_VERSION),
        ("stack_drafts_four_eyes", "stack_drafts", "UPDATE", BAD_DRAFT),
        # What was written stays what was written, and whose it is.
        ("draft_revisions_no_update", "draft_revisions", "UPDATE", "1 = 1"),
        ("draft_revisions_no_delete", "draft_revisions", "DELETE", "1 = 1"),
    )


def _reason(table: str) -> str:
    return "draft_revisions is append-only" if table == "draft_revisions" else "four-eyes"


def _refuse(name: str, table: str, act: str, condition: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{_reason(table)}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{_reason(table)}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def downgrade() -> None:
    for name, table, _, _ in _rules():
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {name}")
        else:
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("draft_revisions")
    op.drop_table("stack_drafts")
    op.drop_column("stack_versions", "draft_id")
    op.drop_column("institutions", "four_eyes")
