"""Registrations: families, invitations, approval, what was seen last; states of our keys."""

import sqlalchemy as sa
from alembic import op

revision = "0003_registrations_and_keys"
down_revision = "0002_allow_loopback"

INSTANT = sa.DateTime(timezone=True)
REGISTRATION_COLUMNS = (
    "product_family",
    "institution_id",
    "approves_deployments",
    "granted_scopes",
    "service_hosts",
    "configuration_url",
    "disabled_reason",
)
DEPLOYMENT_COLUMNS = (
    "platform_guid",
    "platform_name",
    "last_launch_at",
    "last_error_code",
    "last_error_at",
)


def upgrade() -> None:
    op.add_column("institutions", sa.Column("suspended_at", INSTANT))
    _widen_registrations()
    _widen_deployments()
    _widen_tool_keys()
    _create_invitations()
    _create_platform_keysets()


def downgrade() -> None:
    op.drop_table("platform_keysets")
    op.drop_table("invitations")
    _drop("tool_keys", ("activated_at", "retired_at"))
    _drop("deployments", DEPLOYMENT_COLUMNS)
    _drop("registrations", REGISTRATION_COLUMNS)
    _drop("institutions", ("suspended_at",))


def _drop(table: str, columns: tuple[str, ...]) -> None:
    for column in columns:
        op.drop_column(table, column)


def _widen_registrations() -> None:
    for column in (
        sa.Column("product_family", sa.String(length=20), nullable=False, server_default="generic"),
        sa.Column("approves_deployments", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("granted_scopes", sa.JSON()),
        sa.Column("service_hosts", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("configuration_url", sa.Text()),
        sa.Column("disabled_reason", sa.Text()),
    ):
        op.add_column("registrations", column)
    # References in the column itself: SQLite would otherwise have to copy the table.
    op.add_column(
        "registrations",
        sa.Column(
            "institution_id",
            sa.Integer(),
            sa.ForeignKey("institutions.id", name=op.f("fk_registrations_institution_id")),
        ),
        inline_references=True,
    )


def _widen_deployments() -> None:
    for column in (
        sa.Column("platform_guid", sa.String(length=255)),
        sa.Column("platform_name", sa.String(length=255)),
        sa.Column("last_launch_at", INSTANT),
        sa.Column("last_error_code", sa.String(length=50)),
        sa.Column("last_error_at", INSTANT),
    ):
        op.add_column("deployments", column)


def _widen_tool_keys() -> None:
    op.add_column("tool_keys", sa.Column("activated_at", INSTANT))
    op.add_column("tool_keys", sa.Column("retired_at", INSTANT))
    op.execute("UPDATE tool_keys SET activated_at = created_at WHERE state = 'current'")


def _create_invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("product_family", sa.String(length=20), nullable=True),
        sa.Column("approves_deployments", sa.Boolean(), nullable=False),
        sa.Column("allows_loopback", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("claimed_until", INSTANT, nullable=True),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_invitations_institution_id"),
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_invitations_registration_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invitations_code_hash")),
        sa.UniqueConstraint("uuid", name=op.f("uq_invitations_uuid")),
    )


def _create_platform_keysets() -> None:
    op.create_table(
        "platform_keysets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url_hash", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("fresh_until", INSTANT, nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("next_fetch_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_keysets")),
        sa.UniqueConstraint("url_hash", name=op.f("uq_platform_keysets_url_hash")),
    )
