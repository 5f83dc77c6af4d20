"""What a platform's answer to a score means: one table (lti.md 7.3), one function."""

from __future__ import annotations

import re
from enum import StrEnum


class Meaning(StrEnum):
    """What follows from an answer."""

    STORED = "stored"
    UNKNOWN = "unknown"
    UNAUTHORISED = "unauthorised"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    CONFLICT = "conflict"
    REFUSED = "refused"
    NOT_GRADABLE = "not-gradable"
    OUR_DEFECT = "our-defect"
    TOO_FAST = "too-fast"
    STRANGE = "strange"


BY_STATUS = {
    400: Meaning.REFUSED,
    401: Meaning.UNAUTHORISED,
    403: Meaning.FORBIDDEN,
    404: Meaning.NOT_FOUND,
    406: Meaning.OUR_DEFECT,
    408: Meaning.UNKNOWN,
    409: Meaning.CONFLICT,
    412: Meaning.NOT_GRADABLE,
    413: Meaning.OUR_DEFECT,
    415: Meaning.OUR_DEFECT,
    422: Meaning.NOT_GRADABLE,
    429: Meaning.TOO_FAST,
}

SENTENCES = {
    Meaning.STORED: "The score stands in the gradebook.",
    Meaning.UNKNOWN: "The platform did not say whether it stored the score; it is sent again.",
    Meaning.UNAUTHORISED: (
        "The platform does not take this tool's access token; the administrator has to look "
        "at the registration."
    ),
    Meaning.FORBIDDEN: (
        "The platform does not let this tool grade here: the course is closed, the learner is "
        "not enrolled, or the right is missing."
    ),
    Meaning.NOT_FOUND: "The gradebook column or the learner is not there any more.",
    Meaning.CONFLICT: "A newer grade stands in the gradebook.",
    Meaning.REFUSED: "The platform refused the score; this learner may not be graded there.",
    Meaning.NOT_GRADABLE: "The platform does not grade this learner at present.",
    Meaning.OUR_DEFECT: "The platform could not read the score; this is a defect of this tool.",
    Meaning.TOO_FAST: "The platform asked this tool to slow down; the score is sent again.",
    Meaning.STRANGE: "The platform answered in a way this tool does not know.",
}

# Longer runs of letters and digits, and addresses, may be tokens or people.
_PRIVATE = re.compile(r"\S*@\S*|[A-Za-z0-9+/_=.-]{20,}|\d{5,}")
_TAGS = re.compile(r"<[^>]{0,1000}>")


def classify(status: int | None, body: bytes = b"") -> Meaning:
    """Return what an answer to a score means; no ``status`` means that there was no answer."""
    if status is None or status >= 500:
        return Meaning.UNKNOWN
    if 200 <= status < 300:
        return Meaning.STORED
    if status == 400 and b"timestamp" in body[:4096].lower():
        # Open edX has no 409: an older or equal timestamp is a bad request to it.
        return Meaning.CONFLICT
    return BY_STATUS.get(status, Meaning.STRANGE)


def excerpt(body: bytes) -> str:
    """Return the beginning of an answer for people, without what may be private."""
    text = _TAGS.sub(" ", body[:2000].decode("utf-8", "replace"))
    return " ".join(_PRIVATE.sub("...", text).split())[:200]
