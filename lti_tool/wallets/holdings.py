"""All awards of a person with their credentials, over every course and joined account."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.credentials.shown import Shown, shown
from lti_tool.credentials.status_list import Purpose
from lti_tool.errors import NotFoundError
from lti_tool.persistence.awards import Award, list_awards, notes_of
from lti_tool.persistence.catalog import Achievement, find_names, get_institution_by_id
from lti_tool.persistence.credentials import list_of_people
from lti_tool.persistence.joined_accounts import list_person
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.public_pages import PublicPage, list_pages
from lti_tool.persistence.status_lists import list_set_purposes
from lti_tool.persistence.transcripts import list_transcribed


class State(StrEnum):
    """What is to be said first of a credential."""

    ISSUED = "issued"
    WAITING = "waiting"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Holding:
    """An award that a person holds; ``document`` is the signed text, empty while it waits.

    ``account`` is the uuid of the account that earned it, ``earned_as`` its name, if it has one;
    ``built_from`` are names of what counted.
    """

    uuid: UUID
    account: UUID
    earned_as: str
    name: str
    description: str
    issuer: str
    credits: str
    awarded_on: date
    built_from: tuple[str, ...]
    state: State
    document: str
    has_transcript: bool
    shown: Shown | None
    page: PublicPage | None


def state_of(told: Shown, bits: Iterable[str], now: datetime) -> State:
    """Return the state of an issued credential: what is for good comes before what passes."""
    if Purpose.REVOCATION in bits:
        return State.REVOKED
    if told.valid_until is not None and told.valid_until <= now:
        return State.EXPIRED
    return State.SUSPENDED if Purpose.SUSPENSION in bits else State.ISSUED


def read_holdings(session: Session, learner_id: int, now: datetime) -> list[Holding]:
    """Return what a learner and the accounts they joined hold, the newest award first."""
    people = list_person(session, learner_id)
    pairs = list_awards(session, people)
    credentials = list_of_people(session, people)
    ids = [award.id for award, _ in pairs]
    bits, pages = list_set_purposes(session, ids), list_pages(session, ids)
    institution = get_institution_by_id(session, get_learner(session, learner_id).institution_id)
    keys = {str(note["achievement"]) for award, _ in pairs for note in notes_of(award.receipt)}
    names = find_names(session, institution.id, keys)
    accounts = {one: get_learner(session, one) for one in people}
    transcribed = {uuid for one in people for uuid in list_transcribed(session, one)}
    found = []
    for award, achievement in pairs:
        credential = credentials.get(award.id)
        document = "" if credential is None else credential.document
        told = shown(json.loads(document)) if document else None
        found.append(
            Holding(
                uuid=award.uuid,
                account=accounts[award.learner_id].uuid,
                earned_as=accounts[award.learner_id].name or "",
                name=told.name if told else achievement.name,
                description=told.description if told else achievement.description,
                issuer=told.issuer_name if told else institution.name,
                credits=told.credits if told else _credits(achievement),
                awarded_on=award.awarded_on,
                built_from=_names(award, names),
                state=state_of(told, bits.get(award.id, ()), now) if told else State.WAITING,
                document=document,
                has_transcript=award.uuid in transcribed,
                shown=told,
                page=pages.get(award.id),
            )
        )
    return sorted(found, key=lambda one: one.awarded_on, reverse=True)


def get_holding(session: Session, learner_id: int, award_uuid: UUID, now: datetime) -> Holding:
    """Return an award that this person holds; ``NotFoundError`` for everything else."""
    for one in read_holdings(session, learner_id, now):
        if one.uuid == award_uuid:
            return one
    raise NotFoundError("You hold no such award.")


def _names(award: Award, names: Mapping[str, str]) -> tuple[str, ...]:
    keys = dict.fromkeys(str(note["achievement"]) for note in notes_of(award.receipt))
    return tuple(names.get(key, key) for key in keys)


def _credits(achievement: Achievement) -> str:
    return f"{achievement.credits.normalize():f}" if achievement.credits else ""
