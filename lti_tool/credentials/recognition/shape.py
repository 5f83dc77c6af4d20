"""Kinds, fields and dates that every credential must have before anything is computed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lti_tool.credentials.recognition.dates import read_date
from lti_tool.credentials.recognition.outcomes import FindingError, Outcome, invalid
from lti_tool.credentials.recognition.values import listed, name_of

KINDS = {
    "AchievementCredential": "AchievementCredential",
    "OpenBadgeCredential": "AchievementCredential",
    "EndorsementCredential": "EndorsementCredential",
    "ClrCredential": "ClrCredential",
    "BitstringStatusListCredential": "BitstringStatusListCredential",
}
MOST_TYPES = 10


def kind_of(document: dict[str, Any]) -> str:
    """Return what kind of credential this is; ``FindingError`` for anything else."""
    types = listed(document.get("type"))
    if len(types) > MOST_TYPES or "VerifiableCredential" not in types:
        raise invalid("type-wrong")
    found = {KINDS[name] for name in types if isinstance(name, str) and name in KINDS}
    if len(found) != 1:
        raise invalid("type-wrong")
    return found.pop()


def check_fields(document: dict[str, Any], kind: str) -> None:
    """Refuse a credential without what its kind requires."""
    subject = document.get("credentialSubject")
    _require(isinstance(document.get("id"), str) or kind == "BitstringStatusListCredential")
    _require(bool(name_of(document.get("issuer"))))
    if not isinstance(subject, dict):
        raise invalid("field-missing")
    if kind == "AchievementCredential":
        _require(bool(subject.get("id") or subject.get("identifier")))
        _check_achievement(subject.get("achievement"))
    elif kind == "ClrCredential":
        _require(isinstance(document.get("name"), str))
        _require(bool(subject.get("id") or subject.get("identifier")))
        if not listed(subject.get("verifiableCredential")):
            raise invalid("members-none")
    elif kind == "EndorsementCredential":
        _require(isinstance(subject.get("id"), str))


def check_dates(document: dict[str, Any], *, now: datetime) -> FindingError | None:
    """Return what its dates say against it, None for nothing; refuse what is no date."""
    begin, end = dates_of(document)
    if begin > now:
        raise invalid("not-yet-valid")
    if document.get("awardedDate") is not None:
        read_date(document["awardedDate"])
    return expired() if end is not None and end <= now else None


def dates_of(document: dict[str, Any]) -> tuple[datetime, datetime | None]:
    """Return from when and until when it is valid; the older names of the dates count too."""
    begin = document.get("validFrom", document.get("issuanceDate"))
    end = document.get("validUntil", document.get("expirationDate"))
    return read_date(begin), None if end is None else read_date(end)


def expired() -> FindingError:
    """Return what is found when the day is past."""
    return FindingError(Outcome.EXPIRED, "expired")


def _check_achievement(achievement: Any) -> None:
    _require(isinstance(achievement, dict))
    texts = ("id", "name", "description")
    _require(all(isinstance(achievement.get(name), str) for name in texts))
    _require(isinstance(achievement.get("criteria"), dict))


def _require(is_there: bool) -> None:  # noqa: FBT001
    if not is_there:
        raise invalid("field-missing")
