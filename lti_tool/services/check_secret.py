"""Use case: see whether the secret key of the settings opens everything that is sealed."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography.fernet import InvalidToken
from sqlalchemy.orm import Session

from lti_tool.errors import ConfigurationError
from lti_tool.lti.keys import SealedKey, open_key
from lti_tool.lti.platform_checks import Finding, Verdict
from lti_tool.lti.sealing import API_SECRETS, ISSUER_KEYS, PROVIDER_SECRETS, cipher
from lti_tool.persistence.api_keys import list_api_key_rows
from lti_tool.persistence.base import Database
from lti_tool.persistence.issuer_keys import list_issuer_keys
from lti_tool.persistence.sign_in_ways import list_sealed_providers
from lti_tool.persistence.tool_keys import list_tool_keys

ADVICE = (
    "Set the secret with which they were made; or name its file in QUOIN_OLD_SECRET_KEY_FILE and "
    "run 'quoin keys reseal'."
)


def check_secret(database: Database, secret_key: bytes) -> Finding:
    """Return whether ``secret_key`` opens all that this installation keeps sealed."""
    with database.reading() as session:
        tried = list(_opened(session, secret_key))
    shut = tried.count(False)
    if shut:
        words = f"The secret key does not open {shut} of {len(tried)} sealed keys."
        return Finding("secret key", Verdict.FAILURE, words, ADVICE)
    return Finding("secret key", Verdict.OK, f"It opens every sealed key ({len(tried)}).")


def _opened(session: Session, secret: bytes) -> Iterator[bool]:
    """Yield for every sealed thing whether it opens."""
    for tool_key in list_tool_keys(session):
        yield _opens_key(SealedKey(tool_key.kid, tool_key.encrypted_private_key), secret)
    for api_key in list_api_key_rows(session):
        yield _opens(api_key.encrypted_secret, API_SECRETS, secret)
    for issuer_key in list_issuer_keys(session):
        yield _opens(issuer_key.handle, ISSUER_KEYS, secret)
    for provider in list_sealed_providers(session):
        yield _opens(provider.sealed_secret or b"", PROVIDER_SECRETS, secret)


def _opens_key(sealed: SealedKey, secret: bytes) -> bool:
    try:
        open_key(sealed, secret)
    except ConfigurationError:
        return False
    return True


def _opens(sealed: bytes, purpose: bytes, secret: bytes) -> bool:
    try:
        cipher(secret, purpose).decrypt(sealed)
    except InvalidToken:
        return False
    return True
