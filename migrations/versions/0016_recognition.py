"""Credentials of other issuers, decisions on them, trusted issuers and equivalencies."""

import sqlalchemy as sa
from alembic import op

revision = "0016_recognition"
down_revision = "0015_transcripts"

INSTANT = sa.DateTime(timezone=True)
EXACT = sa.Numeric().with_variant(sa.String(64), "sqlite")


def _table(name: str, *columns: sa.Column, refers_to: dict[str, str], unique: list[list[str]]):
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        *columns,
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}"))
            for column, table in refers_to.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        *(
            sa.UniqueConstraint(*columns, name=op.f(f"uq_{name}_{'_'.join(columns)}"))
            for columns in [["uuid"], *unique]
        ),
    )


def _reference(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _text(name: str, length: int | None = None) -> sa.Column:
    return sa.Column(name, sa.Text() if length is None else sa.String(length), nullable=False)


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, INSTANT, nullable=nullable)


def upgrade() -> None:
    op.add_column("completions", sa.Column("valid_until", sa.Date(), nullable=True))
    op.add_column("completions", sa.Column("attributes", sa.JSON(), nullable=True))
    op.add_column("launch_sessions", sa.Column("email", sa.String(320), nullable=True))
    _table(
        "trusted_issuers",
        _reference("institution_id"),
        _text("name", 1000),
        _text("title", 255),
        _instant("since", nullable=True),
        _instant("until", nullable=True),
        sa.Column("achievement_types", sa.JSON(), nullable=False),
        _text("reason"),
        _text("added_by", 100),
        _instant("added_at"),
        _instant("ended_at", nullable=True),
        _text("end_reason"),
        refers_to={"institution_id": "institutions"},
        unique=[],
    )
    _table(
        "equivalencies",
        _reference("institution_id"),
        _text("issuer"),
        _text("outside_achievement"),
        _text("outside_name"),
        _reference("achievement_id"),
        sa.Column("credits", EXACT, nullable=False),
        sa.Column("level", EXACT, nullable=True),
        _text("direction", 10),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        _text("reason"),
        _text("added_by", 100),
        _instant("added_at"),
        _instant("ended_at", nullable=True),
        _text("end_reason"),
        refers_to={"institution_id": "institutions", "achievement_id": "achievements"},
        unique=[],
    )
    _table(
        "outside_credentials",
        _reference("institution_id"),
        _reference("learner_id"),
        _reference("context_id", nullable=True),
        _text("sha256", 64),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        _text("form", 100),
        _text("issuer"),
        _text("credential_id"),
        _text("identity_hash", 64),
        _instant("valid_from"),
        _instant("valid_until", nullable=True),
        _text("outcome", 30),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        _text("state", 20),
        _text("remark", 30),
        sa.Column("is_unproved", sa.Boolean(), nullable=False),
        _instant("handed_in_at"),
        _instant("checked_at"),
        _instant("next_check_at", nullable=True),
        sa.Column("failed_checks", sa.Integer(), nullable=False),
        _instant("changed_at", nullable=True),
        refers_to={
            "institution_id": "institutions",
            "learner_id": "learners",
            "context_id": "contexts",
        },
        unique=[["learner_id", "sha256"]],
    )
    _table(
        "recognitions",
        _reference("outside_credential_id"),
        _text("state", 20),
        _reference("achievement_id", nullable=True),
        _reference("completion_id", nullable=True),
        _reference("equivalency_id", nullable=True),
        _reference("replaces_id", nullable=True),
        _text("reason"),
        sa.Column("is_identity_confirmed", sa.Boolean(), nullable=False),
        _reference("decided_by", nullable=True),
        _instant("decided_at"),
        refers_to={
            "outside_credential_id": "outside_credentials",
            "achievement_id": "achievements",
            "completion_id": "completions",
            "equivalency_id": "equivalencies",
            "replaces_id": "recognitions",
            "decided_by": "learners",
        },
        unique=[],
    )
    for name, column in INDEXES:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


INDEXES = (
    ("trusted_issuers", "institution_id"),
    ("equivalencies", "institution_id"),
    ("outside_credentials", "institution_id"),
    ("outside_credentials", "learner_id"),
    ("outside_credentials", "identity_hash"),
    ("outside_credentials", "next_check_at"),
    ("recognitions", "outside_credential_id"),
    ("recognitions", "completion_id"),
)


def downgrade() -> None:
    for name in ("recognitions", "outside_credentials", "equivalencies", "trusted_issuers"):
        op.drop_table(name)
    op.drop_column("launch_sessions", "email")
    op.drop_column("completions", "attributes")
    op.drop_column("completions", "valid_until")
