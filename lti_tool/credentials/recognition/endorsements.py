"""Who endorses an achievement: only others than the issuer, and only this achievement."""

from __future__ import annotations

from typing import Any

from lti_tool.credentials.recognition.values import listed, name_of

MOST_ENDORSEMENTS = 10


def fitting_endorsements(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the embedded endorsements of this credential that may be checked and shown.

    One of something else, or by the issuer itself, endorses nothing.
    """
    subject = document["credentialSubject"]
    achievement = subject.get("achievement")
    found = [*listed(document.get("endorsement"))]
    if isinstance(achievement, dict):
        found += listed(achievement.get("endorsement"))
    issuer = name_of(document["issuer"])
    about = {document.get("id"), name_of(achievement), issuer} - {""}
    return [
        one
        for one in found[:MOST_ENDORSEMENTS]
        if isinstance(one, dict)
        and name_of(one.get("credentialSubject")) in about
        and name_of(one.get("issuer")) not in ("", issuer)
    ]
