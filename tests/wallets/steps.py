"""What people do with codes in more than one test."""

from __future__ import annotations

from sqlalchemy import select

from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.joined_accounts import list_person
from lti_tool.services.join_accounts import join_accounts
from lti_tool.services.make_joining_code import make_joining_code
from tests.credentials.issuing import IssuingWorld
from tests.web.world import Person

SECRET = b"s" * 32


def code_of(world: IssuingWorld, person: Person) -> str:
    return make_joining_code(world.database, SECRET, learner_id=person.learner_id, now=world.now)


def enter(world: IssuingWorld, person: Person, code: str) -> None:
    join_accounts(world.database, SECRET, learner_id=person.learner_id, code=code, now=world.now)


def person_of(world: IssuingWorld, person: Person) -> set[int]:
    with world.database.reading() as session:
        return set(list_person(session, person.learner_id))


def events(world: IssuingWorld, action: str) -> list[tuple[str, str]]:
    with world.database.reading() as session:
        found = session.scalars(select(AuditEvent).where(AuditEvent.action == action))
        return [(event.actor, event.subject) for event in found]
