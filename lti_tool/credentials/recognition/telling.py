"""What a credential says, taken out as plain text to show."""

from __future__ import annotations

from typing import Any

from lti_tool.credentials.recognition.outcomes import Told
from lti_tool.credentials.recognition.values import name_of, plain


def told(document: dict[str, Any], kind: str, endorsed_by: tuple[str, ...] = ()) -> Told:
    """Return what a credential says. Call it only for what a signature covers."""
    subject = document["credentialSubject"]
    achievement = subject.get("achievement")
    about = achievement if isinstance(achievement, dict) else {}
    issuer = document["issuer"]
    earned = subject.get("creditsEarned", about.get("creditsAvailable"))
    return Told(
        kind=kind,
        id=plain(document.get("id")),
        issuer=plain(name_of(issuer)),
        issuer_name=plain(issuer.get("name")) if isinstance(issuer, dict) else "",
        name=plain(about.get("name") or document.get("name")),
        description=plain(about.get("description") or document.get("description")),
        achievement=plain(about.get("id")),
        achievement_type=plain(about.get("achievementType")),
        subject=plain(name_of(subject)),
        valid_from=plain(document.get("validFrom", document.get("issuanceDate"))),
        valid_until=plain(document.get("validUntil", document.get("expirationDate"))),
        credits="" if earned is None else f"{earned:g}",
        endorsed_by=tuple(plain(name) for name in endorsed_by),
    )
