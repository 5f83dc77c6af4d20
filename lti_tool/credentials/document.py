"""An award as an Open Badges 3.0 AchievementCredential (VC 2.0), before it is signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from lti_tool.credentials.contexts import OPEN_BADGES, VC
from lti_tool.credentials.described import (
    achievement_members,
    grade_description,
    issuer_members,
    narrative,
)
from lti_tool.credentials.did_web import Issuer, profile
from lti_tool.credentials.elements import Elements
from lti_tool.credentials.encoding import instant, number
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
class Origin:
    """A credential of another issuer that counts here, as we name it: its claims stay theirs.

    ``sha256`` is that of the document as it was handed in.
    """

    id: str
    name: str
    issuer: str
    sha256: str
    recognised_on: date


@dataclass(frozen=True, slots=True)
class Counted:
    """A completion or a smaller award that counted: its uuid, name, place in the rule and day.

    ``origin`` is the credential of another issuer by which it was recognised.
    """

    uuid: UUID
    name: str
    address: str
    on: date
    is_award: bool
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Renewed:
    """The award of the same achievement before this one, which had ended or was about to."""

    uuid: UUID
    awarded_on: date


@dataclass(frozen=True, slots=True)
class Alignment:
    """Something elsewhere that an achievement fits, a skill or a standard (OB 3.0, Alignment).

    ``target_type`` is of their vocabulary (CFItem, ceasn:Competency, ...) or ``ext:...``.
    """

    target_name: str
    target_url: str
    target_type: str = ""
    target_code: str = ""
    target_framework: str = ""
    target_description: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """An achievement, awarded or not; ``image`` is the SHA-256 of its picture."""

    achievement: UUID
    name: str
    description: str
    credits: Decimal
    elements: Elements | None = None
    alignments: Sequence[Alignment] = ()
    image: str = ""


@dataclass(frozen=True, slots=True)
class Awarded:
    """All that a credential says of an award.

    ``credits`` are the institution's own kind. ``receipt_hash`` is the SHA-256 of the receipt,
    which itself stays here: it may tell grades. ``image`` is the SHA-256 of the achievement's
    picture. ``result`` is the grade as it is written, only if the learner wants it to be shown;
    it is shown only if the achievement says that it may be. ``endorsements`` are signed documents
    of others, which stay as they are. ``holder`` is the DID that the learner has proved.
    ``valid_until`` is the first day on which it holds no more, None where it does not end.
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
    renews: Renewed | None = None
    elements: Elements | None = None
    alignments: Sequence[Alignment] = ()
    image: str = ""
    result: str | None = None
    endorsements: Sequence[Mapping[str, Any]] = ()
    holder: str | None = None
    valid_until: date | None = None

    @property
    def definition(self) -> Definition:
        """What is awarded, whoever has it."""
        return Definition(
            self.achievement,
            self.name,
            self.description,
            self.credits,
            self.elements,
            self.alignments,
            self.image,
        )


def build_credential(
    issuer: Issuer, award: Awarded, status: Sequence[dict[str, str]], *, now: datetime
) -> dict[str, Any]:
    """Return the credential of ``award``, issued ``now`` (aware), with its entries in lists.

    No name of a person stands in it, and no grade but ``Awarded.result``.
    ``InvalidInputError`` for a text that cannot be signed.
    """
    credential: dict[str, Any] = {
        "@context": list(CONTEXTS),
        "id": issuer.credential_url(award.uuid),
        "type": ["VerifiableCredential", "AchievementCredential"],
        "name": award.name,
        "issuer": {**profile(issuer), **issuer_members(award.elements or Elements())},
        **_validity(award, now),
        "awardedDate": _day(award.awarded_on),
        "credentialSubject": {
            "id": f"urn:uuid:{award.subject}",
            "type": ["AchievementSubject"],
            "achievement": _awarded(issuer, award),
            **_credits("creditsEarned", award.credits),
            **_identifier(award.holder),
            "result": _result(issuer, award),
        },
        "evidence": [
            _rule_evidence(issuer, award),
            *_evidence(issuer, award),
            *_renewal(issuer, award),
        ],
        "credentialStatus": list(status),
    }
    cleaned: dict[str, Any] = clean(credential)
    if award.endorsements:
        # After cleaning: others have signed them as they are.
        achievement = cleaned["credentialSubject"]["achievement"]
        achievement["endorsement"] = [dict(one) for one in award.endorsements]
    return cleaned


def _validity(award: Awarded, now: datetime) -> dict[str, str]:
    """Return from when until when it is valid; one that has ended already begins with its end.

    ``validUntil`` may not lie before ``validFrom`` (VC 2.0, section 4.9).
    """
    if award.valid_until is None:
        return {"validFrom": instant(now)}
    until = _day(award.valid_until)
    return {"validFrom": min(instant(now), until), "validUntil": until}


