"""Learners made up from a rule: who just qualifies, and who fails at one place alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from lti_tool.stack_text import read_document
from stacking_rules import Progress, Stack, Step, evaluate, next_steps
from stacking_rules.examples import NearMiss, Qualifier, examples
from stacking_rules.facts import LearnerRecord

NAMES = ("Ada", "Ben", "Chen", "Dana", "Emil", "Farah", "Goran", "Hana")
MOST_QUALIFIERS = 3
LARGEST = 30
"""Requirements of a rule for which learners are made: more would keep a page waiting."""


CACHED = 64
"""Texts whose learners are kept in memory: some rules take seconds."""


@dataclass(frozen=True, slots=True)
class Made:
    """A made-up learner: what they hold, whether that is enough, and what is missing."""

    name: str
    record: LearnerRecord
    progress: Progress
    steps: tuple[Step, ...]


@lru_cache(maxsize=CACHED)
def made_for_text(text: str, as_of: date) -> tuple[tuple[Stack, tuple[Made, ...] | None], ...]:
    """Return every stack of a whole document with its made-up learners."""
    return tuple((stack, made_learners(stack, as_of)) for stack in read_document(text).stacks)


def made_learners(stack: Stack, as_of: date) -> tuple[Made, ...] | None:
    """Return up to eight made-up learners; None for a rule with more than 30 requirements."""
    if sum(1 for _ in stack.walk()) > LARGEST:
        return None
    pairs = zip(NAMES, _records(stack, as_of), strict=False)
    return tuple(_made(name, stack, record, on) for name, (record, on) in pairs)


def _records(stack: Stack, as_of: date) -> Iterator[tuple[LearnerRecord, date]]:
    found = examples(stack, as_of)
    chosen: tuple[Qualifier | NearMiss, ...] = (
        *found.qualifiers[:MOST_QUALIFIERS],
        *found.near_misses,
    )
    yield from ((one.record, one.as_of) for one in chosen)


def _made(name: str, stack: Stack, record: LearnerRecord, on: date) -> Made:
    known_on = datetime.combine(on, time.max, ZoneInfo(stack.definitions.zone))
    progress = evaluate(stack, record, as_of=on, known_on=known_on)
    return Made(name, record, progress, next_steps(progress))
