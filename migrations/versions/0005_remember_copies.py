"""Remember which course another was copied from, and the notices that platforms sent."""

import sqlalchemy as sa
from alembic import op

revision = "0005_remember_copies"
down_revision = "0004_know_roles"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("contexts") as table:
        table.add_column(sa.Column("copied_from_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_contexts_copied_from_id"), "contexts", ["copied_from_id"], ["id"]
        )
    with op.batch_alter_table("deployments") as table:
        table.add_column(sa.Column("notices_url", sa.Text(), nullable=True))
        table.add_column(sa.Column("notices_asked_at", INSTANT, nullable=True))
        table.add_column(sa.Column("notices_answer", sa.Text(), nullable=True))
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.String(length=255), nullable=False),
        sa.Column("notice_type", sa.String(length=100), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_notices_registration_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint(
            "registration_id", "notice_id", name=op.f("uq_notices_registration_id_notice_id")
        ),
    )
    op.create_index(op.f("ix_notices_received_at"), "notices", ["received_at"])


def downgrade() -> None:
    op.drop_table("notices")
    with op.batch_alter_table("deployments") as table:
        for name in ("notices_answer", "notices_asked_at", "notices_url"):
            table.drop_column(name)
    with op.batch_alter_table("contexts") as table:
        table.drop_constraint(op.f("fk_contexts_copied_from_id"), type_="foreignkey")
        table.drop_column("copied_from_id")
