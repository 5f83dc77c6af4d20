"""Receipts: what an award rests on."""

from __future__ import annotations

from stacking_rules import Progress, counted_facts
from tests.rules.helpers import at, done, has


def counted(progress: Progress) -> list[str]:
    return [fact.achievement for _, fact in counted_facts(progress)]


def test_of_the_parts_that_are_met_those_count_that_need_the_fewest_facts() -> None:
    rule = {"any": [{"items": 2, "of": ["r", "go", "java"]}, {"completed": "thesis"}]}
    assert counted(at(rule, has("r", "go", "thesis"))) == ["thesis"]
    assert sorted(counted(at(rule, has("r", "go")))) == ["go", "r"]


def test_a_part_that_is_met_by_surplus_alone_does_not_count_for_another() -> None:
    rule = {"at_least": 2, "of": ["a", "b", "c"]}
    late = done("a", on="2026-03-01")
    assert counted(at(rule, has(late, "b", "c"))) == ["b", "c"]