def _day(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def build_achievement(issuer: Issuer, what: Definition, rule: Rule | None) -> dict[str, Any]:
    """Return an achievement, with the version of its stack as its criteria if it has one."""
    told, page = what.elements or Elements(), issuer.achievement_url(what.achievement)
    words = [narrative(told, what.credits)]
    if rule is not None:
        words.append(
            f"Awarded by rule: version {rule.number}, as published at this address, never "
            "changed since."
        )
    members = achievement_members(told, page) if what.elements else {}
    return {
        "id": f"urn:uuid:{what.achievement}",
        "type": ["Achievement"],
        "achievementType": told.achievement_type,
        **members,
        "name": what.name,
        "description": what.description or what.name,
        "criteria": {
            "id": page if rule is None else issuer.rule_url(rule.uuid),
            "narrative": "\n\n".join(word for word in words if word),
        },
        **_credits("creditsAvailable", what.credits),
        "alignment": [*members.get("alignment", []), *map(_alignment, what.alignments)],
        "image": _image(issuer, what),
    }


def _awarded(issuer: Issuer, award: Awarded) -> dict[str, Any]:
    achievement = build_achievement(issuer, award.definition, award.rule)
    described = [*achievement.get("resultDescription", []), *_grade(issuer, award)]
    return {**achievement, "resultDescription": described}


def _alignment(alignment: Alignment) -> dict[str, Any]:
    return {
        "type": ["Alignment"],
        "targetName": alignment.target_name,
        "targetUrl": alignment.target_url,
        "targetType": alignment.target_type,
        "targetCode": alignment.target_code,
        "targetFramework": alignment.target_framework,
        "targetDescription": alignment.target_description,
    }


def _image(issuer: Issuer, what: Definition) -> dict[str, str]:
    if not what.image:
        return {}
    address = issuer.image_url(what.achievement, what.image)
    return {"id": address, "type": "Image", "caption": f"Badge: {what.name}"}


def _grade(issuer: Issuer, award: Awarded) -> list[dict[str, Any]]:
    """Return how the grade is given, if there is one to show."""
    grade = award.elements.grade if award.elements else None
    if grade is None or award.result is None:
        return []
    return [grade_description(grade, issuer.achievement_url(award.achievement))]


def _result(issuer: Issuer, award: Awarded) -> list[dict[str, Any]]:
    return [
        {"type": ["Result"], "resultDescription": description["id"], "value": award.result}
        for description in _grade(issuer, award)
    ]


def _credits(name: str, amount: Decimal) -> dict[str, int | float]:
    """Return credits as JSON has them everywhere: 3 and never 3.0, which others read as 3."""
    if amount == 0:
        return {}
    return {name: number(amount)}


def _identifier(holder: str | None) -> dict[str, Any]:
    """Return the learner's DID beside the subject's id, which stays the same in all credentials.

    Members of one transcript must be of one subject, and the DID came later than some of them.
    """
    if holder is None:
        return {}
    entry = {
        "type": "IdentityObject",
        "identityType": "identifier",
        "hashed": False,
        "identityHash": holder,
    }
    return {"identifier": [entry]}


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
        if item.origin is not None:
            pieces[item.uuid] = _outside_evidence(issuer, item, item.origin)
            continue
        pieces[item.uuid] = {
            "id": issuer.credential_url(item.uuid) if item.is_award else f"urn:uuid:{item.uuid}",
            "type": ["Evidence"],
            "name": item.name,
            "genre": "Credential" if item.is_award else "Completion",
            "description": f"Reached on {item.on.isoformat()}, counted at {item.address}.",
        }
    return list(pieces.values())


def _outside_evidence(issuer: Issuer, item: Counted, origin: Origin) -> dict[str, Any]:
    """Point at a credential of another issuer in words of our own; nothing of it is signed anew."""
    is_named = origin.id.startswith(("https://", "http://", "urn:uuid:")) and _is_plain(origin.id)
    return {
        "id": origin.id if is_named else f"urn:uuid:{item.uuid}",
        "type": ["Evidence"],
        "name": origin.name or item.name,
        "genre": "Credential of another issuer",
        "description": f"Reached on {item.on.isoformat()}, counted at {item.address}.",
        "narrative": f"Issued by {origin.issuer}. Recognised by {issuer.name} on "
        f"{origin.recognised_on.isoformat()} as {item.name}. SHA-256 of the credential as it was "
        f"presented: {origin.sha256}.",
    }


def _is_plain(address: str) -> bool:
    """Return whether an address can stand in linked data as it is."""
    return address.isascii() and address.isprintable() and not set(address) & set(' "<>\\^`{|}')


def _renewal(issuer: Issuer, award: Awarded) -> list[dict[str, Any]]:
    """Return what is renewed; ``related`` would mean a version of the achievement."""
    if award.renews is None:
        return []
    return [
        {
            "id": issuer.credential_url(award.renews.uuid),
            "type": ["Evidence"],
            "name": award.name,
            "genre": "Renewal",
            "description": "Renews the credential of the award of "
            f"{award.renews.awarded_on.isoformat()}.",
        }
    ]
