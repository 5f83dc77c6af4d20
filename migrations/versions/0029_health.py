"""When the worker looked last and a backup was made; who has put the checklist away; calendars."""

import sqlalchemy as sa
from alembic import op

revision = "0029_health"
down_revision = "0028_institution_settings"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "marks",
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_marks")),
    )
    op.create_table(
        "calendar_addresses",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name=op.f("fk_calendar_addresses_learner_id")
        ),
        sa.ForeignKeyConstraint(
            ["context_id"], ["contexts.id"], name=op.f("fk_calendar_addresses_context_id")
        ),
        sa.PrimaryKeyConstraint("learner_id", name=op.f("pk_calendar_addresses")),
    )
    with op.batch_alter_table("administrators") as table:
        table.add_column(sa.Column("checklist_hidden_at", INSTANT, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("administrators") as table:
        table.drop_column("checklist_hidden_at")
    op.drop_table("calendar_addresses")
    op.drop_table("marks")
