"""An award that ends may be made again: each is numbered within its learner and stack."""

import sqlalchemy as sa
from alembic import op

revision = "0025_renewals"
down_revision = "0024_rosters"

OLD, NEW = "uq_awards_learner_id_stack_id", "uq_awards_learner_id_stack_id_number"


def upgrade() -> None:
    with op.batch_alter_table("awards") as table:
        table.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        table.drop_constraint(op.f(OLD), type_="unique")
        table.create_unique_constraint(op.f(NEW), ["learner_id", "stack_id", "number"])
    _refuse_changes()


def downgrade() -> None:
    count = sa.text("SELECT count(*) FROM awards WHERE number > 1")
    if renewed := op.get_bind().execute(count).scalar():
        # The release before would have nowhere to keep them, and awards are never removed.
        raise RuntimeError(f"{renewed} awards are renewals; the release before cannot hold them")
    with op.batch_alter_table("awards") as table:
        table.drop_constraint(op.f(NEW), type_="unique")
        table.create_unique_constraint(op.f(OLD), ["learner_id", "stack_id"])
        table.drop_column("number")
    _refuse_changes()


def _refuse_changes() -> None:
    """Have SQLite refuse to rewrite history again: its copy of the table has no triggers."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER awards_no_{act.lower()} BEFORE {act} ON awards "
                "BEGIN SELECT RAISE(ABORT, 'awards is append-only'); END"
            )
