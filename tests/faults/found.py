"""What is there after a run, in the database and the gradebook, as the oracle says it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lti_tool.persistence.awards import Award, AwardRevocation
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Achievement, Stack
from lti_tool.persistence.completions import Completion, Withdrawal
from lti_tool.persistence.credentials import Credential
from lti_tool.persistence.deliveries import CREDENTIAL, TRANSCRIPT, Delivery, DeliveryState
from lti_tool.persistence.learners import Identity
from lti_tool.persistence.transcripts import Transcript
from tests.faults.oracle import Fact, HeldAward, State


def read_state(database: Database, columns: Sequence[Mapping[str, Any]] = ()) -> State:
    """Read what is compared; ``columns`` are those of the practice LMS."""
    found = State()
    with database.reading() as session:
        people = dict(session.execute(select(Identity.learner_id, Identity.subject)).all())  # type: ignore[arg-type]
        names = dict(session.execute(select(Achievement.name, Achievement.key)).all())  # type: ignore[arg-type]
        keys = dict(session.execute(select(Achievement.id, Achievement.key)).all())  # type: ignore[arg-type]
        stacks = dict(session.execute(select(Stack.id, Stack.key)).all())  # type: ignore[arg-type]
        undone = set(session.scalars(select(Withdrawal.completion_id)))
        revoked = set(session.scalars(select(AwardRevocation.award_id)))
        said: dict[str, str] = {}
        for row in session.scalars(select(Completion)):
            assert row.grade is not None
            person = people[row.learner_id]
            grade = Decimal(format(row.grade.normalize(), "f"))
            fact = Fact(person, keys[row.achievement_id], row.completed_on, grade)
            found.facts[fact, row.id in undone] += 1
            said[str(row.uuid)] = str(grade)
        awards = {}
        for award in session.scalars(select(Award)):
            key = stacks[award.stack_id]
            said[str(award.uuid)] = key
            awards[award.id] = (people[award.learner_id], key, award.number)
        for award in session.scalars(select(Award)):
            notes: Any = award.receipt["counted"]
            counted = frozenset(said[str(note["id"])] for note in notes)
            person, key, number = awards[award.id]
            is_revoked = award.id in revoked
            held = HeldAward(person, key, number, award.awarded_on, counted, is_revoked)
            found.awards[held] += 1
        for issued in session.scalars(select(Credential.award_id)):
            found.credentials[awards[issued]] += 1
        for issued in session.scalars(select(Transcript.award_id)):
            found.transcripts[awards[issued]] += 1
    found.scores = _scores(columns, set(people.values()), names)
    return found


def _scores(
    columns: Sequence[Mapping[str, Any]], subjects: set[str], names: Mapping[str, str]
) -> dict[tuple[str, str], Decimal]:
    found = {}
    for column in columns:
        for score in column["scores"]:
            if score["sub"] in subjects and score["score"] is not None:
                share = Decimal(str(score["score"])) / Decimal(str(column["score_maximum"]))
                found[score["sub"], names[column["label"]]] = share * 100
    return found


def read_names(database: Database) -> dict[tuple[str, str], str]:
    """Return the id of each fact in the ledger, by person and grade."""
    with database.reading() as session:
        query = select(Identity.subject, Completion.grade, Completion.uuid).join(
            Completion, Completion.learner_id == Identity.learner_id
        )
        return {
            (subject, format(grade.normalize(), "f")): str(uuid)
            for subject, grade, uuid in session.execute(query)
            if grade is not None
        }


def count_promises(database: Database) -> State:
    """Read the promises of credentials and transcripts instead of the documents themselves."""
    found = State()
    with database.reading() as session:
        people = dict(session.execute(select(Identity.learner_id, Identity.subject)).all())  # type: ignore[arg-type]
        stacks = dict(session.execute(select(Stack.id, Stack.key)).all())  # type: ignore[arg-type]
        awards = {
            str(one.uuid): (people[one.learner_id], stacks[one.stack_id], one.number)
            for one in session.scalars(select(Award))
        }
        query = select(Delivery).where(Delivery.kind.in_((CREDENTIAL, TRANSCRIPT)))
        for row in session.scalars(query):
            counter = found.credentials if row.kind == CREDENTIAL else found.transcripts
            counter[awards[str(row.payload["award"])]] += 1
    return found


def list_undone(database: Database) -> Counter[str]:
    """Count what the outbox holds that is neither done nor replaced by something newer."""
    over = (DeliveryState.DONE, DeliveryState.SUPERSEDED)
    with database.reading() as session:
        rows = session.scalars(select(Delivery).where(Delivery.state.not_in(over)))
        return Counter(f"{row.kind} {row.state}: {row.last_answer}" for row in rows)
