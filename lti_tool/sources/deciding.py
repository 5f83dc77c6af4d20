"""What a fact of a source means for completions: a decision without a database or a network."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from lti_tool.sources.evidence import Fact, FactKind

WHOLE = Decimal(100)
FINEST = Decimal("0.0001")


class Act(StrEnum):
    """What is to be done about one fact."""

    NOTHING = "nothing"
    RECORD = "record"
    CORRECT = "correct"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Known:
    """The last fact that was kept of a person; whether its completion still stands."""

    content: str
    is_standing: bool


def is_met(fact: Fact, threshold: Decimal | None) -> bool:
    """Return whether a fact completes: a grade at or over the threshold (percent), else its word.

    A grade without a number meets nothing.
    """
    if fact.item.kind is FactKind.GRADE:
        return fact.percent is not None and threshold is not None and fact.percent >= threshold
    return fact.is_reached is True


def content_of(fact: Fact, threshold: Decimal | None) -> str:
    """Return what stands for all of a fact that a decision rests on; 64 characters.

    A later date alone is no news: Moodle touches it when nothing has changed.
    """
    percent = None if fact.percent is None else format(fact.percent.normalize(), "f")
    told = [percent, fact.is_reached, is_met(fact, threshold)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def decide(fact: Fact, threshold: Decimal | None, known: Known | None) -> Act:
    """Return what a fact asks for, given what is known of the same person and rule.

    The same fact again asks for nothing, even where a teacher has withdrawn its completion by
    hand. A person whom the source does not name any more is not asked about here at all: their
    completions stay.
    """
    if known is not None and known.content == content_of(fact, threshold):
        return Act.NOTHING
    is_standing = known is not None and known.is_standing
    if is_met(fact, threshold):
        return Act.CORRECT if is_standing else Act.RECORD
    return Act.WITHDRAW if is_standing else Act.NOTHING


def grade_of(fact: Fact, bounds: tuple[Decimal, Decimal]) -> Decimal | None:
    """Return a result on the scale with these ends; more than the whole is the whole."""
    if fact.percent is None:
        return None
    low, high = bounds
    share = min(max(fact.percent, Decimal(0)), WHOLE)
    return (low + (high - low) * share / WHOLE).quantize(FINEST).normalize() + 0


def day_of(fact: Fact, zone: ZoneInfo, now: datetime) -> date:
    """Return the day of a completion in the zone of its institution: when it was reached, or
    read where the source does not say."""
    return (fact.at or now).astimezone(zone).date()
