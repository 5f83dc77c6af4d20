"""Small rules and all their examples, one a line: who just qualifies, who misses and by what."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from lti_tool.stack_text import load
from stacking_rules import LearnerRecord, parse_stack
from stacking_rules.examples import Examples, examples
from stacking_rules.facts import Award, Completion, Fact
from stacking_rules.made_records import facts_of
from tests.rules.helpers import TODAY
from tests.rules.test_examples import check

TEXT = (Path(__file__).parent / "small_examples.yaml").read_text("utf-8")
CASES: list[dict[str, Any]] = load(TEXT)[0]
USUAL = "2025-12-12"
"""200 days before the day that is asked for: nothing is said about when."""


def told(fact: Fact) -> str:
    """Return a fact in short, without the number of an item and what is usual."""
    named = "item" if fact.achievement.startswith("item-") else fact.achievement
    words = [named, *_numbers(fact), *_days(fact)]
    words += [f"{name}={'/'.join(map(str, values))}" for name, values in fact.attributes]
    if isinstance(fact, Award) and fact.counted:
        words.append("uses " + "+".join(fact.counted))
    return " ".join(words)


def _numbers(fact: Fact) -> Iterator[str]:
    if fact.kind != "completion":
        yield f"({fact.kind})"
    if fact.credits not in (0, 1):
        yield f"{fact.credits.normalize():f}"
    if fact.grade is not None:
        yield f"at {fact.grade.text or fact.grade.value}"


def _days(fact: Fact) -> Iterator[str]:
    if fact.on.isoformat() != USUAL:
        yield f"on {fact.on}"
    if fact.recorded_at.date() != fact.on:
        yield f"known {fact.recorded_at.date()}"
    if isinstance(fact, Completion) and fact.started_on != fact.on:
        yield f"begun {fact.started_on}"
    if fact.valid_until is not None:
        yield f"until {fact.valid_until}"


def line(record: LearnerRecord, as_of: object) -> str:
    """Return what a learner has and is, in one line."""
    facts = [(text, len(list(same))) for text, same in groupby(map(told, facts_of(record)))]
    words = [f"{count} x {text}" if count > 1 else text for text, count in facts]
    who = [f"learner {name}={'/'.join(map(str, v))}" for name, v in record.learner.attributes]
    who += [f"{name} on {day}" for name, day in record.learner.events]
    asked = [] if as_of == TODAY else [f"asked {as_of}"]
    return ", ".join([*words, *who, *asked]) or "nothing"


def lines(found: Examples) -> list[str]:
    """Return all examples, one a line."""
    text = [f"met: {line(one.record, one.as_of)}" for one in found.qualifiers]
    for miss in found.near_misses:
        change = miss.change
        step = f" {change.before} > {change.after}" if change.before or change.after else ""
        text.append(f"{miss.address} {change.kind}{step}: {line(miss.record, miss.as_of)}")
    text += [f"{' with '.join(p.addresses)}: {line(p.record, p.as_of)}" for p in found.pairs]
    return text + [f"{gone.address}: {gone.reason}" for gone in found.without]


@pytest.mark.parametrize("case", CASES, ids=[str(number) for number, _ in enumerate(CASES, 1)])
def test_a_small_rule_has_these_examples_and_they_are_what_they_say(case: dict[str, Any]) -> None:
    award = parse_stack({"key": "s", "requires": case["rule"], **case.get("stack", {})})
    found = examples(award, TODAY)
    assert lines(found) == case["examples"]
    check(award, found)
