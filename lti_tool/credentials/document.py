"""An award as an Open Badges 3.0 AchievementCredential (VC 2.0), before it is signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from lti_tool.credentials.contexts import OPEN_BADGES, VC
from lti_tool.credentials.did_web import Issuer, profile
from lti_tool.credentials.encoding import instant
from lti_tool.credentials.texts import clean

CONTEXTS = (VC, OPEN_BADGES)
"""Their order is part of the standard."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The published version of the stack by which an award was made."""

    uuid: UUID
    number: int
    content_hash: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A completion or a smaller award that counted: its uuid, name, place in the rule and day."""

    uuid: UUID
    name: str
    address: str
    on: date
    is_award: bool


@dataclass(frozen=True, slots=True)
class Awarded:
    """All that a credential says of an award.

    ``credits`` are the institution's own kind. ``receipt_hash`` is the SHA-256 of the receipt,
    which itself stays here: it may tell grades.
    """

    uuid: UUID
    subject: UUID
    achievement: UUID
    name: str
    description: str
    credits: Decimal
    awarded_on: date
    rule: Rule
    receipt_hash: str
    counted: Sequence[Counted]


def build_credential(
    issuer: Issuer, award: Awarded, status: Sequence[dict[str, str]], *, now: datetime
) -> dict[str, Any]:
    """Return the credential of ``award``, issued ``now`` (aware), with its entries in lists.

    No grade and no name of a person stands in it. ``InvalidInputError`` for a text that cannot
    be signed.
    """
    credential = {
        "@context": list(CONTEXTS),
        "id": issuer.credential_url(award.uuid),
        "type": ["VerifiableCredential", "AchievementCredential"],
        "name": award.name,
        "issuer": profile(issuer),
        "validFrom": instant(now),
        "awardedDate": f"{award.awarded_on.isoformat()}T00:00:00Z",
        "credentialSubject": {
            "id": f"urn:uuid:{award.subject}",
            "type": ["AchievementSubject"],
            "achievement": _achievement(issuer, award),
            **_credits("creditsEarned", award.credits),
        },
        "evidence": [_rule_evidence(issuer, award), *_evidence(issuer, award)],
        "credentialStatus": list(status),
    }
    cleaned: dict[str, Any] = clean(credential)
    return cleaned


def _achievement(issuer: Issuer, award: Awarded) -> dict[str, Any]:
    return {
        "id": f"urn:uuid:{award.achievement}",
        "type": ["Achievement"],
        "achievementType": "MicroCredential",
        "name": award.name,
        "description": award.description or award.name,
        "criteria": {
            "id": issuer.rule_url(award.rule.uuid),
            "narrative": f"Awarded by rule: version {award.rule.number}, as published at this "
            "address, never changed since.",
        },
        **_credits("creditsAvailable", award.credits),
    }


def _credits(name: str, amount: Decimal) -> dict[str, int | float]:
    """Return credits as JSON has them everywhere: 3 and never 3.0, which others read as 3."""
    if amount == 0:
        return {}
    return {name: int(amount) if amount == int(amount) else float(amount)}


def _rule_evidence(issuer: Issuer, award: Awarded) -> dict[str, Any]:
    return {
        "id": f"{issuer.credential_url(award.uuid)}#receipt",
        "type": ["Evidence"],
        "name": f"Rule version {award.rule.number}",
        "genre": "Rule",
        "narrative": f"SHA-256 of the rule: {award.rule.content_hash}. "
        f"SHA-256 of the receipt of what was counted: {award.receipt_hash}.",
    }


def _evidence(issuer: Issuer, award: Awarded) -> list[dict[str, Any]]:
    """Return one piece for each thing that counted, even if at several places of the rule."""
    pieces: dict[UUID, dict[str, Any]] = {}
    for item in award.counted:
        known = pieces.get(item.uuid)
        if known is not None:
            known["description"] += f" It also counted at {item.address}."
            continue
        pieces[item.uuid] = {
            "id": issuer.credential_url(item.uuid) if item.is_award else f"urn:uuid:{item.uuid}",
            "type": ["Evidence"],
            "name": item.name,
            "genre": "Credential" if item.is_award else "Completion",
            "description": f"Reached on {item.on.isoformat()}, counted at {item.address}.",
        }
    return list(pieces.values())
