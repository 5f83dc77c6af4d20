"""Competency frameworks, alignments, endorsements; places in status lists for the latter."""

import sqlalchemy as sa
from alembic import op

revision = "0017_frameworks"
down_revision = "0016_recognition"

INSTANT = sa.DateTime(timezone=True)
WORD = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")


def _text(name: str, length: int | None = None, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(length) if length else sa.Text(), nullable=nullable)


def _reference(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, INSTANT, nullable=nullable)


def _table(
    name: str,
    *columns: sa.Column,
    refers_to: dict[str, str],
    unique: list[list[str]],
    indexed: list[str],
) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        *columns,
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}"))
            for column, table in refers_to.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        *(
            sa.UniqueConstraint(*columns, name=op.f(f"uq_{name}_{'_'.join(columns)}"))
            for columns in unique
        ),
    )
    for column in indexed:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def upgrade() -> None:
    _frameworks()
    _alignments()
    _endorsements()
    with op.batch_alter_table("status_entries") as table:
        table.alter_column("award_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(_reference("endorsement_id", nullable=True))
        table.create_foreign_key(
            op.f("fk_status_entries_endorsement_id"),
            "issued_endorsements",
            ["endorsement_id"],
            ["id"],
        )
    op.create_index(op.f("ix_status_entries_endorsement_id"), "status_entries", ["endorsement_id"])


def _frameworks() -> None:
    _table(
        "frameworks",
        sa.Column("uuid", sa.Uuid(), nullable=False),
        _reference("institution_id", nullable=True),
        _text("kind", 20),
        _text("uri", 500),
        _text("title", 500),
        _text("publisher", 500),
        _text("version", 100),
        _text("licence", 500),
        _text("attribution"),
        _text("source", 1000),
        _text("language", 35),
        _reference("item_count"),
        _instant("changed_at", nullable=True),
        _text("content_hash", 64),
        _instant("imported_at"),
        _instant("created_at"),
        refers_to={"institution_id": "institutions"},
        unique=[["uuid"], ["institution_id", "uri"]],
        indexed=["institution_id"],
    )
    op.create_index(
        "uq_frameworks_shared_uri",
        "frameworks",
        ["uri"],
        unique=True,
        sqlite_where=sa.text("institution_id IS NULL"),
        postgresql_where=sa.text("institution_id IS NULL"),
    )
    _table(
        "framework_items",
        sa.Column("uuid", sa.Uuid(), nullable=False),
        _reference("framework_id"),
        _text("uri", 500),
        _text("identifier", 200),
        _text("code", 200),
        _text("kind", 200),
        _text("parent_uri", 500, nullable=True),
        _reference("position"),
        _reference("depth"),
        _text("replaced_by", 1000, nullable=True),
        _instant("withdrawn_at", nullable=True),
        refers_to={"framework_id": "frameworks"},
        unique=[["uuid"], ["framework_id", "uri"]],
        indexed=["uri", "code"],
    )
    _table(
        "framework_labels",
        _reference("item_id"),
        _text("language", 35),
        _text("name"),
        _text("alternatives"),
        _text("description"),
        refers_to={"item_id": "framework_items"},
        unique=[["item_id", "language"]],
        indexed=[],
    )
    _table(
        "framework_links",
        _reference("framework_id"),
        _text("kind", 50),
        _text("origin", 1000),
        _text("destination", 1000),
        _reference("position"),
        refers_to={"framework_id": "frameworks"},
        unique=[],
        indexed=["framework_id"],
    )
    _terms()


def _terms() -> None:
    op.create_table(
        "framework_terms",
        _reference("framework_id"),
        sa.Column("word", WORD, nullable=False),
        _reference("item_id"),
        _text("language", 35),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "framework_id", "word", "item_id", "language", name=op.f("pk_framework_terms")
        ),
        sqlite_with_rowid=False,
    )


def _alignments() -> None:
    _table(
        "achievement_alignments",
        sa.Column("uuid", sa.Uuid(), nullable=False),
        _reference("institution_id"),
        _reference("achievement_id"),
        _reference("item_id", nullable=True),
        _text("target_type", 50),
        _text("target_url", 1000),
        _text("target_name"),
        _text("target_code", 200),
        _text("target_framework", 500),
        _text("target_description"),
        _text("made_by", 100),
        _instant("made_at"),
        refers_to={
            "institution_id": "institutions",
            "achievement_id": "achievements",
            "item_id": "framework_items",
        },
        unique=[["uuid"], ["achievement_id", "target_url"]],
        indexed=["institution_id", "item_id"],
    )


def _endorsements() -> None:
    _table(
        "issued_endorsements",
        sa.Column("uuid", sa.Uuid(), nullable=False),
        _reference("institution_id"),
        _reference("issuer_key_id"),
        _text("target", 1000),
        _text("name", 500),
        _text("document", nullable=True),
        _text("issued_by", 100),
        _instant("issued_at"),
        refers_to={"institution_id": "institutions", "issuer_key_id": "issuer_keys"},
        unique=[["uuid"]],
        indexed=["institution_id"],
    )
    _table(
        "given_endorsements",
        sa.Column("uuid", sa.Uuid(), nullable=False),
        _reference("institution_id"),
        _reference("achievement_id", nullable=True),
        _text("issuer", 500),
        _text("issuer_name", 500),
        _text("endorsement_id", 500),
        _text("comment"),
        _instant("valid_from"),
        _instant("valid_until", nullable=True),
        _text("outcome", 50),
        _text("sha256", 64),
        _text("document"),
        _text("added_by", 100),
        _instant("added_at"),
        _instant("removed_at", nullable=True),
        refers_to={"institution_id": "institutions", "achievement_id": "achievements"},
        unique=[["uuid"], ["institution_id", "issuer", "endorsement_id", "sha256"]],
        indexed=["institution_id", "achievement_id"],
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_status_entries_endorsement_id"), "status_entries")
    op.execute("DELETE FROM status_entries WHERE award_id IS NULL")
    with op.batch_alter_table("status_entries") as table:
        table.drop_constraint(op.f("fk_status_entries_endorsement_id"), type_="foreignkey")
        table.drop_column("endorsement_id")
        table.alter_column("award_id", existing_type=sa.Integer(), nullable=False)
    for name in (
        "given_endorsements",
        "issued_endorsements",
        "achievement_alignments",
        "framework_terms",
        "framework_links",
        "framework_labels",
        "framework_items",
        "frameworks",
    ):
        op.drop_table(name)
