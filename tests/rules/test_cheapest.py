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
from stacking_rules.cheapest import MEASURES
from tests.rules.helpers import NOW, TODAY


def options(*entries: tuple[str, object], **more: Any) -> tuple[Option, ...]:
    data = [
        {"id": key, "achievement": key, "cost": cost, "credits": 3, **more} for key, cost in entries
    ]
    return Option.read(data, Definitions(), TODAY)


def plans(rule: object, offered: tuple[Option, ...], *held: str, by: str = "cost") -> Plans:
    stack = parse_stack({"key": "s", "requires": rule})
    facts = [{"achievement": key, "on": "2026-01-01", "credits": 3} for key in held]
    record = parse_record({"completions": facts}) if facts else LearnerRecord()
    return cheapest(stack, record, offered, as_of=TODAY, known_on=NOW, by=by)


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


SOON, LATE = "2026-08-01", "2026-09-01"


def offer(*entries: dict[str, Any]) -> tuple[Option, ...]:
    data = [{"id": entry["achievement"], "credits": 3, **entry} for entry in entries]
    return Option.read(data, Definitions(), TODAY)


def test_what_is_done_soonest_is_told_and_of_that_the_cheapest() -> None:
    offered = offer(
        {"achievement": "a", "on": SOON, "cost": 9, "workload": 5, "fee": 2},
        {"achievement": "b", "on": SOON, "cost": 8, "workload": 7, "fee": 3},
        {"achievement": "c", "on": LATE, "cost": 1, "workload": 6, "fee": 4},
    )
    taken = {by: plans({"items": 1}, offered, by=by) for by in ("calendar", *MEASURES)}
    assert {by: [way.take for way in found.ways] for by, found in taken.items()} == {
        "calendar": [("b",)], "cost": [("c",)], "workload": [("a",)], "fee": [("a",)]
    }  # fmt: skip
    assert all(found.is_proved for found in taken.values())
    (way,) = taken["calendar"].ways
    assert (way.cost, way.workload, way.fee, way.on) == (8, 7, 3, date(2026, 8, 1))
    (both,) = plans({"all": ["a", "c"]}, offered, by="calendar").ways
    assert (both.take, both.cost, both.workload, both.fee) == (("a", "c"), 10, 11, 6)


def test_where_no_day_leads_there_no_way_is_told() -> None:
    assert plans({"items": 3}, offer({"achievement": "a"}), by="calendar") == Plans((), True)
    soon = {"achievement": "a", "on": SOON, "grade": 60}
    rule = {"items": 1, "of_which": [{"mean": 70, "over": "attempted"}]}
    assert plans(rule, offer(soon), by="calendar") == Plans((), is_proved=False)
    better = {"achievement": "b", "on": LATE, "grade": 90}
    found = plans(rule, offer(soon, better), by="calendar")
    assert found.is_proved is False, "of the first day it is not known for sure"


def test_what_needs_something_more_beside_it_is_no_way_by_itself() -> None:
    rule = {"items": 1, "of_which": [{"mean": 70, "over": "attempted"}]}
    low = {"achievement": "a", "cost": 1, "grade": 60}
    high = {"achievement": "b", "cost": 2, "grade": 90}
    assert plans(rule, offer(low, high)) == Plans((), is_proved=False)
    alone = plans(rule, offer(high))
    assert (ways(alone), alone.is_proved) == ([("2", "b")], True)
    assert plans(rule, offer(low)) == Plans((), is_proved=False)


def test_a_catalogue_is_read_with_its_defaults() -> None:
    (option,) = Option.read([{"achievement": "a"}], Definitions(), date(2026, 6, 30))
    assert (option.cost, option.completion.id) == (Decimal(1), "option-1")
    assert (option.workload, option.fee) == (Decimal(0), Decimal(0))
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
