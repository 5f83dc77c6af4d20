"""Use case: join two accounts of one person, by a code of one that is entered in the other."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.joined_accounts import join_accounts as save_joined
from lti_tool.persistence.joined_accounts import list_person, remove_code
from lti_tool.persistence.learners import get_learner, lock_name
from lti_tool.wallets.joining import NO_SUCH, Entered, enter_code


def join_accounts(
    database: Database, secret_key: bytes, *, learner_id: int, code: str, now: datetime
) -> None:
    """Let the account of the code, this one, and all joined to either be one person.

    No completion and no award moves. Written down at every account. The code is used up.
    ``InvalidInputError`` for a wrong code, which is written down too.
    """
    with database.writing() as session:
        entered = enter_code(session, secret_key, learner_id, code, now)
        if entered.learner_id is not None:
            entered = _join(session, learner_id, entered.learner_id, now)
    entered.get()


def _join(session: Session, learner_id: int, other: int, now: datetime) -> Entered:
    own = get_learner(session, learner_id)
    # Joining and parting change whole groups: one after the other.
    lock_name(session, f"accounts:{own.institution_id}")
    if not remove_code(session, other):
        return Entered(None, NO_SUCH)
    people = {*list_person(session, learner_id), *list_person(session, other)}
    save_joined(session, own.institution_id, people, uuid4(), now)
    uuids = {one: str(get_learner(session, one).uuid) for one in sorted(people)}
    for one, uuid in uuids.items():
        others: list[object] = [with_uuid for each, with_uuid in uuids.items() if each != one]
        add_event(
            session,
            institution_id=own.institution_id,
            actor=str(own.uuid),
            action="accounts-joined",
            subject=uuid,
            detail={"with": others},
            at=now,
        )
    return Entered(other)
