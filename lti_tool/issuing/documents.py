"""What an institution publishes as an issuer, besides its status lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.credentials.contexts import OPEN_BADGES, VC
from lti_tool.credentials.did_web import did_document, jwk, keyset, profile
from lti_tool.credentials.signers import Algorithm
from lti_tool.issuing.endorsements import read_endorsements
from lti_tool.issuing.signing import Signing, issuer_of, load_keys
from lti_tool.persistence.catalog import Institution, StackVersion


@dataclass(frozen=True, slots=True)
class IssuerDocuments:
    """The public documents of an issuer; ``keys`` are single JWKs by key id."""

    profile: dict[str, Any]
    did_document: dict[str, Any]
    keyset: dict[str, Any]
    keys: dict[str, dict[str, str]]


def issuer_documents(
    session: Session, signing: Signing, institution: Institution, now: datetime
) -> IssuerDocuments:
    """Return the documents of an institution, with every key that was not taken out.

    The profile carries what others endorse of the institution, as they signed it.
    """
    endorsed = list(read_endorsements(session, institution.id, None, now))
    keys = load_keys(session, institution.id)
    issuer = issuer_of(signing, institution)
    return IssuerDocuments(
        profile={
            "@context": [VC, OPEN_BADGES],
            **profile(issuer),
            **({"endorsement": endorsed} if endorsed else {}),
        },
        did_document=did_document(issuer, keys),
        keyset=keyset(issuer, keys),
        keys={key.key_id: jwk(issuer, key) for key in keys if key.algorithm == Algorithm.RS256},
    )


def rule_document(version: StackVersion) -> dict[str, Any]:
    """Return a published version of a stack as anybody may read it."""
    return {
        "version": version.number,
        "content_hash": version.content_hash,
        "published_at": version.published_at.isoformat(),
        "stack": version.document,
    }
