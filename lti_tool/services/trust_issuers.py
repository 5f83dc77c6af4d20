"""Use case: an institution says which issuers elsewhere it trusts, one or a list of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.credentials.recognition.issuer_addresses import is_public_address, is_public_name
from lti_tool.errors import InvalidInputError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.trusted_issuers import (
    TrustedIssuerRow,
    add_trusted_issuer,
    find_trusted,
)

LONGEST_NAME = 1000
MOST = 10_000


@dataclass(frozen=True, slots=True)
class NewTrust:
    """An issuer to be trusted: its id (a DID or https address) or its domain, and why.

    ``since`` and ``until`` bound the days of issue; no ``achievement_types`` means every type.
    """

    name: str
    title: str
    reason: str
    since: datetime | None = None
    until: datetime | None = None
    achievement_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trusted:
    """How many are trusted now that were not, and how many were so already."""

    added: int
    known: int


def trust_issuers(
    database: Database,
    *,
    institution_key: str,
    issuers: Sequence[NewTrust],
    actor: str,
    now: datetime,
) -> Trusted:
    """Trust all of these, or none: ``InvalidInputError`` names the first that is wrong.

    Who is trusted already stays as it is. ``NotFoundError`` for an unknown institution.
    """
    if len(issuers) > MOST:
        raise InvalidInputError(f"These are more than {MOST:,} issuers at once.")
    for issuer in issuers:
        _check(issuer)
    with database.writing() as session:
        institution = get_institution(session, institution_key)
        lock_name(session, f"trusted-issuers:{institution.id}")
        new = [one for one in issuers if _add(session, institution.id, one, actor, now)]
        if new:
            add_event(
                session,
                institution_id=institution.id,
                actor=actor,
                action="issuers.trusted",
                at=now,
                detail={"issuers": [one.name for one in new]},
            )
    return Trusted(len(new), len(issuers) - len(new))


def _check(issuer: NewTrust) -> None:
    name = issuer.name
    is_did = name.startswith("did:") and name.count(":") >= 2 and name.isprintable()
    is_known = is_did or is_public_address(name) or is_public_name(name)
    if not is_known or len(name) > LONGEST_NAME or " " in name:
        raise InvalidInputError(
            f"'{name[:100]}' is no issuer: give a DID, an https address, or a domain in lower "
            "case.",
            field="name",
        )
    if not issuer.reason.strip():
        raise InvalidInputError(f"Say why '{name[:100]}' is trusted.", field="reason")
    if issuer.since and issuer.until and issuer.until <= issuer.since:
        raise InvalidInputError(f"The time of '{name[:100]}' ends before it begins.", field="until")


def _add(
    session: Session, institution_id: int, issuer: NewTrust, actor: str, now: datetime
) -> bool:
    if find_trusted(session, institution_id, issuer.name) is not None:
        return False
    row = TrustedIssuerRow(
        institution_id=institution_id,
        name=issuer.name,
        title=issuer.title.strip()[:255],
        since=issuer.since,
        until=issuer.until,
        achievement_types=list(issuer.achievement_types),
        reason=issuer.reason.strip(),
        added_by=actor,
        added_at=now,
    )
    add_trusted_issuer(session, row)
    return True
