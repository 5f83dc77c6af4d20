"""Use case: encrypt our keys, issuers' keys, and secrets that others gave us anew."""

from __future__ import annotations

from datetime import datetime

from cryptography.fernet import InvalidToken
from sqlalchemy.orm import Session

from lti_tool.errors import ConfigurationError
from lti_tool.lti.keys import SealedKey, reseal_key
from lti_tool.lti.sealing import (
    API_SECRETS,
    ISSUER_KEYS,
    PROVIDER_SECRETS,
    SOURCE_TOKENS,
    reseal,
)
from lti_tool.persistence.api_keys import list_api_key_rows
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.evidence_sources import list_sealed_sources
from lti_tool.persistence.issuer_keys import list_issuer_keys
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.sign_in_ways import list_sealed_providers
from lti_tool.persistence.tool_keys import list_tool_keys


def reseal_keys(
    database: Database, old_secret: bytes, new_secret: bytes, *, actor: str, now: datetime
) -> int:
    """Seal every key with ``new_secret``, all or none, and return how many were changed.

    Repeating it changes nothing. ``ConfigurationError`` when neither secret opens a key.
    """
    with database.writing() as session:
        lock_name(session, "tool keys")
        changed = _signing_keys(session, old_secret, new_secret)
        changed += _api_keys(session, old_secret, new_secret)
        changed += _issuer_keys(session, old_secret, new_secret)
        changed += _provider_secrets(session, old_secret, new_secret)
        changed += _source_tokens(session, old_secret, new_secret)
        add_event(
            session,
            institution_id=None,
            actor=actor,
            action="keys-resealed",
            detail={"keys": changed},
            at=now,
        )
    return changed


def _signing_keys(session: Session, old_secret: bytes, new_secret: bytes) -> int:
    changed = 0
    for row in list_tool_keys(session):
        sealed = SealedKey(row.kid, row.encrypted_private_key)
        fresh = reseal_key(sealed, old_secret, new_secret).encrypted_private_key
        changed += fresh != row.encrypted_private_key
        row.encrypted_private_key = fresh
    return changed


def _api_keys(session: Session, old_secret: bytes, new_secret: bytes) -> int:
    changed = 0
    for row in list_api_key_rows(session):
        what = f"the secret of the API key '{row.key_id}'"
        fresh = _resealed(row.encrypted_secret, API_SECRETS, old_secret, new_secret, what)
        changed += fresh != row.encrypted_secret
        row.encrypted_secret = fresh
    return changed


def _issuer_keys(session: Session, old_secret: bytes, new_secret: bytes) -> int:
    changed = 0
    for row in list_issuer_keys(session):
        what = f"the issuer's key '{row.key_id}'"
        fresh = _resealed(row.handle, ISSUER_KEYS, old_secret, new_secret, what)
        changed += fresh != row.handle
        row.handle = fresh
    return changed


def _provider_secrets(session: Session, old_secret: bytes, new_secret: bytes) -> int:
    changed = 0
    for row in list_sealed_providers(session):
        sealed = row.sealed_secret or b""
        what = f"the secret at the sign-in provider of institution {row.institution_id}"
        fresh = _resealed(sealed, PROVIDER_SECRETS, old_secret, new_secret, what)
        changed += fresh != sealed
        row.sealed_secret = fresh
    return changed


def _source_tokens(session: Session, old_secret: bytes, new_secret: bytes) -> int:
    changed = 0
    for row in list_sealed_sources(session):
        sealed = row.sealed_token or b""
        what = f"the token of the evidence source {row.uuid}"
        fresh = _resealed(sealed, SOURCE_TOKENS, old_secret, new_secret, what)
        changed += fresh != sealed
        row.sealed_token = fresh
    return changed


def _resealed(
    sealed: bytes, purpose: bytes, old_secret: bytes, new_secret: bytes, what: str
) -> bytes:
    try:
        return reseal(sealed, purpose, old_secret, new_secret)
    except InvalidToken:
        raise ConfigurationError(
            f"Neither the old secret nor QUOIN_SECRET_KEY opens {what}. "
            "Name the file of the secret with which it was made."
        ) from None
