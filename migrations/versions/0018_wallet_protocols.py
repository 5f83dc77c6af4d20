"""Offers to wallets, DIDs that learners proved, wallets that read, and which protocols are on."""

import sqlalchemy as sa
from alembic import op

revision = "0018_wallet_protocols"
down_revision = "0017_frameworks"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("institutions", sa.Column("wallet_ways", sa.JSON(), nullable=True))
    _table(
        "wallet_offers",
        sa.Column("secret_hash", sa.String(64), nullable=False),
        _reference("institution_id"),
        _reference("learner_id"),
        _reference("award_id"),
        sa.Column("way", sa.String(20), nullable=False),
        sa.Column("pin_hash", sa.String(64), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("expires_at", INSTANT, nullable=False),
        refers_to=["institution", "learner", "award"],
        unique=[["secret_hash"], ["token_hash"]],
        indexed=["learner_id", "expires_at"],
    )
    _table(
        "holder_dids",
        _reference("institution_id"),
        _reference("learner_id"),
        sa.Column("did", sa.String(600), nullable=False),
        sa.Column("way", sa.String(20), nullable=False),
        sa.Column("proven_at", INSTANT, nullable=False),
        refers_to=["institution", "learner"],
        unique=[["learner_id", "did"]],
        indexed=[],
    )
    _table(
        "wallet_clients",
        sa.Column("client_id", sa.String(40), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=True),
        sa.Column("auth_method", sa.String(30), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("redirect_uris", sa.JSON(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=False),
        refers_to=[],
        unique=[["client_id"]],
        indexed=["used_at"],
    )
    _pairings()
    _table(
        "wallet_grants",
        sa.Column("uuid", sa.Uuid(), nullable=False),
        _reference("wallet_client_id"),
        _reference("institution_id"),
        _reference("learner_id"),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("code_challenge", sa.String(64), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("code_used_at", INSTANT, nullable=True),
        sa.Column("access_hash", sa.String(64), nullable=True),
        sa.Column("access_expires_at", INSTANT, nullable=True),
        sa.Column("refresh_hash", sa.String(64), nullable=True),
        sa.Column("spent_hash", sa.String(64), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        refers_to=["wallet_client", "institution", "learner"],
        unique=[["uuid"], ["code_hash"], ["access_hash"], ["refresh_hash"], ["spent_hash"]],
        indexed=["wallet_client_id", "learner_id", "expires_at"],
    )


def _pairings() -> None:
    name = "wallet_pairings"
    op.create_table(
        name,
        sa.Column("code_hash", sa.String(64), nullable=False),
        _reference("institution_id"),
        _reference("learner_id"),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        *_foreign_keys(name, ["institution", "learner"]),
        sa.PrimaryKeyConstraint("code_hash", name=op.f(f"pk_{name}")),
    )
    for column in ("learner_id", "expires_at"):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def _table(
    name: str,
    *columns: sa.Column,
    refers_to: list[str],
    unique: list[list[str]],
    indexed: list[str],
) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        *columns,
        *_foreign_keys(name, refers_to),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        *(sa.UniqueConstraint(*each, name=op.f(f"uq_{name}_{'_'.join(each)}")) for each in unique),
    )
    for column in indexed:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def _foreign_keys(name: str, refers_to: list[str]) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([f"{one}_id"], [f"{one}s.id"], name=op.f(f"fk_{name}_{one}_id"))
        for one in refers_to
    ]


def _reference(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=False)


def downgrade() -> None:
    for name in (
        "wallet_grants",
        "wallet_pairings",
        "wallet_clients",
        "holder_dids",
        "wallet_offers",
    ):
        op.drop_table(name)
    op.drop_column("institutions", "wallet_ways")
