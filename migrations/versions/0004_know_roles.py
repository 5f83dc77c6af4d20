"""Know the roles of a course, previews as a student, mentors, reviews and privacy launches."""

import sqlalchemy as sa
from alembic import op

revision = "0004_know_roles"
down_revision = "0003_registrations_and_keys"


def upgrade() -> None:
    op.add_column("institutions", sa.Column("role_rights", sa.JSON(), nullable=True))
    with op.batch_alter_table("launch_sessions") as table:
        table.add_column(
            sa.Column("role", sa.String(length=20), nullable=False, server_default="learner")
        )
        table.add_column(
            sa.Column("purpose", sa.String(length=10), nullable=False, server_default="course")
        )
        table.add_column(sa.Column("mentees", sa.JSON(), nullable=True))
        table.add_column(sa.Column("subject_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_launch_sessions_subject_id"), "learners", ["subject_id"], ["id"]
        )
    # A session of the release before says only that somebody teaches.
    op.execute("UPDATE launch_sessions SET role = 'instructor' WHERE is_instructor")


def downgrade() -> None:
    with op.batch_alter_table("launch_sessions") as table:
        table.drop_constraint(op.f("fk_launch_sessions_subject_id"), type_="foreignkey")
        for name in ("subject_id", "mentees", "purpose", "role"):
            table.drop_column(name)
    op.drop_column("institutions", "role_rights")
