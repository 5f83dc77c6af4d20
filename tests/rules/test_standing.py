"""Levels, ends, surplus and versions: what an award is worth and which rule it follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from stacking_rules import LearnerRecord, Stack, parse_document, parse_record, parse_stack, roll_up
from stacking_rules.standing import carried, ends_on, level_of
from stacking_rules.versions import in_force, version_for
from tests.rules.helpers import NOW, TODAY

WHEN: dict[str, Any] = {"as_of": TODAY, "known_on": NOW}


def held(*keys: str, **more: Any) -> LearnerRecord:
    facts = [{"id": k, "achievement": k, "on": "2026-03-01", "credits": 3} for k in keys]
    return parse_record({"completions": facts, **more})


def stack(requires: object, **terms: Any) -> Stack:
    return parse_stack({"key": "s", "requires": requires, **terms})


def test_the_highest_level_that_is_reached_is_the_level() -> None:
    levels = [{"name": "Gold", "need": 3}, {"name": "Silver", "need": 2}]
    known = stack({"items": 1}, award_levels=levels)
    assert level_of(known, held("x", "y", "z"), **WHEN) == "Gold"
    assert level_of(known, held("x", "y"), **WHEN) == "Silver"
    assert level_of(known, held("x"), **WHEN) == ""


def test_surplus_is_what_is_held_beyond_the_need_within_its_limit_and_kind() -> None:
    def surplus(need: int, rollover: dict[str, Any] | None, *keys: str) -> Decimal:
        said = {} if rollover is None else {"rollover": rollover}
        return carried(stack({"all": [{"id": "a", "credits": need, **said}]}), held(*keys), **WHEN)

    assert surplus(3, None, "x", "y") == 0
    assert surplus(3, {"at_most": {"credits": 9}}, "x", "y", "z") == 6
    assert surplus(3, {"at_most": {"credits": 4}}, "x", "y", "z") == 4
    assert surplus(9, {"at_most": {"credits": 4}}, "x") == 0
    kind = {"at_most": {"credits": 9}, "where": {"achievement": "x"}}
    assert surplus(3, kind, "x", "y", "z") == 3


def test_surplus_is_found_at_whichever_amount_carries_over() -> None:
    one = {"id": "a", "credits": 3, "of": ["x"]}
    two = {"id": "b", "credits": 3, "of": ["y", "z"], "rollover": {"at_most": {"credits": 9}}}
    assert carried(stack({"all": [one, two]}), held("x", "y", "z"), **WHEN) == 3


def test_only_what_counts_for_sure_is_surplus() -> None:
    amount = {"credits": 3, "rollover": {"at_most": {"credits": 9}}}
    tested = amount | {"where": {"achievement": ["x", "y"]}}
    assert carried(stack(tested), held("x", "y", "z"), **WHEN) == 3
    filtered = amount | {"filters": [{"where": {"achievement": ["x", "y"]}}]}
    assert carried(stack(filtered), held("x", "y", "z"), **WHEN) == 3
    open_one = amount | {"where": {"any": [{"achievement": "x"}, {"color": "red"}]}}
    assert carried(stack(open_one), held("x", "y"), **WHEN) == 0


def test_an_award_ends_after_its_time_or_with_the_first_of_its_parts() -> None:
    on = date(2026, 3, 1)
    facts = parse_record(
        {"completions": [
            {"achievement": "x", "on": "2026-03-01", "valid_until": "2027-05-01"},
            {"achievement": "y", "on": "2026-03-01", "valid_until": "2027-04-01"},
            {"achievement": "z", "on": "2026-03-01"},
        ]}
    ).completions  # fmt: skip
    assert ends_on(stack("x"), on, facts) is None
    assert ends_on(stack("x", lasts={"years": 1}), on, facts) == date(2027, 3, 1)
    assert ends_on(stack("x", lasts={"years": 1, "end_of": "year"}), on, ()) == date(2027, 12, 31)
    through = {"valid": "throughout"}
    assert ends_on(stack({"all": ["x"]}, **through), on, facts) == date(2027, 4, 1)
    grace = {"all": ["x"], "grace": {"months": 2}}
    assert ends_on(stack(grace, **through), on, facts) == date(2027, 6, 1)
    assert ends_on(stack(grace, lasts={"years": 1}, **through), on, facts) == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("terms", "record", "expected"),
    [
        ({}, {}, {"counted": ("x",), "is_banked": False, "attributes": ()}),
        ({"consume": "never"}, {}, {"counted": (), "is_banked": False}),
        ({"consume": "bank"}, {}, {"counted": ("x",), "is_banked": True}),
        ({"type": "certificate"}, {}, {"attributes": (("type", ("certificate",)),)}),
        (
            {"requires": {"items": 1}, "award_levels": [{"name": "Base", "need": 1}]},
            {},
            {"attributes": (("award-level", ("Base",)),)},
        ),
        ({"issue": "opt-out"}, {}, {"credits": Decimal(0)}),
        ({"issue": "opt-out"}, {"declined": ["s"]}, None),
        ({"issue": "automatic"}, {"declined": ["s"]}, {}),
        ({"issue": "on-application"}, {}, None),
        ({"issue": "on-application"}, {"applied": ["s"]}, {}),
    ],
)
def test_a_new_award_says_what_it_is_made_of(
    terms: dict[str, Any], record: dict[str, Any], expected: dict[str, Any] | None
) -> None:
    known = parse_stack({"key": "s", "requires": {"all": ["x"]}} | terms)
    made = [new.award for new in roll_up([known], held("x", **record), **WHEN).new_awards]
    if expected is None:
        assert made == []
        return
    (award,) = made
    assert {name: getattr(award, name) for name in expected} == expected


EARLY = {"events": {"enrolled": "2024-01-01"}}


def versions(**binding: Any) -> list[Stack]:
    said = [
        {"key": "s", "version": 2, "requires": "new", "from": "2025-01-01", **binding},
        {"key": "s", "version": 1, "requires": "old", "from": "2020-01-01", "until": "2025-01-01"},
    ]
    return list(parse_document({"quoin": 1, "stacks": said}).stacks)


def test_the_version_in_force_is_the_newest_that_has_begun_and_not_ended() -> None:
    def number(day: str) -> int:
        return in_force(versions(), date.fromisoformat(day)).version

    assert [number(day) for day in ("2019-01-01", "2020-01-01", "2024-12-31", "2025-01-01")] == [
        1, 1, 1, 2
    ]  # fmt: skip
    ended = [v for v in versions() if v.version == 1]
    assert in_force(ended, date(2026, 1, 1)).version == 1
    late = parse_document({"quoin": 1, "stacks": [
        {"key": "s", "version": n, "requires": "x", "from": f"203{n}-01-01"} for n in (2, 3, 1)
    ]}).stacks  # fmt: skip
    assert in_force(late, date(2026, 1, 1)).version == 1
    first, second = sorted(late, key=lambda stack: stack.version)[:2]
    trial = replace(second, until=date(2033, 1, 1))
    days = [date(2032, 1, 1), date(2032, 12, 31), date(2033, 1, 1)]
    assert [in_force([first, trial], day).version for day in days] == [2, 2, 1]


@pytest.mark.parametrize(
    ("policy", "keys", "learner", "version"),
    [
        ("latest", ["old"], EARLY, 2),
        ("bound", ["new"], EARLY, 1),
        ("bound", ["new"], {"events": {"enrolled": "2025-01-01"}}, 2),
        ("bound", ["new"], {}, 2),
        ("best", ["new"], EARLY, 1),
        ("best", ["new"], EARLY | {"attributes": {"agreed": ["s"]}}, 2),
        ("best", ["old"], EARLY | {"attributes": {"agreed": ["s"]}}, 1),
        ("best", ["new"], EARLY | {"attributes": {"agreed": ["t"]}}, 1),
        ("bound", ["new"], EARLY | {"attributes": {"agreed": ["s"]}}, 1),
        ("best", [], {"events": {"enrolled": "2025-06-01"}, "attributes": {"agreed": ["s"]}}, 2),
    ],
)  # fmt: skip
def test_the_binding_says_which_version_counts(
    policy: str, keys: list[str], learner: dict[str, Any], version: int
) -> None:
    event = {} if policy == "latest" else {"event": "enrolled"}
    known = versions(binding={"policy": policy, **event})
    record = held(*keys, learner=learner)
    assert version_for(known, record, **WHEN).version == version
