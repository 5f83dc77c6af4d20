"""What evidence sources have in common: what they offer, what they tell, and how it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol


class FactKind(StrEnum):
    """What a source tells of a person: a grade, something done, a competency rated."""

    GRADE = "grade"
    ACTIVITY = "activity"
    COURSE = "course"
    COMPETENCY = "competency"


@dataclass(frozen=True, slots=True)
class Item:
    """Something in a course about which a source tells facts.

    ``key`` is the source's own id of it; ``detail`` says what it is ("quiz 17"), so that an id
    that has come to mean something else is noticed.
    """

    kind: FactKind
    key: str
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """What a source says of one person and one item.

    ``percent`` is the result from 0 to 100 (above it with extra credit), None without a grade.
    ``is_reached`` is the source's own word that it is done or passed, None where it has none: a
    grade speaks by its percent. ``at`` is aware, None where the source does not say when.
    ``original`` is the value as the source wrote it.
    """

    subject: str
    item: Item
    percent: Decimal | None = None
    is_reached: bool | None = None
    at: datetime | None = None
    original: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FactPage:
    """A page of facts, of some people.

    ``items`` are what the course has of those kinds that were asked for, as this page saw it.
    ``cursor`` is what asks for the next page, None after the last one.
    """

    facts: Sequence[Fact]
    items: Sequence[Item]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete HTTP answer of a source; ``retry_after`` in seconds, ``date`` by its clock."""

    status: int
    body: bytes
    media_type: str = ""
    retry_after: float = 0.0
    date: datetime | None = None


Ask = Callable[[str, Mapping[str, str]], Reply]
"""Posts a form to an address; ``SourceError`` when there is no complete answer."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check of a source found; ``code`` names it where it is not in order."""

    name: str
    is_good: bool
    words: str
    code: str = ""


class EvidenceSource(Protocol):
    """One kind of source. All raise ``SourceError``; then nothing of the answer may be used."""

    def check(self, course: str | None, person: str | None) -> Iterator[Finding]:
        """Yield what is in order and what is missing; a course and a person of it allow more."""
        ...

    def offers(self, course: str, person: str | None) -> Sequence[Item]:
        """Return what the course has about which facts can be read."""
        ...

    def read(
        self, course: str, kinds: frozenset[FactKind], people: Sequence[str], cursor: str | None
    ) -> FactPage:
        """Return one page of facts about ``people`` (their ids there), from ``cursor`` on."""
        ...
