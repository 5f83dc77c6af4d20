"""An EndorsementCredential (Open Badges 3.0), before it is signed; which one can be embedded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lti_tool.credentials.canonical import canonize
from lti_tool.credentials.contexts import OPEN_BADGES, VC
from lti_tool.credentials.did_web import Issuer, profile
from lti_tool.credentials.encoding import instant
from lti_tool.credentials.texts import clean
from lti_tool.errors import InvalidInputError

LARGEST_EMBEDDED = 32 * 1024
"""Bytes of an endorsement that every credential of an achievement carries."""


@dataclass(frozen=True, slots=True)
class Endorsement:
    """What an issuer says of something of somebody else; ``target`` is its id."""

    uuid: UUID
    target: str
    name: str
    comment: str


def build_endorsement(
    issuer: Issuer, endorsement: Endorsement, status: Mapping[str, str], *, now: datetime
) -> dict[str, Any]:
    """Return an endorsement, issued ``now`` (aware), with its entry in a status list.

    ``InvalidInputError`` for a text that cannot be signed.
    """
    cleaned: dict[str, Any] = clean(
        {
            "@context": [VC, OPEN_BADGES],
            "id": issuer.endorsement_url(endorsement.uuid),
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "name": endorsement.name,
            "issuer": profile(issuer),
            "validFrom": instant(now),
            "credentialSubject": {
                "id": endorsement.target,
                "type": ["EndorsementSubject"],
                "endorsementComment": endorsement.comment,
            },
            "credentialStatus": [dict(status)],
        }
    )
    return cleaned


def check_embeddable(document: Mapping[str, Any]) -> None:
    """Refuse an endorsement that cannot stand inside a credential of ours.

    One in the older form (VC 1.1) redefines words of the credential around it, and no library
    would read the whole. Tabs and other line breaks than line feeds are written differently by
    libraries before they sign, so that the whole would fail elsewhere. Call it only for what a
    check has read within its limits. ``InvalidInputError``.
    """
    if not _has_plain_texts(document):
        raise InvalidInputError(
            "A text of this endorsement holds a tab or a line break that libraries sign "
            "differently: a credential with it would fail elsewhere. Ask for it without.",
            code="endorsement-form",
        )
    outer = {
        "@context": [VC, OPEN_BADGES],
        "type": ["VerifiableCredential", "AchievementCredential"],
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "achievement": {"type": ["Achievement"], "endorsement": [dict(document)]},
        },
    }
    try:
        canonize(outer)
    except InvalidInputError:
        raise InvalidInputError(
            "This endorsement cannot stand inside a credential: it is not in the form of W3C "
            "Verifiable Credentials 2.0 with a Data Integrity proof. Ask for it in that form.",
            code="endorsement-form",
        ) from None


def _has_plain_texts(node: Any) -> bool:
    if isinstance(node, Mapping):
        return all(_has_plain_texts(value) for pair in node.items() for value in pair)
    if isinstance(node, list):
        return all(_has_plain_texts(value) for value in node)
    return not isinstance(node, str) or clean(node) == node
