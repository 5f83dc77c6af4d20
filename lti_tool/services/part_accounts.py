"""Use case: let an account of a person stand alone again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.errors import NotFoundError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.joined_accounts import list_person, part_account
from lti_tool.persistence.learners import get_learner, lock_name


def part_accounts(
    database: Database, *, learner_id: int, account_uuid: UUID, now: datetime
) -> None:
    """Part one account from the others, from whichever of them it is asked.

    Every award stays where it was earned. ``NotFoundError`` for an account that is not joined
    with this one. Written down at every account.
    """
    with database.writing() as session:
        lock_name(session, f"accounts:{get_learner(session, learner_id).institution_id}")
        people = list_person(session, learner_id)
        learners = {one: get_learner(session, one) for one in people}
        parted = next((one for one, row in learners.items() if row.uuid == account_uuid), None)
        if parted is None or not part_account(session, parted):
            raise NotFoundError("This account is not joined with yours (any more).")
        for row in learners.values():
            add_event(
                session,
                institution_id=row.institution_id,
                actor=str(learners[learner_id].uuid),
                action="accounts-parted",
                subject=str(row.uuid),
                detail={"parted": str(account_uuid)},
                at=now,
            )
