"""Use case: a learner offers a credential of their own to a wallet, once, for ten minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lti_tool.errors import NotFoundError
from lti_tool.issuing.signing import Signing, issuer_of
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution_by_id
from lti_tool.persistence.credentials import find_own_credential
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.wallet_offers import WalletOffer, Way, add_offer
from lti_tool.wallet_protocols.exchange import deep_link
from lti_tool.wallet_protocols.oid4vci import offer_link
from lti_tool.wallet_protocols.secrets import hash_pin, hash_secret, new_pin, new_secret
from lti_tool.wallet_protocols.ways import check_way

OFFER_LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Offered:
    """The link that opens a wallet, and the code that the learner types there, if any."""

    link: str
    pin: str | None
    expires_at: datetime


def offer_credential(
    database: Database,
    signing: Signing,
    secret_key: bytes,
    *,
    learner_id: int,
    award_uuid: UUID,
    way: Way,
    now: datetime,
) -> Offered:
    """Return how a wallet gets this credential, by VC-API or OpenID4VCI.

    An earlier offer of the same credential by the same way is over. ``NotFoundError`` for a
    credential that is not the learner's or not issued yet, ``ForbiddenError`` for a way that
    the institution has switched off.
    """
    secret = new_secret()
    pin = new_pin() if way is Way.OID4VCI else None
    with database.writing() as session:
        credential = find_own_credential(session, learner_id, award_uuid)
        if credential is None:
            raise NotFoundError("This credential is not there, or not issued yet.")
        institution = get_institution_by_id(session, credential.institution_id)
        check_way(institution, way)
        offer = WalletOffer(
            secret_hash=hash_secret(secret),
            institution_id=institution.id,
            learner_id=learner_id,
            award_id=credential.award_id,
            way=way,
            pin_hash=None if pin is None else hash_pin(secret_key, secret, pin),
            created_at=now,
            expires_at=now + OFFER_LIFE,
        )
        add_offer(session, offer)
        add_event(
            session,
            institution_id=institution.id,
            actor=str(get_learner(session, learner_id).uuid),
            action="credential-offered",
            subject=str(award_uuid),
            detail={"way": way},
            at=now,
        )
    issuer = issuer_of(signing, institution)
    if way is Way.OID4VCI:
        return Offered(offer_link(issuer, secret), pin, offer.expires_at)
    return Offered(deep_link(signing.public_url, issuer.did, secret), None, offer.expires_at)
