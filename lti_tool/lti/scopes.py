"""The scopes this tool asks a platform for, what each is for, and what is lost without it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from lti_tool.lti.grades import LINE_ITEM, LINE_ITEM_READONLY, RESULT_READONLY, SCORE
from lti_tool.lti.roster import SCOPE as MEMBERSHIP_READONLY


@dataclass(frozen=True, slots=True)
class WantedScope:
    """One scope: why it is asked for, and what does not work without it."""

    url: str
    purpose: str
    loss: str

    @property
    def name(self) -> str:
        """Return the short name that platforms' pages use, too."""
        return self.url.rsplit("/", 1)[-1]


WANTED = (
    WantedScope(
        LINE_ITEM,
        "makes a gradebook column for a competency that has none",
        "no gradebook column can be made; only links that have one already get scores",
    ),
    WantedScope(
        LINE_ITEM_READONLY,
        "finds the gradebook column that belongs to a link",
        "a column that is there already may not be found",
    ),
    WantedScope(
        RESULT_READONLY,
        "sees a grade that a teacher has changed by hand, so that it is not overwritten",
        "a grade that a teacher has changed by hand is not noticed",
    ),
    WantedScope(
        SCORE,
        "writes the score of a completed competency into the gradebook",
        "no score reaches the gradebook",
    ),
    WantedScope(
        MEMBERSHIP_READONLY,
        "reads who is in a course, so that teachers can record for those who never opened it",
        "teachers see only students who have opened the tool",
    ),
)


def missing_scopes(granted: Collection[str]) -> tuple[WantedScope, ...]:
    """Return the wanted scopes that are not granted."""
    return tuple(scope for scope in WANTED if scope.url not in granted)
