"""Use case: take in an endorsement that somebody else gave, after checking it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.credentials.did_web import Issuer
from lti_tool.credentials.endorsement import LARGEST_EMBEDDED, check_embeddable
from lti_tool.credentials.recognition.dates import read_date
from lti_tool.credentials.recognition.documents import Fetch
from lti_tool.credentials.recognition.importing import Again, Held, compare
from lti_tool.credentials.recognition.outcomes import Outcome, Told, Verdict
from lti_tool.credentials.recognition.policy import Policy, TrustedIssuer
from lti_tool.credentials.recognition.pool import CheckingPool
from lti_tool.credentials.recognition.values import plain
from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.issuing.signing import Signing, issuer_of
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Institution, get_institution, list_achievements
from lti_tool.persistence.endorsements import (
    GivenEndorsement,
    add_given,
    find_same,
    remove_given,
    restore_given,
)
from lti_tool.persistence.learners import lock_name

GOOD = (Outcome.VALID, Outcome.UNKNOWN_ISSUER)
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Added:
    """An endorsement that is taken in; ``about`` names what it endorses."""

    uuid: UUID
    about: str
    issuer: str
    issuer_name: str
    outcome: str
    is_new: bool


def add_endorsement(
    database: Database,
    signing: Signing,
    pool: CheckingPool,
    fetch: Fetch,
    raw: bytes,
    *,
    institution_key: str,
    trusted: Iterable[str] = (),
    actor: str,
    now: datetime,
) -> Added:
    """Store an EndorsementCredential about the institution, or an achievement of it, as it is.

    It is checked in a bounded process, as every credential of others. ``InvalidInputError`` for
    what is not valid, endorses something else, comes from the institution itself, is no JSON
    with a Data Integrity proof, or is too large to be embedded; ``ConflictError`` when a newer
    state of it is here. An issuer that is not ``trusted`` is taken, and noted as unknown: whoever
    adds it decides. The newest state of an endorsement takes the place of older ones.
    """
    if len(raw) > LARGEST_EMBEDDED or not raw.lstrip().startswith(b"{"):
        raise InvalidInputError(
            f"Hand in the endorsement as JSON with a Data Integrity proof, at most "
            f"{LARGEST_EMBEDDED // 1024} KiB: a JWT or a picture cannot be embedded.",
            code="endorsement-form",
        )
    policy = Policy(tuple(TrustedIssuer(name) for name in trusted), home=signing.public_url)
    verdict = pool.check(raw, fetch=fetch, now=now, policy=policy)
    said = _good(verdict)
    document = json.loads(raw)
    check_embeddable(document)
    with database.writing() as session:
        institution = get_institution(session, institution_key)
        issuer = issuer_of(signing, institution)
        lock_name(session, f"endorsements:{institution.id}")
        about, achievement_id = _about(session, institution, issuer, said)
        row = _row(verdict, said, document, raw, now)
        row.institution_id, row.achievement_id = institution.id, achievement_id
        row.added_by = actor
        kept, is_new = _keep(session, row, now)
        if is_new:
            add_event(
                session,
                institution_id=institution.id,
                actor=actor,
                action="endorsement.added",
                subject=str(kept.uuid),
                at=now,
                detail={"issuer": said.issuer, "outcome": str(verdict.outcome)},
            )
        return Added(kept.uuid, about, said.issuer, said.issuer_name, kept.outcome, is_new)


def _good(verdict: Verdict) -> Told:
    """Return what a good endorsement says; refuse everything else with the reasons."""
    said = verdict.told
    if verdict.outcome not in GOOD or said is None:
        reasons = " ".join(reason.words for reason in verdict.reasons)
        raise InvalidInputError(
            f"It is {verdict.outcome}: {reasons}", code=verdict.reasons[0].code, field="file"
        )
    if said.kind != "EndorsementCredential":
        raise InvalidInputError(
            "This is a credential, but no endorsement.", code="endorsement-kind", field="file"
        )
    return said


def _about(
    session: Session, institution: Institution, issuer: Issuer, said: Told
) -> tuple[str, int | None]:
    """Return what is endorsed, by name and internal id (None: the institution itself)."""
    if said.issuer in (issuer.did, issuer.url):
        raise InvalidInputError(
            "The institution endorses itself here; that is not shown as an endorsement.",
            code="endorsement-own",
            field="file",
        )
    if said.subject in (issuer.did, issuer.url):
        return institution.name, None
    for achievement in list_achievements(session, institution.id):
        if said.subject == f"urn:uuid:{achievement.uuid}":
            return achievement.name, achievement.id
    raise InvalidInputError(
        f"It endorses {said.subject or 'nothing'}, which is neither this institution "
        f"({issuer.did}) nor an achievement of it.",
        code="endorsement-of-another",
        field="file",
    )


def _row(
    verdict: Verdict, said: Told, document: dict[str, Any], raw: bytes, now: datetime
) -> GivenEndorsement:
    return GivenEndorsement(
        issuer=said.issuer[:LONGEST],
        issuer_name=said.issuer_name[:LONGEST],
        endorsement_id=said.id[:LONGEST],
        comment=plain(document["credentialSubject"].get("endorsementComment")),
        valid_from=read_date(said.valid_from),
        valid_until=read_date(said.valid_until) if said.valid_until else None,
        outcome=str(verdict.outcome),
        sha256=hashlib.sha256(raw).hexdigest(),
        document=raw.decode("utf-8"),
        added_at=now,
    )


def _keep(session: Session, row: GivenEndorsement, now: datetime) -> tuple[GivenEndorsement, bool]:
    """Add a row, or return the one that is here; the newest state is the one that counts."""
    same = find_same(session, row.institution_id, row.issuer, row.endorsement_id)
    for one in same:
        if one.sha256 == row.sha256 and one.removed_at is not None:
            restore_given(session, one)
            return one, True
    current = [one for one in same if one.removed_at is None]
    again = compare(_held(row), [_held(one) for one in current])
    if again is Again.ALREADY_HERE:
        return next(one for one in current if one.sha256 == row.sha256), False
    if again in (Again.OLDER, Again.REVIEW):
        raise ConflictError(
            "Another state of this endorsement is here, and this one is not newer.",
            code="endorsement-older",
        )
    for one in current:
        remove_given(session, one, now)
    return add_given(session, row), True


def _held(row: GivenEndorsement) -> Held:
    return Held("", row.issuer, row.endorsement_id, row.valid_from, row.sha256)
