"""Whom an institution trusts, and whose credential it should be."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti_tool.credentials.recognition.issuer_addresses import document_address, domain, is_home
from lti_tool.credentials.recognition.outcomes import FindingError, Outcome, Told
from lti_tool.credentials.recognition.values import listed

LONGEST_IDENTIFIER = 500


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """An issuer by its id, or all issuers of a domain; perhaps for a time and for some types.

    ``since`` and ``until`` bound the day of issue; no ``achievement_types`` means every type.
    """

    name: str
    since: datetime | None = None
    until: datetime | None = None
    achievement_types: frozenset[str] = frozenset()

    def covers(self, issuer: str, issued: datetime, achievement_type: str) -> bool:
        """Return whether a credential is one of those that are trusted."""
        return (
            self.name in (issuer, domain(issuer))
            and (self.since is None or self.since <= issued)
            and (self.until is None or issued < self.until)
            and (not self.achievement_types or achievement_type in self.achievement_types)
        )


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person by what is verified of them: e-mail addresses as they stand, and DIDs."""

    emails: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()

    def is_meant_by(self, subject: dict[str, Any]) -> bool:
        """Return whether a credentialSubject (or a recipient of Open Badges 2.0) is them."""
        if subject.get("id") in self.ids:
            return True
        entries = listed(subject.get("identifier"))
        return any(self._has(entry) for entry in entries if isinstance(entry, dict))

    def _has(self, entry: dict[str, Any]) -> bool:
        kind = entry.get("identityType", entry.get("identifierType"))
        value = entry.get("identityHash", entry.get("identifier"))
        if kind != "emailAddress" or not isinstance(value, str):
            return False
        if entry.get("hashed") is not True and not value.startswith("sha256$"):
            return value in self.emails
        salt = entry.get("salt", "")
        return any(_matches(value, email, salt) for email in self.emails)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a verdict is measured by; without a recipient nobody asks whose credential it is."""

    trusted: tuple[TrustedIssuer, ...] = ()
    recipient: Recipient | None = None
    home: str = ""
    """Address of this tool: its own issuers are trusted, and asked wherever they run."""

    def trusts(self, issuer: str, issued: datetime, achievement_type: str) -> bool:
        """Return whether the issuer is trusted with this."""
        if self.home and is_home(_place(issuer, self.home), self.home):
            return True
        return any(one.covers(issuer, issued, achievement_type) for one in self.trusted)


def _place(issuer: str, home: str) -> str:
    try:
        return document_address(issuer, issuer, home=home)
    except FindingError:
        return ""


def judged(policy: Policy, said: Told, subject: dict[str, Any], issued: datetime) -> FindingError:
    """Return what is left to say of a good credential: whose it is, and who knows its issuer."""
    if policy.recipient is not None and not policy.recipient.is_meant_by(subject):
        return FindingError(Outcome.NOT_YOURS, "not-yours")
    if policy.trusts(said.issuer, issued, said.achievement_type):
        return FindingError(Outcome.VALID, "trusted-issuer")
    return FindingError(Outcome.UNKNOWN_ISSUER, "unknown-issuer")


def _matches(value: str, email: str, salt: object) -> bool:
    """Compare with SHA-256 alone: MD5 is legal and proves nothing."""
    if not isinstance(salt, str) or len(email) + len(salt) > LONGEST_IDENTIFIER:
        return False
    digest = hashlib.sha256((email + salt).encode()).hexdigest()
    return hmac.compare_digest(value.encode(), f"sha256${digest}".encode())
