"""Administrators of the tool, their one-time links and their sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0009_administrators"
down_revision = "0008_frame_origins"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "administrators",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_administrators_institution_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administrators")),
        sa.UniqueConstraint("uuid", name=op.f("uq_administrators_uuid")),
    )
    _create("sign_in_links", "code_hash")
    _create(
        "administrator_sessions", "token_hash", sa.Column("created_at", INSTANT, nullable=False)
    )


def _create(table: str, secret: str, *columns: sa.Column) -> None:
    op.create_table(
        table,
        sa.Column(secret, sa.String(64), nullable=False),
        sa.Column("administrator_id", sa.Integer(), nullable=False),
        *columns,
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["administrator_id"],
            ["administrators.id"],
            name=op.f(f"fk_{table}_administrator_id"),
        ),
        sa.PrimaryKeyConstraint(secret, name=op.f(f"pk_{table}")),
    )
    for column in ("administrator_id", "expires_at"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    for table in ("administrator_sessions", "sign_in_links", "administrators"):
        op.drop_table(table)
