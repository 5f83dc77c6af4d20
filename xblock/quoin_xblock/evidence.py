"""Whether a competency is met: the four ways in which a course can prove it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

LONGEST_LINK = 500


class Mode(StrEnum):
    """How a competency is proved."""

    WATCHED = "watched"
    SCORE = "score"
    CHECKLIST = "checklist"
    ATTESTATION = "attestation"


@dataclass(frozen=True, slots=True)
class Watched:
    """One part of the course; ``share`` is its completion or score, 0 to 1, None for no score."""

    title: str
    share: float | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. ``score`` is 0 to 1 or None; ``have`` of ``need`` parts are there."""

    is_met: bool
    have: int
    need: int
    missing: tuple[str, ...] = ()
    score: float | None = None

    @property
    def share(self) -> float:
        """How far it is, 0 to 1; 1 only when it is met."""
        if self.is_met:
            return 1.0
        return min(self.have / self.need, 0.99) if self.need else 0.0


def decide_watched(parts: Sequence[Watched]) -> Verdict:
    """Decide by completion: every part has to be complete, and there has to be one."""
    missing = tuple(part.title for part in parts if (part.share or 0) < 1)
    have = len(parts) - len(missing)
    return Verdict(bool(parts) and not missing, have, len(parts), missing)


def decide_score(parts: Sequence[Watched], threshold: float) -> Verdict:
    """Decide by the mean score of the parts, 0 where one has none; ``threshold`` is 0 to 1.

    Somebody who has no score at all has not met it, whatever the threshold is.
    """
    scores = [part.share for part in parts if part.share is not None]
    missing = tuple(part.title for part in parts if part.share is None)
    if not scores:
        return Verdict(is_met=False, have=0, need=len(parts), missing=missing)
    score = sum(scores) / len(parts)
    # Sums of fractions such as 0.1 miss a bound by the last bit.
    is_met = round(score, 9) >= round(threshold, 9)
    return Verdict(is_met, len(scores), len(parts), missing, score)


def decide_checklist(names: Sequence[str], handed_in: Mapping[str, str]) -> Verdict:
    """Decide by artefacts: each that is named has to be there, as a link to it."""
    missing = tuple(name for name in names if not is_link(handed_in.get(name, "")))
    return Verdict(bool(names) and not missing, len(names) - len(missing), len(names), missing)


def decide_attestation(*, is_attested: bool) -> Verdict:
    """Decide by the word of the course team."""
    return Verdict(is_attested, int(is_attested), 1)


def is_link(text: str) -> bool:
    """Say whether ``text`` is the address of something on the web."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return (
        len(text) <= LONGEST_LINK
        and parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and not any(letter.isspace() for letter in text)
    )


def grade_of(verdict: Verdict) -> str | None:
    """Give the score in percent as the tool takes it, with two decimals at most."""
    if verdict.score is None:
        return None
    return f"{verdict.score * 100:.2f}".rstrip("0").rstrip(".")
