"""The learner's wallet: public pages of credentials, and accounts that one person has joined."""

import sqlalchemy as sa
from alembic import op

revision = "0013_wallet"
down_revision = "0012_deliveries_in_order"

INSTANT = sa.DateTime(timezone=True)


def _table(name: str, *columns: sa.Column, refers_to: dict[str, str], unique: list[str]):
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        *columns,
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}"))
            for column, table in refers_to.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        *(sa.UniqueConstraint(column, name=op.f(f"uq_{name}_{column}")) for column in unique),
    )


def _reference(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=False)


def upgrade() -> None:
    with op.batch_alter_table("institutions") as table:
        table.add_column(sa.Column("linkedin_id", sa.String(20), nullable=True))
    _table(
        "public_pages",
        sa.Column("token", sa.String(64), nullable=False),
        _reference("award_id"),
        _reference("institution_id"),
        _reference("learner_id"),
        sa.Column("shows_name", sa.Boolean(), nullable=False),
        sa.Column("shows_evidence", sa.Boolean(), nullable=False),
        sa.Column("shows_results", sa.Boolean(), nullable=False),
        sa.Column("shows_document", sa.Boolean(), nullable=False),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.Column("consented_by", sa.Uuid(), nullable=False),
        sa.Column("consented_at", INSTANT, nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        refers_to={
            "award_id": "awards",
            "institution_id": "institutions",
            "learner_id": "learners",
        },
        unique=["token", "award_id"],
    )
    _table(
        "joining_codes",
        sa.Column("code_hash", sa.String(64), nullable=False),
        _reference("institution_id"),
        _reference("learner_id"),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        refers_to={"institution_id": "institutions", "learner_id": "learners"},
        unique=["code_hash", "learner_id"],
    )
    _table(
        "joined_accounts",
        _reference("institution_id"),
        _reference("learner_id"),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("joined_at", INSTANT, nullable=False),
        refers_to={"institution_id": "institutions", "learner_id": "learners"},
        unique=["learner_id"],
    )
    for name, column in (("public_pages", "learner_id"), ("joined_accounts", "person")):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def downgrade() -> None:
    for name in ("joined_accounts", "joining_codes", "public_pages"):
        op.drop_table(name)
    with op.batch_alter_table("institutions") as table:
        table.drop_column("linkedin_id")
