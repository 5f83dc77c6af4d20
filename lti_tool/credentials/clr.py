"""A Comprehensive Learner Record: one document with all that an award was built from (CLR 2.0).

https://www.imsglobal.org/spec/clr/v2p0: members stand in it exactly as they were issued, and
associations say how their achievements lead to one another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from lti_tool.credentials.contexts import CLR, OPEN_BADGES, VC
from lti_tool.credentials.did_web import Issuer, profile
from lti_tool.credentials.encoding import instant, number
from lti_tool.credentials.recognition.outcomes import FindingError
from lti_tool.credentials.recognition.results import check_results
from lti_tool.credentials.recognition.transcripts import (
    MOST_ASSOCIATIONS,
    MOST_MEMBERS,
    check_members,
)
from lti_tool.credentials.texts import clean
from lti_tool.errors import InvalidInputError

CONTEXTS = (VC, CLR, OPEN_BADGES)
"""Their order is part of the standard."""

MOST = MOST_MEMBERS
"""Credentials in one transcript: as many as our own check reads."""


class Relation(StrEnum):
    """How one achievement leads to another: "source is child of target"."""

    CHILD = "isChildOf"
    PART = "isPartOf"
    PRECEDES = "precedes"


@dataclass(frozen=True, slots=True)
class Association:
    """``source`` and ``target`` are ids of achievements."""

    relation: Relation
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Step:
    """An achievement that counted and for which no credential was issued: a completion."""

    achievement: UUID
    name: str
    description: str
    credits: Decimal


@dataclass(frozen=True, slots=True)
class Transcript:
    """All that a transcript says.

    ``members`` are signed credentials as JSON, of whoever issued them, and never changed here.
    ``status`` are its places in status lists: those of the award that it is of, so that both are
    revoked together; without them it is of one day, and what is in it has places of its own.
    """

    id: str
    name: str
    subject: str
    members: Sequence[dict[str, Any]]
    steps: Sequence[Step] = ()
    associations: Sequence[Association] = ()
    status: Sequence[dict[str, str]] = ()
    awarded_on: date | None = None


def build_clr(issuer: Issuer, transcript: Transcript, *, now: datetime) -> dict[str, Any]:
    """Return the unsigned ``ClrCredential`` of a transcript, issued ``now`` (aware).

    ``InvalidInputError`` for one that a careful verifier would refuse: members of several people,
    the same member twice or too many of them, associations that lead nowhere or round in a
    circle, more credits earned than there are, results that nothing describes.
    """
    around = {
        "@context": list(CONTEXTS),
        "id": transcript.id,
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": transcript.name,
        "issuer": profile(issuer),
        "validFrom": instant(now),
        "awardedDate": transcript.awarded_on and f"{transcript.awarded_on.isoformat()}T00:00:00Z",
        "credentialSubject": {
            "id": transcript.subject,
            "type": ["ClrSubject"],
            "achievement": [_step(issuer, step) for step in transcript.steps],
            "association": [_association(one) for one in transcript.associations],
        },
        "credentialStatus": list(transcript.status),
    }
    document: dict[str, Any] = clean(around)
    # After the cleaning: not a sign of what others have signed may change.
    document["credentialSubject"]["verifiableCredential"] = list(transcript.members)
    _check(document)
    return document


def members_hash(members: Sequence[dict[str, Any]]) -> str:
    """Return the SHA-256 of the members, in their order: another issue of one changes it."""
    text = json.dumps(list(members), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _step(issuer: Issuer, step: Step) -> dict[str, Any]:
    return {
        "id": achievement_id(step.achievement),
        "type": ["Achievement"],
        "name": step.name,
        "description": step.description or step.name,
        "criteria": {"narrative": f"Completed as {issuer.name} recorded it."},
        **({"creditsAvailable": number(step.credits)} if step.credits else {}),
    }


def achievement_id(uuid: UUID) -> str:
    """Return the id of an achievement, as it stands in credentials too."""
    return f"urn:uuid:{uuid}"


def _association(one: Association) -> dict[str, str]:
    return {
        "type": "Association",
        "associationType": one.relation,
        "sourceId": one.source,
        "targetId": one.target,
    }


def _check(document: dict[str, Any]) -> None:
    """Hold a transcript against the rules by which we read those of others."""
    subject = document["credentialSubject"]
    members = subject["verifiableCredential"]
    if not members or len(members) > MOST:
        raise InvalidInputError(
            f"A transcript holds between 1 and {MOST} credentials.", code="transcript"
        )
    if len(subject.get("association", ())) > MOST_ASSOCIATIONS:
        raise InvalidInputError("A transcript holds too many associations.", code="transcript")
    try:
        check_members(document, members)
        for member in members:
            check_results(member["credentialSubject"])
    except FindingError as refused:
        raise InvalidInputError(refused.message, code="transcript") from None
