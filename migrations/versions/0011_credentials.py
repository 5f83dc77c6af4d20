"""Credentials, the issuers' keys and status lists; deliveries that belong to no course."""

import sqlalchemy as sa
from alembic import op

revision = "0011_credentials"
down_revision = "0010_api_keys"

INSTANT = sa.DateTime(timezone=True)


def _table(name: str, *columns: sa.Column, refers_to: dict[str, str], unique: list[list[str]]):
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


def _reference(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=False)


def upgrade() -> None:
    with op.batch_alter_table("deliveries") as table:
        table.alter_column("context_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(
            sa.Column("is_bulk", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    _table(
        "issuer_keys",
        sa.Column("key_id", sa.String(32), nullable=False),
        _reference("institution_id"),
        sa.Column("algorithm", sa.String(20), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("handle", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("retired_at", INSTANT, nullable=True),
        refers_to={"institution_id": "institutions"},
        unique=[["key_id"]],
    )
    _table(
        "credentials",
        _reference("award_id"),
        _reference("institution_id"),
        _reference("learner_id"),
        _reference("issuer_key_id"),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("jwt", sa.Text(), nullable=True),
        sa.Column("issued_at", INSTANT, nullable=False),
        refers_to={
            "award_id": "awards",
            "institution_id": "institutions",
            "learner_id": "learners",
            "issuer_key_id": "issuer_keys",
        },
        unique=[["award_id"]],
    )
    _table(
        "status_lists",
        sa.Column("uuid", sa.Uuid(), nullable=False),
        _reference("institution_id"),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("signed_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        refers_to={"institution_id": "institutions"},
        unique=[["uuid"]],
    )
    _table(
        "status_entries",
        _reference("status_list_id"),
        sa.Column("position", sa.Integer(), nullable=False),
        _reference("award_id"),
        sa.Column("is_set", sa.Boolean(), nullable=False),
        refers_to={"status_list_id": "status_lists", "award_id": "awards"},
        unique=[["status_list_id", "position"]],
    )
    for name, column in (
        ("issuer_keys", "institution_id"),
        ("credentials", "institution_id"),
        ("credentials", "learner_id"),
        ("status_lists", "institution_id"),
        ("status_entries", "award_id"),
    ):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def downgrade() -> None:
    for name in ("status_entries", "status_lists", "credentials", "issuer_keys"):
        op.drop_table(name)
    op.execute("DELETE FROM deliveries WHERE context_id IS NULL")
    with op.batch_alter_table("deliveries") as table:
        table.drop_column("is_bulk")
        table.alter_column("context_id", existing_type=sa.Integer(), nullable=False)
