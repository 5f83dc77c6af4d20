"""Use case: a wallet fetches a credential by VC-API, with or without proving who holds it."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.errors import InvalidInputError, NotFoundError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.wallet_offers import OfferRows, Way, find_offer, note_did
from lti_tool.wallet_protocols.exchange import presentation_of, presentation_request
from lti_tool.wallet_protocols.holders import prove_holder
from lti_tool.wallet_protocols.secrets import hash_secret
from lti_tool.wallet_protocols.ways import ways_of

MOST_FAILURES = 5


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a wallet sends to the address with this secret.

    Either a presentation that proves its DID, or the challenge as a bearer token: then the
    credential is given at once. With neither, the wallet is asked for a presentation.
    """

    secret: str
    presentation: dict[str, Any] | None = None
    bearer: str | None = None


def exchange_credential(
    database: Database, exchange: Exchange, *, public_url: str, now: datetime
) -> dict[str, Any]:
    """Return a presentation with the credential, or the request for one that proves the holder.

    The credential is given once. ``NotFoundError`` for an exchange that is unknown, over, or
    used; ``InvalidInputError`` for a presentation that proves nothing, which may be tried again
    a few times.
    """
    with database.writing() as session:
        found = find_offer(session, Way.VC_API, now, secret_hash=hash_secret(exchange.secret))
        if (
            found is None
            or found.offer.used_at is not None
            or found.offer.failures >= MOST_FAILURES
            or Way.VC_API not in ways_of(found.institution)
        ):
            raise NotFoundError(
                "This link was used already, or its time is over. Ask for a new one in your course."
            )
        if exchange.presentation is None and exchange.bearer is None:
            return presentation_request(public_url, exchange.secret)
        try:
            did = _prove(exchange, public_url, now)
        except InvalidInputError as error:
            # Kept, though the exchange fails: a proof may be tried a few times only.
            found.offer.failures += 1
            refusal = error
        else:
            return _hand_over(session, found, did, now)
    raise refusal


def _prove(exchange: Exchange, public_url: str, now: datetime) -> str | None:
    """Return the DID that is proved; None for a wallet that brings the challenge alone."""
    if exchange.presentation is not None:
        domains = (public_url, public_url.partition("://")[2])
        return prove_holder(
            exchange.presentation, challenge=exchange.secret, domains=domains, now=now
        )
    given = (exchange.bearer or "").encode()
    if not hmac.compare_digest(given, exchange.secret.encode()):
        raise InvalidInputError("This is not the challenge of the link.", code="holder-proof")
    return None


def _hand_over(
    session: Session, found: OfferRows, did: str | None, now: datetime
) -> dict[str, Any]:
    offer = found.offer
    offer.used_at = now
    if did is not None:
        note_did(session, offer.institution_id, offer.learner_id, did, Way.VC_API, now)
    document: dict[str, Any] = json.loads(found.credential.document)
    add_event(
        session,
        institution_id=offer.institution_id,
        actor="wallet",
        action="credential-handed-over",
        subject=document["id"].rpartition("/")[2],
        detail={"way": Way.VC_API, "has_proved_did": did is not None},
        at=now,
    )
    return presentation_of([document])
