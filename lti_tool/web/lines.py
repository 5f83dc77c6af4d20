"""What steps and choices are on a page: words that are ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OptionLine:
    """One thing to choose, and what it asks for ("" where that is not known)."""

    name: str
    effort: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """One thing to do next, what it asks for at least, and the ways to choose from."""

    words: str
    options: tuple[OptionLine, ...]
    effort: str = ""
