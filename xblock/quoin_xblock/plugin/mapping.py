"""What a fact means for competencies, by the rules of its course. Pure.

A rule as people write it, in Studio or in the settings:

    {"when": "course_grade", "at_least": 0.8, "competency": "sql"}
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from quoin_xblock.plugin.facts import (
    BLOCK_COMPLETED,
    CERTIFICATE,
    COURSE_GRADE,
    KINDS,
    SUBSECTION_GRADE,
    Fact,
)

FIELDS = ("when", "competency", "at_least", "block", "modes")
PLACED = (BLOCK_COMPLETED, SUBSECTION_GRADE)
"""Kinds whose rule names a block."""
GRADED = (COURSE_GRADE, SUBSECTION_GRADE)
"""Kinds whose rule may ask for a grade."""
LONGEST_COMPETENCY = 100


class RuleError(Exception):
    """A rule cannot be used; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a mapping."""

    when: str
    competency: str
    at_least: float | None = None
    """From 0 to 1."""
    block: str = ""
    modes: tuple[str, ...] = ()
    """Modes of a certificate that count; none named: all."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A competency that a fact is about: met, or (any longer) not met."""

    competency: str
    is_met: bool
    grade: str | None
    """Percent of the competency's scale, whatever that is."""


def read_rules(written: object) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    """Give the rules of a course and what is wrong with those that are left out."""
    if not isinstance(written, list | tuple):
        return (), (f"The rules must be a list, not {written!r:.80}.",)
    rules, problems = [], []
    for number, item in enumerate(written, start=1):
        try:
            rules.append(read_rule(item))
        except RuleError as error:
            problems.append(f"Rule {number}: {error}")
    return tuple(rules), tuple(problems)


def read_rule(item: object) -> Rule:
    """Give one rule; ``RuleError`` when it cannot be used."""
    if not isinstance(item, dict):
        raise RuleError("write it as {...} with 'when' and 'competency'.")
    unknown = sorted(set(map(str, item)) - set(FIELDS))
    if unknown:
        raise RuleError(f"there is no {unknown[0]!r}; there are {', '.join(FIELDS)}.")
    when, block = item.get("when"), str(item.get("block") or "")
    if when not in KINDS:
        raise RuleError(f"'when' is one of {', '.join(KINDS)}.")
    if when in PLACED and not block:
        raise RuleError(f"{when} needs 'block', the usage key of the block.")
    return Rule(
        when=when,
        competency=_competency(item.get("competency")),
        at_least=_at_least(item.get("at_least"), when),
        block=block,
        modes=_modes(item.get("modes"), when),
    )


def outcomes_of(fact: Fact, rules: Iterable[Rule]) -> list[Outcome]:
    """Give what the rules make of ``fact``, in their order."""
    return [
        Outcome(rule.competency, is_met=_is_met(fact, rule), grade=_percent(fact.grade))
        for rule in rules
        if rule.when == fact.kind and (not rule.block or rule.block == fact.place)
        if not rule.modes or fact.mode in rule.modes
    ]


def _is_met(fact: Fact, rule: Rule) -> bool:
    if rule.at_least is None:
        return fact.is_met
    return fact.is_met and fact.grade is not None and fact.grade >= rule.at_least


def _percent(grade: float | None) -> str | None:
    """Give a part of 1 in percent, with two decimals at most."""
    if grade is None:
        return None
    text = format((Decimal(repr(grade)) * 100).quantize(Decimal("0.01")), "f")
    return text.rstrip("0").rstrip(".")


def _competency(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_COMPETENCY:
        raise RuleError("'competency' is the key of a competency in Quoin.")
    return value


def _at_least(value: object, when: str) -> float | None:
    if value is None:
        return None
    if when not in GRADED:
        raise RuleError(f"'at_least' goes with {' or '.join(GRADED)}.")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise RuleError("'at_least' is a number from 0 to 1; 0.8 means 80 percent.")
    return float(value)


def _modes(value: object, when: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if when != CERTIFICATE:
        raise RuleError(f"'modes' goes with {CERTIFICATE}.")
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise RuleError("'modes' is a list, for example [\"verified\"].")
    return tuple(value)
