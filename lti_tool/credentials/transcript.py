"""What stands on a transcript: the credentials of one person on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One credential: ``facts`` are (label, text), ``address`` is what its code leads to."""

    title: str
    state: str
    facts: Sequence[tuple[str, str]]
    address: str
    address_words: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """What is printed; ``person`` is empty unless the learner wants their name on it."""

    person: str
    note: str
    entries: Sequence[Entry]
