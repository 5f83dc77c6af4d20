"""What identifies a way to sign in, as a hash: two people can never share one."""

from __future__ import annotations

import hashlib

from lti_tool.persistence.sign_in_ways import Audience, Kind


def provider_lookup(
    institution_id: int | None, audience: Audience, issuer: str, subject: str
) -> str:
    """Return the lookup of an account at a provider: (issuer, subject), within an institution.

    The same person may be a learner and an administrator, so each side has its own.
    """
    return _hash(Kind.PROVIDER, str(institution_id), audience, issuer, subject)


def passkey_lookup(credential_id: bytes) -> str:
    """Return the lookup of a passkey: its id is unique by itself."""
    return _hash(Kind.PASSKEY, credential_id.hex())


def mail_lookup(institution_id: int | None, audience: Audience, address: str) -> str:
    """Return the lookup of a confirmed address; upper and lower case are the same."""
    return _hash(Kind.MAIL, str(institution_id), audience, address.casefold())


def _hash(*parts: str) -> str:
    # Each with its length: no two lists of parts give the same text.
    text = "".join(f"{len(part)}:{part}" for part in map(str, parts))
    return hashlib.sha256(text.encode()).hexdigest()
