"""Use case: let a signed request to the JSON API in, once."""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography.fernet import InvalidToken

from lti_tool.errors import ConfigurationError, ForbiddenError, SignatureError
from lti_tool.lti.sealing import API_SECRETS, cipher
from lti_tool.persistence.api_keys import APIKey, find_live_key, use_nonce
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution_by_id
from lti_tool.signatures import Caller, SignedRequest


def admit_request(
    database: Database, secret_key: bytes, request: SignedRequest, *, now: datetime
) -> Caller:
    """Return whose key signed the request, and note its nonce.

    ``SignatureError`` says what is wrong with headers, key, time, signature or nonce;
    ``ForbiddenError`` when the institution is suspended. Nothing is written before the
    signature is known to be good.
    """
    request.check_form()
    request.check_time(now)
    with database.reading() as session:
        key = find_live_key(session, request.key_id)
    if key is None:
        raise SignatureError(
            "This key is not known here, or it is retired. 'quoin api-key list' shows the keys.",
            code="api-key",
        )
    if not request.is_signed_with(_secret(key, secret_key)):
        raise SignatureError(
            "The signature is not the one of this request. It goes over method, path and query "
            "as sent, time, nonce and the hash of the body."
        )
    with database.writing() as session:
        expires_at = datetime.fromtimestamp(request.expires_at, UTC)
        if not use_nonce(session, session.merge(key), request.nonce, expires_at, now):
            raise SignatureError(
                "This request was sent before. Sign it anew, with another nonce.",
                code="api-nonce",
            )
        if get_institution_by_id(session, key.institution_id).suspended_at is not None:
            raise ForbiddenError(
                "The institution of this key is suspended here.", code="institution-suspended"
            )
    return Caller(key.institution_id, key.key_id, tuple(key.issuers))


def _secret(key: APIKey, secret_key: bytes) -> str:
    try:
        return cipher(secret_key, API_SECRETS).decrypt(key.encrypted_secret).decode()
    except InvalidToken:
        raise ConfigurationError(
            "QUOIN_SECRET_KEY does not open the secrets of the API keys; "
            "'quoin keys reseal' takes a new one over."
        ) from None
