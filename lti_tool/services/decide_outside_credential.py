"""Use case: a named person decides what a credential of another issuer counts for here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.awarding import read_grade
from lti_tool.errors import InvalidInputError
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_achievement
from lti_tool.persistence.equivalencies import Direction, Equivalency, add_equivalency
from lti_tool.persistence.joined_accounts import list_person
from lti_tool.persistence.learners import Learner, get_learner, lock_learners
from lti_tool.persistence.outside_credentials import OutsideCredential, get_in_course
from lti_tool.recognising.deciding import Decider, Mapping, confirm, decline, recognise


class Choice(StrEnum):
    """What a person decides: it counts, it does not, or what counts goes on to count."""

    RECOGNISE = "recognise"
    DECLINE = "decline"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision as it was typed; all but choice and reason is about recognising.

    ``is_kept`` lets it hold for the next credentials of the kind, issued before ``kept_until``.
    """

    choice: Choice
    reason: str
    achievement_uuid: UUID | None = None
    credits: str = ""
    grade: str = ""
    level: str = ""
    completed_on: date | None = None
    valid_until: date | None = None
    is_identity_confirmed: bool = False
    is_kept: bool = False
    kept_until: date | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """The titles of the awards that followed at once."""

    awards: tuple[str, ...]


def decide_outside_credential(
    database: Database,
    *,
    institution_id: int,
    context_id: int,
    outside_uuid: UUID,
    decided_by: int,
    decision: Decision,
    now: datetime,
) -> Decided:
    """Decide on a credential of a learner of this course, in one transaction with what follows.

    Deciding again corrects: the first decision stays, what it let count is withdrawn.
    ``NotFoundError`` for a credential of anybody else; ``InvalidInputError`` names the field that
    is wrong, and says so where its issuer does not vouch for it now.
    """
    if not decision.reason:
        raise InvalidInputError(
            "Say why: the learner reads it, and so does the next one.", field="reason"
        )
    with database.writing() as session:
        row, learner = get_in_course(session, context_id, outside_uuid)
        if learner.id in list_person(session, decided_by):
            raise InvalidInputError("Nobody decides on a credential of their own.")
        lock_learners(session, [learner.id])
        session.refresh(row)
        person = get_learner(session, decided_by)
        decider = Decider(str(person.uuid), person.id)
        if decision.choice is Choice.DECLINE:
            decline(session, row, decision.reason, decider, now)
            return Decided(())
        if decision.choice is Choice.CONFIRM:
            confirm(session, row, decision.reason, decider, now)
            return Decided(())
        mapping = _mapping(session, institution_id, decision)
        _check_identity(row, decision)
        awards = recognise(
            session,
            row,
            mapping,
            decision.reason,
            decider,
            now,
            is_identity_confirmed=decision.is_identity_confirmed,
        )
        if decision.is_kept:
            _keep_for_the_next(session, row, mapping, decision, person, now)
        return Decided(tuple(award.title for award in awards if award.learner_id == learner.id))


def _mapping(session: Session, institution_id: int, decision: Decision) -> Mapping:
    if decision.achievement_uuid is None:
        raise InvalidInputError("Choose what it counts for.", field="achievement")
    if decision.completed_on is None:
        raise InvalidInputError("Say when it was reached.", field="completed_on")
    if decision.valid_until is not None and decision.valid_until <= decision.completed_on:
        raise InvalidInputError("It ends before it was reached.", field="valid_until")
    achievement = get_achievement(session, institution_id, decision.achievement_uuid)
    amount = _number(decision.credits, "credits")
    return Mapping(
        achievement=achievement,
        credits=achievement.credits if amount is None else amount,
        completed_on=decision.completed_on,
        grade=read_grade(decision.grade),
        level=_number(decision.level, "level"),
        valid_until=decision.valid_until,
    )


def _number(text: str, field: str) -> Decimal | None:
    try:
        return read_grade(text)
    except InvalidInputError:
        raise InvalidInputError("Write a number, such as 7.5.", field=field) from None


def _check_identity(row: OutsideCredential, decision: Decision) -> None:
    if row.is_unproved and not decision.is_identity_confirmed:
        raise InvalidInputError(
            "Nothing in it shows that it was issued to this learner. Make sure of it, and say so.",
            field="identity",
        )


def _keep_for_the_next(
    session: Session,
    row: OutsideCredential,
    mapping: Mapping,
    decision: Decision,
    person: Learner,
    now: datetime,
) -> None:
    outside = str(row.told.get("achievement", ""))
    if not outside:
        raise InvalidInputError(
            "It does not name its achievement by an id, so the next one cannot be told to be of "
            "the same kind.",
            field="keep",
        )
    if decision.kept_until is not None and decision.kept_until <= row.valid_from.date():
        raise InvalidInputError("It would end before this one was issued.", field="kept_until")
    add_equivalency(
        session,
        Equivalency(
            institution_id=row.institution_id,
            issuer=row.issuer,
            outside_achievement=outside,
            outside_name=str(row.told.get("name", "")),
            achievement_id=mapping.achievement.id,
            credits=mapping.credits,
            level=mapping.level,
            direction=Direction.IN,
            is_automatic=False,
            since=row.valid_from.date(),
            until=decision.kept_until,
            reason=decision.reason,
            added_by=str(person.uuid),
            added_at=now,
        ),
    )
