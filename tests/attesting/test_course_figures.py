"""Figures of a course: what is reached, missing, chosen, how long it takes; none of few people."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.course_figures import (
    SMALLEST_GROUP,
    Person,
    Stage,
    bottlenecks,
    funnel,
    option_shares,
    told,
    waits,
)
from stacking_rules import parse_stack

TODAY = date(2026, 6, 30)


def person(have: int = 0, *, missing: str = "", counted: str = "", **more: int) -> Person:
    """Make somebody of four parts: ``moved`` and ``awarded`` and ``began`` are days ago."""
    ago = {name: TODAY - timedelta(days=days) for name, days in more.items()}
    return Person(
        Decimal(have),
        Decimal(4),
        4 - have,
        tuple(missing),
        tuple(counted),
        ago.get("began"),
        ago.get("moved"),
        ago.get("awarded"),
    )


def test_the_funnel_counts_whoever_came_further_at_every_stage_before() -> None:
    people = [person()] * 20 + [person(1, counted="a")] * 20 + [person(2, counted="ab")] * 20
    people += [person(3, counted="abc")] * 20 + [person(4, counted="abcd", awarded=1)] * 20
    assert [value for _, value in funnel(people)] == [100, 80, 60, 40, 20]


def test_a_stage_that_few_reached_or_few_did_not_is_not_told() -> None:
    people = [person()] * 50 + [person(1, counted="a")] * 9
    assert dict(funnel(people))[Stage.BEGUN] is None
    people = [person()] * 9 + [person(1, counted="a")] * 50
    assert dict(funnel(people))[Stage.BEGUN] is None
    assert [value for _, value in funnel([person()] * 9)] == [None] * 5


@given(st.integers(0, 60), st.integers(0, 60))
def test_told_never_gives_a_small_group_away(value: int, others: int) -> None:
    found = told(value, value + others)
    small = 0 < value < SMALLEST_GROUP or 0 < others < SMALLEST_GROUP
    assert (found is None) == small


def test_the_heaviest_bottleneck_is_share_times_median_days() -> None:
    people = [person(1, counted="a", missing="b", moved=10)] * 30
    people += [person(1, counted="a", missing="c", moved=90)] * 15
    people += [person(missing="b")] * 50 + [person(4, counted="abcd", awarded=1, moved=500)] * 10
    first, second = bottlenecks(people, TODAY)
    assert (first.key, first.people, first.of, first.days) == ("c", 15, 45, 90)
    assert (second.key, second.weight) == ("b", Decimal(7))
    few = [person(1, counted="a", missing="b", moved=10)] * 9
    assert bottlenecks(few + [person(1, counted="a", moved=1)] * 30, TODAY) == []


def test_waits_are_from_the_first_thing_to_the_award() -> None:
    people = [person(4, began=100 + days, awarded=100) for days in range(10, 410, 10)]
    found = waits([*people, person(2, began=9)])
    assert found is not None
    assert (found.people, found.middle) == (40, 205)
    assert found.quick < found.middle < found.slow
    assert [value for _, _, value in found.classes] == [None, None, None, 18, None]
    assert waits(people[:9]) is None


def test_shares_tell_what_counted_of_each_choice() -> None:
    stack = parse_stack(
        {
            "key": "s",
            "title": "S",
            "requires": {"all": ["a", {"any": ["b", "c"]}, {"at_least": 1, "of": ["d", "e"]}]},
        }
    )
    people = [person(4, counted="abd", awarded=1)] * 20 + [person(4, counted="ace", awarded=1)] * 30
    people += [person(1, counted="b")] * 99
    choices = option_shares(stack, people)
    assert [[value for _, value in one.options] for one in choices] == [[20, 30], [20, 30]]
    assert option_shares(stack, people[:9]) == []
