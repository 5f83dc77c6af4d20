"""Signing in outside a platform: providers, ways, attempts under way, sessions of learners."""

import sqlalchemy as sa
from alembic import op

revision = "0027_signing_in"
down_revision = "0026_sweeps"

INSTANT = sa.DateTime(timezone=True)


def _refers(name: str, column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}"))


def _person(name: str) -> list[sa.schema.SchemaItem]:
    columns = [
        sa.Column(column, sa.Integer(), nullable=True)
        for column in ("institution_id", "learner_id", "administrator_id")
    ]
    tables = ("institutions", "learners", "administrators")
    return [
        *columns,
        *(_refers(name, c.name, table) for c, table in zip(columns, tables, strict=True)),
    ]


def upgrade() -> None:
    op.create_table(
        "sign_in_providers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("client_id", sa.String(255), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=True),
        sa.Column("allows_loopback", sa.Boolean(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        _refers("sign_in_providers", "institution_id", "institutions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_providers")),
        sa.UniqueConstraint("institution_id", name=op.f("uq_sign_in_providers_institution_id")),
    )
    op.create_table(
        "sign_in_ways",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        *_person("sign_in_ways"),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("lookup", sa.String(64), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("subject", sa.String(255), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("credential_id", sa.LargeBinary(), nullable=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_ways")),
        sa.UniqueConstraint("uuid", name=op.f("uq_sign_in_ways_uuid")),
        sa.UniqueConstraint("lookup", name=op.f("uq_sign_in_ways_lookup")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("audience", sa.String(10), nullable=False),
        sa.Column("is_adding", sa.Boolean(), nullable=False),
        *_person("sign_in_attempts"),
        sa.Column("browser_hash", sa.String(64), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("verifier", sa.String(128), nullable=False),
        sa.Column("next_page", sa.String(255), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("address_hash", sa.String(64), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("mail_due_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_sign_in_attempts")),
    )
    op.create_table(
        "learner_sessions",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        _refers("learner_sessions", "learner_id", "learners"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_learner_sessions")),
    )
    for table in ("sign_in_ways", "sign_in_attempts"):
        for column in ("learner_id", "administrator_id"):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    for column in ("address_hash", "mail_due_at", "expires_at"):
        op.create_index(op.f(f"ix_sign_in_attempts_{column}"), "sign_in_attempts", [column])
    for column in ("learner_id", "expires_at"):
        op.create_index(op.f(f"ix_learner_sessions_{column}"), "learner_sessions", [column])
    # The release before leaves it empty; then the session's beginning counts.
    op.add_column("administrator_sessions", sa.Column("seen_at", INSTANT, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("administrator_sessions") as batch:
        batch.drop_column("seen_at")
    for name in ("learner_sessions", "sign_in_attempts", "sign_in_ways", "sign_in_providers"):
        op.drop_table(name)
