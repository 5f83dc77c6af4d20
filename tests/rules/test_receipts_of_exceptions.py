"""Receipts carry the exceptions they rest on, and nothing in them makes the check fail loudly."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from stacking_rules import (
    Progress,
    counted_facts,
    parse_record,
    parse_stack,
    roll_up,
    verify_receipt,
)
from tests.rules.helpers import NOW, TODAY, at, done, has, stack

RULE = {"all": [{"completed": "a", "grade": 50}, "b", {"id": "more", "credits": 8}]}
HELD = [
    {"id": "c1", "achievement": "a", "on": "2026-01-10", "credits": 4, "grade": 40},
    {"id": "c2", "achievement": "b", "on": "2026-01-11", "credits": 4},
    {"id": "c3", "achievement": "z", "on": "2026-01-12", "credits": 4},
]
CHANGED = {"kind": "change-value", "fact": "c1", "field": "grade", "value": 55}
LESS = {"kind": "change-limit", "at": "/more", "value": 4}


def receipt_with(*exceptions: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    said = {"stack": "award", "author": "Registrar", "reason": "Strike", "from": "2026-02-01"}
    waivers = [said | exception for exception in exceptions]
    asked = stack(RULE)
    record = parse_record({"completions": HELD, "waivers": waivers})
    (new,) = roll_up([asked], record, as_of=TODAY, known_on=NOW).new_awards
    return asked, json.loads(json.dumps(new.receipt))


@pytest.mark.parametrize(
    "exceptions",
    [
        (CHANGED, LESS),
        ({"kind": "waive", "at": "/a"}, LESS),
        ({"kind": "force", "at": "/a", "fact": "c1"}, LESS),
        (CHANGED, {"kind": "waive", "at": "/more"}),
        ({"kind": "substitute", "at": "/a", "fact": "z"}, {"kind": "waive", "at": "/more"}),
    ],
)
def test_an_award_by_exception_can_be_checked_again(exceptions: tuple[dict[str, Any], ...]) -> None:
    asked, receipt = receipt_with(*exceptions)
    assert verify_receipt(asked, receipt) == ()
    assert [note["kind"] for note in receipt["waivers"]] == [e["kind"] for e in exceptions]


def test_without_its_exceptions_the_receipt_does_not_hold() -> None:
    asked, receipt = receipt_with(CHANGED, LESS)
    assert verify_receipt(asked, receipt | {"waivers": receipt["waivers"][:1]}) != ()


def test_an_exception_that_has_ended_does_not_carry_the_receipt() -> None:
    asked, receipt = receipt_with(CHANGED, LESS)
    for note in receipt["waivers"]:
        note["until"] = date(2026, 3, 1).isoformat()
    assert verify_receipt(asked, receipt) != ()


@pytest.mark.parametrize(
    "strange",
    [
        {"given": "attributes"},
        {"given": []},
        {"waivers": [{"kind": "waive"}]},
        {"counted": [[[]]]},
        {"learner": {"attributes": {"level": float("nan")}}},
    ],
)
def test_what_is_no_receipt_is_unreadable(strange: dict[str, Any]) -> None:
    asked, receipt = receipt_with(CHANGED, LESS)
    assert [problem.code for problem in verify_receipt(asked, receipt | strange)] == ["unreadable"]


def test_a_receipt_of_very_many_levels_is_unreadable() -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    asked, receipt = receipt_with(CHANGED, LESS)
    assert [p.code for p in verify_receipt(asked, receipt | {"more": deep})] == ["unreadable"]


def verified(rule: Any, **changes: Any) -> list[str]:
    """Return the problems of the receipt for ``rule`` with some of its facts noted again."""
    _, receipt = receipt_for({"credits": 4})
    other = stack(rule)
    noted = receipt | {"content_hash": other.content_hash} | changes
    return [problem.code for problem in verify_receipt(other, noted)]


def receipt_for(rule: Any) -> tuple[Any, dict[str, Any]]:
    asked = stack(rule)
    record = parse_record({"completions": HELD[1:2]})
    (new,) = roll_up([asked], record, as_of=TODAY, known_on=NOW).new_awards
    return asked, json.loads(json.dumps(new.receipt))


def test_a_fact_that_is_noted_twice_at_one_place_does_not_count_twice() -> None:
    (note,) = receipt_for({"credits": 4})[1]["counted"]
    assert verified({"credits": 4}) == []
    assert verified({"credits": 8}, counted=[note, note]) == ["counts-twice"]


def test_two_attempts_at_one_item_do_not_count_twice() -> None:
    (note,) = receipt_for({"credits": 4})[1]["counted"]
    again = note | {"id": "c9", "on": "2026-02-01"}
    assert verified({"credits": 8}, counted=[note, again]) == ["counts-twice"]


def test_the_parts_of_a_split_item_are_checked_one_by_one() -> None:
    said = {"achievements": {"big": {"splittable": 1}}}
    halves = {"all": [{"id": "a", "credits": 3}, {"id": "b", "credits": 3}]}
    asked = parse_stack({"key": "award", "requires": halves, "definitions": said})
    record = parse_record(
        {"completions": [{"achievement": "big", "on": "2026-01-10", "credits": 6}]},
        asked.definitions,
    )
    (new,) = roll_up([asked], record, as_of=TODAY, known_on=NOW).new_awards
    assert len(new.receipt["counted"]) == 6
    assert verify_receipt(asked, new.receipt) == ()
    more = new.receipt["counted"] + new.receipt["counted"][:1]
    assert [p.code for p in verify_receipt(asked, new.receipt | {"counted": more})] == [
        "counts-twice"
    ]


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
