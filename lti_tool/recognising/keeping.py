"""Keeping what a learner hands in: once, the newest, and never two people's without a look."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from lti_tool.credentials.recognition.importing import Again, Held, compare
from lti_tool.credentials.recognition.outcomes import Outcome
from lti_tool.persistence.joined_accounts import list_person
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.outside_credentials import (
    OutsideCredential,
    OutsideState,
    add_outside,
    find_presented,
    identity_hash,
    list_same,
)
from lti_tool.recognising.measures import EARLIEST, moment
from lti_tool.recognising.pieces import Piece

CHECK_EVERY = timedelta(days=1)
TRY_AGAIN = timedelta(hours=1)


class Remark(StrEnum):
    """What a person should look at before deciding."""

    NOTHING = ""
    ANOTHER_LEARNER = "another-learner"
    SAME_DAY = "same-day-differs"
    NEWER = "newer-version"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was handed in, and by whom (internal ids)."""

    institution_id: int
    learner_id: int
    context_id: int | None


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one credential; ``row`` is None where nothing new is kept."""

    again: Again
    row: OutsideCredential | None


def keep(session: Session, place: Place, piece: Piece, now: datetime) -> Kept:
    """Keep a credential that was found good, or that may be once it can be checked.

    The caller holds the lock of the learner.
    """
    values = _values(place, piece, now)
    known = find_presented(session, place.learner_id, values["sha256"])
    if known is not None and known.state == OutsideState.UNCHECKED:
        return settle(session, known, piece, now)
    lock_name(session, f"outside:{place.institution_id}:{values['identity_hash']}")
    same = list_same(session, place.institution_id, values["identity_hash"])
    mine = list_person(session, place.learner_id)
    again = compare(_held(values, mine), [_held(vars(row), mine) for row in same])
    if again in (Again.ALREADY_HERE, Again.OLDER):
        return Kept(again, None)
    row = add_outside(session, {**values, "remark": _remark(again, same, mine)})
    if row is None:
        return Kept(Again.ALREADY_HERE, None)
    if again is Again.NEWER:
        _supersede(same, place.learner_id)
    return Kept(again, row)


def settle(session: Session, row: OutsideCredential, piece: Piece, now: datetime) -> Kept:
    """Note what the check of a credential came to that could not be checked before.

    ``row`` of the answer is None where it still could not be, or is no good, or is here already
    in another form.
    """
    place = Place(row.institution_id, row.learner_id, row.context_id)
    values = _values(place, piece, now)
    if values["state"] == OutsideState.UNCHECKED:
        return Kept(Again.ALREADY_HERE, None)
    lock_name(session, f"outside:{place.institution_id}:{values['identity_hash']}")
    same = list_same(session, place.institution_id, values["identity_hash"])
    others = [one for one in same if one.id != row.id]
    mine = list_person(session, place.learner_id)
    again = compare(_held(values, mine), [_held(vars(one), mine) for one in others])
    for name in TOLD:
        setattr(row, name, values[name])
    if again in (Again.ALREADY_HERE, Again.OLDER):
        row.state, row.next_check_at = OutsideState.SUPERSEDED, None
        return Kept(again, None)
    row.remark = _remark(again, others, mine)
    if again is Again.NEWER:
        _supersede(others, place.learner_id)
    return Kept(again, row)


TOLD = (
    "form",
    "issuer",
    "credential_id",
    "identity_hash",
    "valid_from",
    "valid_until",
    "outcome",
    "reasons",
    "told",
    "is_unproved",
    "state",
    "checked_at",
    "next_check_at",
    "failed_checks",
)
"""What a check tells of a credential, by column."""


def _values(place: Place, piece: Piece, now: datetime) -> dict[str, Any]:
    told, sha256 = piece.told, hashlib.sha256(piece.document).hexdigest()
    is_open = piece.verdict.outcome is Outcome.UNCHECKABLE
    issuer, name = told.get("issuer", ""), told.get("id") or f"sha256:{sha256}"
    return {
        "uuid": uuid4(),
        "institution_id": place.institution_id,
        "learner_id": place.learner_id,
        "context_id": place.context_id,
        "sha256": sha256,
        "document": piece.document,
        "form": piece.verdict.form[:100],
        "issuer": issuer,
        "credential_id": name,
        "identity_hash": identity_hash(issuer, name),
        "valid_from": moment(told.get("valid_from", "")) or EARLIEST,
        "valid_until": moment(told.get("valid_until", "")),
        "outcome": str(piece.verdict.outcome),
        "reasons": [reason.code for reason in piece.verdict.reasons],
        "told": told,
        "state": OutsideState.UNCHECKED if is_open else OutsideState.WAITING,
        "is_unproved": piece.verdict.outcome is Outcome.NOT_YOURS,
        "handed_in_at": now,
        "checked_at": now,
        "next_check_at": now + (TRY_AGAIN if is_open else CHECK_EVERY),
        "failed_checks": 0,
        "changed_at": None,
    }


def _held(values: dict[str, Any], mine: Collection[int]) -> Held:
    """Return a credential as it is compared; joined accounts are one person, the first of them."""
    owner = values["learner_id"]
    return Held(
        learner=str(min(mine) if owner in mine else owner),
        issuer=values["issuer"],
        id=values["credential_id"],
        valid_from=values["valid_from"],
        sha256=values["sha256"],
    )


def _remark(again: Again, same: list[OutsideCredential], mine: Collection[int]) -> Remark:
    if again is Again.NEWER:
        return Remark.NEWER
    if again is not Again.REVIEW:
        return Remark.NOTHING
    is_others = any(row.learner_id not in mine for row in same)
    return Remark.ANOTHER_LEARNER if is_others else Remark.SAME_DAY


def _supersede(same: list[OutsideCredential], learner_id: int) -> None:
    """Take older ones that nobody decided on out of the queue; what counts goes on to count."""
    undecided = (OutsideState.WAITING, OutsideState.UNCHECKED)
    for row in same:
        if row.learner_id == learner_id and row.state in undecided:
            row.state, row.next_check_at = OutsideState.SUPERSEDED, None
