"""Descriptions of achievements, and their pictures."""

import sqlalchemy as sa
from alembic import op

revision = "0014_elements"
down_revision = "0013_wallet"

INSTANT = sa.DateTime(timezone=True)


def _table(name: str, *columns: sa.Column, unique: list[str]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("achievement_id", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f(f"fk_{name}_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievements.id"], name=op.f(f"fk_{name}_achievement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(*unique, name=op.f(f"uq_{name}_{'_'.join(unique)}")),
    )
    op.create_index(op.f(f"ix_{name}_institution_id"), name, ["institution_id"])


def upgrade() -> None:
    _table(
        "achievement_elements",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("elements", sa.JSON(), nullable=False),
        sa.Column("image_hash", sa.String(64), nullable=False),
        sa.Column("despite", sa.Text(), nullable=False),
        sa.Column("excused", sa.JSON(), nullable=False),
        sa.Column("described_at", INSTANT, nullable=False),
        unique=["achievement_id", "number"],
    )
    _table(
        "achievement_images",
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(50), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        unique=["achievement_id", "content_hash"],
    )


def downgrade() -> None:
    op.drop_table("achievement_images")
    op.drop_table("achievement_elements")
