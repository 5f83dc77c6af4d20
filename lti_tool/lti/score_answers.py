"""What happens to a score, and what that means: one table (lti.md 7.3), one sentence each."""

from __future__ import annotations

import re
from enum import StrEnum


class Meaning(StrEnum):
    """What follows from an answer of a platform, or from an obstacle on our own side."""

    STORED = "stored"
    UNKNOWN = "unknown"
    UNAUTHORISED = "unauthorised"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    CONFLICT = "conflict"
    REFUSED = "refused"
    UNKNOWN_LEARNER = "unknown-learner"
    NOT_GRADABLE = "not-gradable"
    OUR_DEFECT = "our-defect"
    TOO_FAST = "too-fast"
    STRANGE = "strange"

    COLUMN_GONE = "column-gone"
    NO_COLUMN = "no-column"
    OVERRIDDEN = "overridden"
    LEFT_AS_IT_IS = "left-as-it-is"
    SUPERSEDED = "superseded"
    LEFT_COURSE = "left-course"
    TEACHES = "teaches"
    SWITCHED_OFF = "switched-off"
    SUSPENDED = "suspended"
    WAITS = "waits"


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
    Meaning.UNKNOWN: "{name} did not say whether it stored the score; it is sent again.",
    Meaning.UNAUTHORISED: (
        "{name} does not take this tool's access token. The administrator has to look at the "
        "registration; the score is kept until then."
    ),
    Meaning.FORBIDDEN: (
        "{name} does not let this tool grade here: the course is closed, the learner is not "
        "enrolled, or the right is missing."
    ),
    Meaning.NOT_FOUND: "{name} does not find the gradebook column or the learner any more.",
    Meaning.CONFLICT: "A newer grade stands in the gradebook of {name}.",
    Meaning.REFUSED: "{name} refused this score because the learner may not be graded there.",
    Meaning.UNKNOWN_LEARNER: "{name} refused this score because it does not know the learner.",
    Meaning.NOT_GRADABLE: "{name} does not grade this learner at present.",
    Meaning.OUR_DEFECT: "{name} could not read the score; this is a defect of this tool.",
    Meaning.TOO_FAST: "{name} asked this tool to slow down; the score is sent again.",
    Meaning.STRANGE: "{name} answered in a way this tool does not know.",
    Meaning.COLUMN_GONE: (
        "The gradebook column was removed in {name}. Make the column again, or add the link "
        "again there."
    ),
    Meaning.NO_COLUMN: "This course has no gradebook column for this and lets none be made.",
    Meaning.OVERRIDDEN: "The gradebook says {standing}, we have {ours}.",
    Meaning.LEFT_AS_IT_IS: "The grade in the gradebook was left as it is.",
    Meaning.SUPERSEDED: "A newer score took its place.",
    Meaning.LEFT_COURSE: (
        "The learner is not in this course at present; the score is sent if they come back."
    ),
    Meaning.TEACHES: "Those who teach a course are not graded in it.",
    Meaning.SWITCHED_OFF: "The platform is switched off here; the score is kept.",
    Meaning.SUSPENDED: "The institution is suspended here; the score is kept.",
    Meaning.WAITS: "The score waits for its turn.",
}

# Longer runs of letters and digits, and addresses, may be tokens or people.
_PRIVATE = re.compile(r"\S*@\S*|[A-Za-z0-9+/_=.-]{20,}|\d{5,}")
_TAGS = re.compile(r"<[^>]{0,1000}>")


def sentence(meaning: Meaning, name: str, **values: str) -> str:
    """Return the sentence for people; ``name`` is what they call the platform."""
    return SENTENCES[meaning].format(name=name, **values)


def classify_status(status: int | None) -> Meaning:
    """Return what the status of an answer to a score means; None means that there was none."""
    if status is None or status >= 500:
        return Meaning.UNKNOWN
    if 200 <= status < 300:
        return Meaning.STORED
    return BY_STATUS.get(status, Meaning.STRANGE)


def excerpt(body: bytes) -> str:
    """Return the beginning of an answer for people, without what may be private."""
    text = _TAGS.sub(" ", body[:2000].decode("utf-8", "replace"))
    return " ".join(_PRIVATE.sub("...", text).split())[:200]
