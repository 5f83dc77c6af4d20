"""What an institution sets: definitions in versions, how it looks, how long it keeps what."""

import sqlalchemy as sa
from alembic import op

revision = "0028_institution_settings"
down_revision = "0027_signing_in"

DEFINITIONS = "institution_definitions"
INSTANT = sa.DateTime(timezone=True)


def _refers(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["institution_id"], ["institutions.id"], name=op.f(f"fk_{table}_institution_id")
    )


def upgrade() -> None:
    op.create_table(
        DEFINITIONS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        _refers(DEFINITIONS),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{DEFINITIONS}")),
        sa.UniqueConstraint(
            "institution_id", "number", name=op.f(f"uq_{DEFINITIONS}_institution_id_number")
        ),
    )
    _refuse_changes(DEFINITIONS)
    op.add_column("stack_drafts", sa.Column("approved_definitions", sa.Integer(), nullable=True))
    for name in ("brand", "retention"):
        op.add_column("institutions", sa.Column(name, sa.JSON(), nullable=True))
    op.create_table(
        "logos",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        _refers("logos"),
        sa.PrimaryKeyConstraint("institution_id", name=op.f("pk_logos")),
    )


def downgrade() -> None:
    op.drop_table("logos")
    for name in ("retention", "brand"):
        op.drop_column("institutions", name)
    op.drop_column("stack_drafts", "approved_definitions")
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"DROP TRIGGER {DEFINITIONS}_append_only ON {DEFINITIONS}")
        op.execute(f"DROP FUNCTION {DEFINITIONS}_append_only()")
    op.drop_table(DEFINITIONS)


def _refuse_changes(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
    )
