"""How long what is kept after what: the kinds of things that go, and what is usual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

FOR_GOOD = 0
SHORTEST, LONGEST = 30, 36_500
"""Days."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What goes (``title``), after what, and in how many days if nothing else is said."""

    title: str
    after: str
    usual: int


KINDS = {
    "returned-evidence": Kind(
        "Text, link and remark of evidence that was returned", "the decision", 730
    ),
    "declined-documents": Kind(
        "Documents of credentials from elsewhere that were declined", "the last decision", 365
    ),
    "answered-requests": Kind("Words of requests that were answered", "the answer", 1825),
    "news": Kind("News on a learner's page", "the day it was new", 365),
    "inactive-learners": Kind(
        "Who a learner is, and all that they wrote, where they hold no award and are no staff",
        "the last that was heard of them",
        # Nobody is forgotten because nobody has thought of it: the institution says when.
        FOR_GOOD,
    ),
}


def days_of(said: Mapping[str, int] | None) -> dict[str, int]:
    """Return for each kind how many days it is kept, ``FOR_GOOD`` for ever."""
    return {name: (said or {}).get(name, kind.usual) for name, kind in KINDS.items()}


def limits_of(said: Mapping[str, int] | None, now: datetime) -> dict[str, datetime]:
    """Return the moment before which each kind goes; what is kept for good is left out."""
    return {
        name: now - timedelta(days=days) for name, days in days_of(said).items() if days != FOR_GOOD
    }
