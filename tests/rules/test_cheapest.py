"""The cheapest ways to an award among what can be taken."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from stacking_rules import (
    Definitions,
    DocumentError,
    LearnerRecord,
    Option,
    Plans,
    cheapest,
    parse_record,
    parse_stack,
)
from tests.rules.helpers import NOW, TODAY


def options(*entries: tuple[str, object], **more: Any) -> tuple[Option, ...]:
    data = [
        {"id": key, "achievement": key, "cost": cost, "credits": 3, **more} for key, cost in entries
    ]
    return Option.read(data, Definitions(), TODAY)


def plans(rule: object, offered: tuple[Option, ...], *held: str) -> Plans:
    stack = parse_stack({"key": "s", "requires": rule})
    facts = [{"achievement": key, "on": "2026-01-01", "credits": 3} for key in held]
    record = parse_record({"completions": facts}) if facts else LearnerRecord()
    return cheapest(stack, record, offered, as_of=TODAY, known_on=NOW)


def ways(found: Plans) -> list[tuple[str, str]]:
    return [(str(way.cost), ",".join(way.take)) for way in found.ways]


def test_the_sum_of_the_costs_decides_and_not_their_number() -> None:
    offered = options(("a", 5), ("b", 2), ("c", 2), ("d", "0.5"))
    assert ways(plans({"any": ["a", {"id": "both", "all": ["b", "c"]}]}, offered)) == [("4", "b,c")]
    assert sorted(ways(plans({"items": 2}, offered))) == [("2.5", "b,d"), ("2.5", "c,d")]
    assert ways(plans({"credits": 4}, offered, "x")) == [("0.5", "d")]


def test_costs_differ_by_the_smallest_step() -> None:
    offered = options(("a", "1.000001"), ("b", "1.000002"))
    assert ways(plans({"items": 1}, offered)) == [("1.000001", "a")]


def test_at_most_five_ways_that_cost_the_same_are_told() -> None:
    found = plans({"items": 1}, options(*((f"k{n}", 2) for n in range(7))))
    assert len(found.ways) == 5
    assert len({way.take for way in found.ways}) == 5
    assert {way.cost for way in found.ways} == {Decimal(2)}
    assert found.is_proved
    few = plans({"items": 2}, options(("a", 1), ("b", 1), ("c", 1)))
    assert {way.take for way in few.ways} == {("a", "b"), ("a", "c"), ("b", "c")}
    assert len(few.ways) == 3


def test_who_has_it_already_takes_nothing() -> None:
    found = plans({"items": 1}, options(("a", 1)), "x")
    assert (ways(found), found.is_proved) == ([("0", "")], True)


def test_where_nothing_leads_there_no_way_is_told() -> None:
    assert plans({"items": 3}, options(("a", 1))) == Plans((), is_proved=True)
    unknown = plans({"completed": "a", "grade": 60}, options(("a", 1)))
    assert unknown == Plans((), is_proved=False)


def test_a_search_that_stops_at_its_limit_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["stacking_rules.cheapest"], "DECISIONS", 0)
    found = plans({"items": 1, "best": 1}, options(("a", 2), ("b", 1)))
    assert found == Plans((), is_proved=False)


def test_it_is_asked_for_the_day_on_which_the_last_is_finished() -> None:
    rule = {"all": ["a", "b"]}
    data = [{"achievement": "a", "on": "2026-09-01"}, {"achievement": "b", "on": "2026-08-01"}]
    offered = Option.read(data, Definitions(), TODAY)
    assert ways(plans(rule, offered)) == [("2", "option-1,option-2")]
    old = Option.read([{"achievement": "a", "on": "2026-01-01"}], Definitions(), TODAY)
    assert ways(plans({"all": ["a"]}, old)) == [("1", "option-1")]


def test_a_catalogue_is_read_with_its_defaults() -> None:
    (option,) = Option.read([{"achievement": "a"}], Definitions(), date(2026, 6, 30))
    assert (option.cost, option.completion.id) == (Decimal(1), "option-1")
    assert option.completion.on == date(2026, 6, 30)


@pytest.mark.parametrize(
    ("data", "address"),
    [
        ([], ""),
        ({}, ""),
        ([{"achievement": "a"}, 5], "/1"),
        ([{"achievement": "a", "cost": -1}], "/0/cost"),
        ([{"achievement": "a", "on": "soon"}], "/completions/0/on"),
    ],
)
def test_a_wrong_catalogue_is_named_by_its_place(data: object, address: str) -> None:
    with pytest.raises(DocumentError) as caught:
        Option.read(data, Definitions(), TODAY)
    assert caught.value.address == address
