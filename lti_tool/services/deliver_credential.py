"""Use case: a wallet with an access token gets the credential, for the proof of a key."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.errors import OAuthError
from lti_tool.issuing.forms import ensure_jwt
from lti_tool.issuing.signing import Signing, issuer_of
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.wallet_offers import OfferRows, Way, find_offer, note_did
from lti_tool.wallet_protocols.credential_requests import read_request
from lti_tool.wallet_protocols.holder_keys import prove_key
from lti_tool.wallet_protocols.oid4vci import Format, nonce_answer
from lti_tool.wallet_protocols.secrets import hash_secret, is_nonce, new_nonce
from lti_tool.wallet_protocols.ways import ways_of

UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class Asked:
    """A request at the credential endpoint of an institution: its token and its body."""

    institution_uuid: UUID
    token: str
    body: dict[str, Any]


def deliver_credential(
    database: Database, signing: Signing, secret_key: bytes, asked: Asked, *, now: datetime
) -> dict[str, Any]:
    """Return the credential in the form that is asked for, as the wallet's draft wants it.

    It is the credential as it was issued; the DID that is proved is kept with the learner.
    ``OAuthError`` for a token that is unknown or over (401), and for everything that is wrong
    with the request.
    """
    with database.writing() as session:
        found = find_offer(session, Way.OID4VCI, now, token_hash=hash_secret(asked.token))
        if (
            found is None
            or found.institution.uuid != asked.institution_uuid
            or Way.OID4VCI not in ways_of(found.institution)
        ):
            raise OAuthError(
                "The access token is unknown, or its time is over.",
                code="invalid_token",
                status=UNAUTHORIZED,
            )
        request = read_request(asked.body)
        issuer = issuer_of(signing, found.institution).url
        did = prove_key(
            request.proof,
            audience=issuer,
            is_nonce=lambda nonce: is_nonce(secret_key, issuer, nonce, now),
            now=now,
        )
        given = _given(session, signing, found, request.format, now)
        _note(session, found, did, request.format, now)
    answer: dict[str, Any] = {"credentials": [{"credential": given}]}
    if request.is_draft:
        answer |= {"format": request.format, "credential": given}
        answer |= nonce_answer(new_nonce(secret_key, issuer, now))
    return answer


def _given(
    session: Session, signing: Signing, found: OfferRows, format_: Format, now: datetime
) -> Any:
    if format_ is Format.JWT:
        return ensure_jwt(session, signing, found.credential, now)
    return json.loads(found.credential.document)


def _note(session: Session, found: OfferRows, did: str, format_: Format, now: datetime) -> None:
    offer = found.offer
    note_did(session, offer.institution_id, offer.learner_id, did, Way.OID4VCI, now)
    add_event(
        session,
        institution_id=offer.institution_id,
        actor="wallet",
        action="credential-handed-over",
        subject=json.loads(found.credential.document)["id"].rpartition("/")[2],
        detail={"way": Way.OID4VCI, "format": format_, "has_proved_did": True},
        at=now,
    )
