"""OAuth 2.0 of the Open Badges API: wallets register and get tokens (machines alone)."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import unquote_plus

from flask import Blueprint, Response, jsonify, request

from lti_tool.errors import InvalidInputError, OAuthError
from lti_tool.services.give_tokens import ACCESS_LIFE, CodeProof, give_tokens
from lti_tool.services.register_wallet import register_wallet
from lti_tool.services.revoke_token import revoke_token
from lti_tool.wallet_protocols.badge_api import OAUTH
from lti_tool.wallet_protocols.clients import PUBLIC_CLIENT, ClientProof
from lti_tool.wallet_protocols.oauth import GRANT_TYPES
from lti_tool.web.parts import current_parts
from lti_tool.web.rate_limit import RateLimit
from lti_tool.web.session import public
from lti_tool.web.wallet_answers import check_limit, form_field, json_body, open_to_wallets

blueprint = Blueprint("badge_oauth", __name__, url_prefix=OAUTH)
open_to_wallets(blueprint)

CREATED = 201
BASIC = "Basic "

register_limit = RateLimit(per_minute=10)
token_limit = RateLimit(per_minute=60)


@blueprint.post("/register")
@public
def register() -> Response:
    """Register a wallet (RFC 7591); what it is told says what was taken."""
    check_limit(register_limit)
    parts = current_parts()
    try:
        body = json_body()
    except InvalidInputError as error:
        raise OAuthError(error.message, code="invalid_client_metadata") from None
    made = register_wallet(parts.database, body, now=parts.clock())
    client = made.client
    secret = {} if made.secret is None else {"client_secret": made.secret}
    answer = jsonify(
        client_id=client.client_id,
        client_id_issued_at=int(client.created_at.timestamp()),
        client_secret_expires_at=0,
        client_name=client.name,
        redirect_uris=client.redirect_uris,
        scope=client.scope,
        grant_types=GRANT_TYPES,
        response_types=["code"],
        token_endpoint_auth_method=client.auth_method,
        **client.details,
        **secret,
    )
    answer.status_code = CREATED
    return answer


@blueprint.post("/token")
@public
def token() -> Response:
    """Give tokens for a code, or for a refresh token."""
    check_limit(token_limit)
    parts, proof = current_parts(), _client()
    grant_type = form_field("grant_type")
    if grant_type not in GRANT_TYPES:
        raise OAuthError("This grant is not given here.", code="unsupported_grant_type")
    given: CodeProof | str = form_field("refresh_token")
    if grant_type == GRANT_TYPES[0]:
        given = CodeProof(
            form_field("code"), form_field("redirect_uri"), form_field("code_verifier")
        )
    found = give_tokens(parts.database, proof, given, now=parts.clock())
    refresh = {} if found.refresh is None else {"refresh_token": found.refresh}
    return jsonify(
        access_token=found.access,
        token_type="Bearer",  # noqa: S106 - the name of a kind, no secret
        expires_in=int(ACCESS_LIFE.total_seconds()),
        scope=found.scope,
        **refresh,
    )


@blueprint.post("/revoke")
@public
def revoke() -> Response:
    """End the consent of a token (RFC 7009)."""
    check_limit(token_limit)
    parts = current_parts()
    revoke_token(parts.database, _client(), form_field("token"), now=parts.clock())
    return jsonify({})


def _client() -> ClientProof:
    """Return who the wallet says it is: by header, by form, or by its name alone (apps)."""
    header = request.headers.get("Authorization", "")
    if header.startswith(BASIC):
        try:
            text = base64.b64decode(header.removeprefix(BASIC), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            text = ""
        name, _, secret = text.partition(":")
        return ClientProof(unquote_plus(name), "client_secret_basic", unquote_plus(secret))
    name, secret = form_field("client_id"), form_field("client_secret")
    return ClientProof(name, "client_secret_post" if secret else PUBLIC_CLIENT, secret)
