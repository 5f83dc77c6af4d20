"""Use case: a learner hands in a credential of another issuer, so that it may count here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from lti_tool.credentials.recognition.documents import Fetch
from lti_tool.credentials.recognition.importing import Again
from lti_tool.credentials.recognition.outcomes import Verdict
from lti_tool.credentials.recognition.pool import CheckingPool
from lti_tool.errors import InvalidInputError
from lti_tool.issuing.signing import Signing, issuer_of
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution_by_id
from lti_tool.persistence.learners import lock_learners
from lti_tool.persistence.outside_credentials import count_undecided
from lti_tool.recognising.deciding import decide_by_itself
from lti_tool.recognising.keeping import Kept, Place, keep
from lti_tool.recognising.measures import Person, as_institution_sees, read_policy
from lti_tool.recognising.pieces import KEPT, Piece, presented_document, take_apart
from lti_tool.translating import _

MOST_UNDECIDED = 50
OUR_TROUBLE = ("check-busy", "check-failed")
"""Reasons that say nothing of what was handed in: nobody has looked at it."""


class Fate(StrEnum):
    """What became of one credential that was handed in."""

    WAITING = "waiting"
    RECOGNISED = "recognised"
    TRY_LATER = "try-later"
    ALREADY_HERE = "already-here"
    OLDER = "older"
    OWN = "own"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A credential, the verdict about it, and what became of it; ``awards`` are new ones."""

    verdict: Verdict
    fate: Fate
    awards: tuple[str, ...] = ()


def hand_in_credential(
    database: Database,
    pool: CheckingPool,
    fetch: Fetch,
    signing: Signing,
    raw: bytes,
    *,
    place: Place,
    person: Person,
    now: datetime,
) -> list[HandedIn]:
    """Check what a learner hands in and keep what is good; one answer for each credential in it.

    The check waits for others and holds no transaction. Of an address that is kept which stands
    there now. An invalid one is not kept. A transcript is kept as the credentials that it holds.
    ``InvalidInputError`` for a learner of whom many wait already.
    """
    with database.reading() as session:
        if count_undecided(session, place.learner_id) >= MOST_UNDECIDED:
            raise InvalidInputError(
                _(
                    "{most} credentials of yours wait already. "
                    "Hand in more when they are decided on.",
                    most=MOST_UNDECIDED,
                ),
                field="credential",
            )
        policy = read_policy(session, place.institution_id, signing.public_url, person)
        institution = get_institution_by_id(session, place.institution_id)
        own = issuer_of(signing, institution).did
    document = presented_document(raw, fetch, signing.public_url)
    checked = pool.check(document, fetch=fetch, now=now, policy=policy)
    pieces = take_apart(document, as_institution_sees(checked, policy))
    with database.writing() as session:
        lock_learners(session, [place.learner_id])
        return [_take(session, place, person, piece, own, now) for piece in pieces]


def _take(
    session: Session, place: Place, person: Person, piece: Piece, own: str, now: datetime
) -> HandedIn:
    verdict = piece.verdict
    if piece.told.get("issuer") == own:
        return HandedIn(verdict, Fate.OWN)
    is_ours = any(reason.code in OUR_TROUBLE for reason in verdict.reasons)
    if verdict.outcome not in KEPT or is_ours:
        return HandedIn(verdict, Fate.REFUSED)
    kept = keep(session, place, piece, now)
    if kept.row is None:
        fate = Fate.OLDER if kept.again is Again.OLDER else Fate.ALREADY_HERE
        return HandedIn(verdict, fate)
    _write_down(session, place, person, kept, now)
    if kept.row.state == "unchecked":
        return HandedIn(verdict, Fate.TRY_LATER)
    awards = decide_by_itself(session, kept.row, now)
    if awards is None:
        return HandedIn(verdict, Fate.WAITING)
    return HandedIn(verdict, Fate.RECOGNISED, tuple(award.title for award in awards))


def _write_down(session: Session, place: Place, person: Person, kept: Kept, now: datetime) -> None:
    row = kept.row
    assert row is not None  # noqa: S101 - the caller has looked
    add_event(
        session,
        institution_id=place.institution_id,
        actor=str(person.uuid),
        action="outside-credential.kept",
        at=now,
        subject=str(row.uuid),
        detail={"again": kept.again, "outcome": row.outcome, "issuer": row.issuer},
    )
