"""Use case: make a key with which a platform's site signs its requests to the JSON API."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.lti.platform_details import check_id
from lti_tool.lti.sealing import API_SECRETS, cipher
from lti_tool.persistence.api_keys import APIKey, add_api_key_row, list_live_keys
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Institution, get_institution
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.platforms import list_registrations

MOST_LIVE = 2
"""Keys per institution and issuer that are good at one time: the old one and the new one."""
LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class APIKeyAdded:
    """The new key; its secret is shown this once.

    ``apart`` are names of platforms of these issuers whose people are learners of their own,
    so that a launch there does not meet the learner whom this key speaks of.
    """

    key_id: str
    secret: str
    apart: tuple[str, ...]


def add_api_key(
    database: Database,
    secret_key: bytes,
    *,
    institution_key: str,
    issuers: Sequence[str],
    name: str = "",
    actor: str,
    now: datetime,
) -> APIKeyAdded:
    """Make a key of an institution that may speak for ``issuers``, and seal its secret.

    ``InvalidInputError`` names a wrong value; ``NotFoundError`` for an unknown institution;
    ``ConflictError`` when two keys are good for an issuer already, or when platforms are known
    under an issuer that differs in case or a slash alone.
    """
    wanted = list(dict.fromkeys(issuers))
    _check(wanted, name)
    key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    with database.writing() as session:
        lock_name(session, "api keys")
        institution = get_institution(session, institution_key)
        for issuer in wanted:
            _refuse(session, institution, issuer)
        row = APIKey(
            key_id=key_id,
            institution_id=institution.id,
            name=name.strip() or wanted[0],
            issuers=wanted,
            encrypted_secret=cipher(secret_key, API_SECRETS).encrypt(secret.encode()),
            created_at=now,
        )
        add_api_key_row(session, row)
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="api-key-added",
            subject=key_id,
            at=now,
        )
        return APIKeyAdded(key_id, secret, _apart(session, wanted))


def _check(issuers: Sequence[str], name: str) -> None:
    if not issuers:
        raise InvalidInputError("Name the issuer for which the key speaks.", field="issuer")
    for issuer in issuers:
        check_id("issuer", issuer)
    if len(name) > LONGEST_NAME:
        raise InvalidInputError(f"The name has at most {LONGEST_NAME} characters.", field="name")


def _refuse(session: Session, institution: Institution, issuer: str) -> None:
    live = list_live_keys(session, institution.id, issuer)
    if len(live) >= MOST_LIVE:
        raise ConflictError(
            f"Two keys are good for {issuer} already. Retire the one that is used no longer: "
            f"'quoin api-key retire {live[0].key_id}'."
        )
    known = {row.issuer for row in list_registrations(session)}
    alike = [one for one in known if _folded(one) == _folded(issuer)]
    if alike and issuer not in known:
        raise ConflictError(
            f"Platforms are registered under {alike[0]}, which differs in case or a slash alone. "
            "Write the issuer exactly so."
        )


def _folded(issuer: str) -> str:
    return issuer.lower().rstrip("/")


def _apart(session: Session, issuers: Sequence[str]) -> tuple[str, ...]:
    rows = [row for issuer in issuers for row in list_registrations(session, issuer)]
    return tuple(f"{row.name} ({row.uuid})" for row in rows if not row.shares_identities)
