"""OpenID for Verifiable Credential Issuance 1.0: offers, token, nonce and credential endpoint."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify

from lti_tool.credentials.did_web import Issuer
from lti_tool.errors import InvalidInputError, OAuthError
from lti_tool.services.deliver_credential import Asked, deliver_credential
from lti_tool.services.redeem_offer import TOKEN_LIFE, redeem_offer
from lti_tool.services.show_credential_offer import show_credential_offer
from lti_tool.services.show_wallet_issuer import show_wallet_issuer
from lti_tool.wallet_protocols.oid4vci import (
    PRE_AUTHORIZED,
    authorization_metadata,
    issuer_metadata,
    nonce_answer,
)
from lti_tool.wallet_protocols.secrets import new_nonce
from lti_tool.web.parts import current_parts
from lti_tool.web.rate_limit import RateLimit
from lti_tool.web.session import public, token_holder
from lti_tool.web.wallet_answers import (
    check_limit,
    form_field,
    json_body,
    open_to_wallets,
    required_bearer,
)

blueprint = Blueprint("oid4vci", __name__)
open_to_wallets(blueprint)

HERE = "/issuers/<uuid:institution_uuid>"

token_limit = RateLimit(per_minute=300)
"""A whole course may do it at once behind one address; each offer bounds wrong codes itself."""

wallet_limit = RateLimit(per_minute=600)


@blueprint.get(f"/.well-known/openid-credential-issuer{HERE}")
@blueprint.get(f"{HERE}/.well-known/openid-credential-issuer")
@public
def show_issuer(institution_uuid: UUID) -> Response:
    """Say what the issuer issues and where; the second address is that of drafts."""
    return jsonify(issuer_metadata(_issuer(institution_uuid)))


@blueprint.get(f"/.well-known/oauth-authorization-server{HERE}")
@blueprint.get(f"{HERE}/.well-known/oauth-authorization-server")
@public
def show_server(institution_uuid: UUID) -> Response:
    """Say where tokens are to be had (RFC 8414)."""
    return jsonify(authorization_metadata(_issuer(institution_uuid)))


@blueprint.get(f"{HERE}/oid4vci/offers/<code>")
@public
def show_offer(institution_uuid: UUID, code: str) -> Response:
    """Give the offer whose link a learner has opened in a wallet."""
    check_limit(wallet_limit)
    parts = current_parts()
    found = show_credential_offer(
        parts.database,
        parts.signing,
        institution_uuid=institution_uuid,
        code=code,
        now=parts.clock(),
    )
    return jsonify(found)


@blueprint.post(f"{HERE}/oid4vci/token")
@public
def give_token(institution_uuid: UUID) -> Response:
    """Give an access token for a pre-authorised code and the learner's transaction code.

    ``c_nonce`` is for drafts; the final protocol has an endpoint for it.
    """
    check_limit(token_limit)
    if form_field("grant_type") != PRE_AUTHORIZED:
        raise OAuthError(
            "Tokens are given for pre-authorised codes.", code="unsupported_grant_type"
        )
    parts, issuer = current_parts(), _issuer(institution_uuid)
    token = redeem_offer(
        parts.database,
        parts.config.secret_key,
        institution_uuid=institution_uuid,
        code=form_field("pre-authorized_code"),
        pin=form_field("tx_code"),
        now=parts.clock(),
    )
    return jsonify(
        access_token=token,
        token_type="Bearer",  # noqa: S106 - the name of a kind, no secret
        expires_in=int(TOKEN_LIFE.total_seconds()),
        **_nonce(issuer),
    )


@blueprint.post(f"{HERE}/oid4vci/nonce")
@public
def give_nonce(institution_uuid: UUID) -> Response:
    """Give a nonce for the proof of a key."""
    check_limit(wallet_limit)
    return jsonify(_nonce(_issuer(institution_uuid)))


@blueprint.post(f"{HERE}/oid4vci/credential")
@token_holder
def give_credential(institution_uuid: UUID) -> Response:
    """Give the credential in the form that is asked for, for the proof of a key."""
    check_limit(wallet_limit)
    parts, token = current_parts(), required_bearer()
    try:
        body = json_body()
    except InvalidInputError as error:
        raise OAuthError(error.message, code="invalid_credential_request") from None
    given = deliver_credential(
        parts.database,
        parts.signing,
        parts.config.secret_key,
        Asked(institution_uuid, token, body),
        now=parts.clock(),
    )
    return jsonify(given)


def _issuer(institution_uuid: UUID) -> Issuer:
    parts = current_parts()
    return show_wallet_issuer(parts.database, parts.signing, institution_uuid)


def _nonce(issuer: Issuer) -> dict[str, Any]:
    parts = current_parts()
    return nonce_answer(new_nonce(parts.config.secret_key, issuer.url, parts.clock()))
