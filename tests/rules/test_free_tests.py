"""Which tests one learner may be unable to pass, or to avoid, all at once."""

from __future__ import annotations

from typing import Any

import pytest

from stacking_rules import parse_stack
from stacking_rules.free_tests import conflicting
from stacking_rules.impossible import Prospect
from stacking_rules.stacks import ROOT


def conflicts(requires: object, texts: object = None, **more: object) -> list[str]:
    definitions = {"achievements": texts or {}}
    data = {"key": "award", "requires": requires, "definitions": definitions} | more
    stack = parse_stack(data)
    return list(conflicting(Prospect(stack, ROOT, stack.requires)))


def part(name: str, test: object = None, **more: object) -> dict[str, Any]:
    """Return a part that asks for something of its own that passes ``test``."""
    where = {} if test is None else {"where": test}
    return {"id": name, "items": 1, "of": [f"of-{name}"]} | where | more


def last(years: int, **more: object) -> dict[str, Any]:
    return {"last": {"years": years}} | more


PASSED = {"event": "passed"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"t": "p"}, {"t": "p"}),
        ({"t": "p"}, {"u": "q"}),
        ({"t": {"not": "p"}}, {"t": {"not": "q"}}),
        ({"not": {"t": {"not": "p"}}}, {"t": "p"}),
        ({"n": {"at_least": 5}}, {"n": {"at_least": 7}}),
        ({"n": {"at_least": 5}}, {"n": {"above": 7}}),
        ({"grade": {"at_least": 5, "scale": "0-10"}}, {"grade": {"above": 7, "scale": "0-10"}}),
        ({"on": last(5)}, {"on": last(3)}),
        ({"on": last(5)}, {"started": last(3)}),
        ({"on": last(5, at=PASSED)}, {"on": last(5, at=PASSED)}),
        ({"t": {"known": True}}, {"t": {"known": True}}),
        ({"on": {"at_least": "2026-01-01"}}, {"on": {"at_least": "2026-01-01"}}),
        ({"n": {"at_least": {"event": "passed"}}}, {"n": {"above": {"event": "passed"}}}),
    ],
)
def test_tests_that_want_the_same_go_together(one: object, other: object) -> None:
    assert conflicts({"all": [part("x", one), part("y", other)]}) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"t": "p"}, {"t": "q"}),
        ({"t": "p"}, {"t": {"not": "p"}}),
        ({"t": "p", "u": "r"}, {"u": "s"}),
        ({"any": [{"t": "p"}, {"u": "r"}]}, {"t": "q"}),
        ({"t": {"not": "p"}}, {"not": {"t": {"at_least": 5}}}),
        ({"n": {"at_least": 5}}, {"n": {"at_most": 7}}),
        ({"n": {"at_least": 5}}, {"n": 7}),
        # Grades on two scales, days and events are not compared.
        ({"grade": {"at_least": 5, "scale": "0-10"}}, {"grade": {"at_least": 50}}),
        ({"day": {"at_least": "2026-01-01"}}, {"day": {"at_least": "2026-02-01"}}),
        ({"on": last(5, at=PASSED)}, {"on": last(3, at=PASSED)}),
        ({"on": last(5)}, {"on": last(3, at=PASSED)}),
        ({"on": last(5)}, {"started": {"at_least": "2026-01-01"}}),
        ({"t": {"known": True}}, {"t": {"known": False}}),
    ],
)
def test_tests_that_may_be_in_the_way_of_each_other_do_not(one: object, other: object) -> None:
    assert conflicts({"all": [part("x", one), part("y", other)]}) == ["/y"]
    assert conflicts({"all": [part("x", one), part("y", other), part("z", one)]}) == ["/z"]


def test_fixed_days_and_what_is_open_on_some_days_may_be_in_the_way_of_each_other() -> None:
    opened = part("o", open={"until": "2026-01-01"})
    later = part("o", after="x", filters=[{"where": {"u": "v"}}])
    fixed, recent = {"on": {"at_least": "2026-01-01"}}, {"on": last(5)}
    for dated in (opened, later):
        assert conflicts({"all": [part("x", fixed), dated]}) == ["/x"]
        assert conflicts({"all": [part("x", recent), dated]}) == []
        assert conflicts({"all": [part("x", {"n": {"at_least": 5}}), dated]}) == []
    assert conflicts({"all": [part("x", fixed), part("o")]}) == []


def test_grades_that_are_asked_for_are_tests_as_well() -> None:
    poor = part("y", {"grade": {"at_most": 50}})
    for graded in (
        {"id": "x", "completed": "a", "grade": 60},
        part("x", grade=60),
        part("x", of_which=[{"mean": 60}]),
    ):
        assert conflicts({"all": [graded, poor]}) == ["/y"]
    assert conflicts({"all": [part("x"), poor]}) == []


@pytest.mark.parametrize(
    ("clause", "is_better_avoided"),
    [
        ({"of_which": [{"items": 1, "where": {"t": "p"}}]}, False),
        ({"of_which": [{"share": "1/2", "where": {"t": "p"}}]}, False),
        ({"of_which": [{"share_at_most": "1/2", "where": {"t": "p"}}]}, True),
        ({"of_which": [{"at_most": {"items": 1}, "where": {"t": "p"}}]}, True),
        ({"of_which": [{"same": "area", "where": {"t": "p"}}]}, True),
        ({"caps": [{"at_most": {"items": 1}, "where": {"t": "p"}}]}, True),
        ({"filters": [{"where": {"t": "p"}}]}, False),
    ],
)
def test_what_a_clause_limits_is_better_avoided(
    clause: dict[str, Any], is_better_avoided: bool
) -> None:
    rule = {"all": [part("x", {"t": "p"}), part("y", **clause)]}
    assert conflicts(rule) == (["/y"] if is_better_avoided else [])


def test_what_every_option_declares_is_no_wish() -> None:
    rule = {"all": [part("x", {"level": 4}), part("y", {"level": 6})]}
    declared = {"of-x": {"attributes": {"level": 4}}, "of-y": {"attributes": {"level": 6}}}
    assert conflicts(rule, declared) == []
    assert conflicts(rule, declared | {"of-y": {}}) == ["/y"]
    # Whatever is declared, an attempt has a day of its own.
    days = {"all": [part("x", {"on": last(5)}), part("y", {"on": {"below": "2020-01-01"}})]}
    assert conflicts(days, declared) == ["/y"]


def test_the_renewal_is_another_matter() -> None:
    renewal = {"requires": part("z", {"t": "q"})}
    below = {"requires": {"all": [part("z", {"t": "q"}), "b"]}}
    for other in (renewal, below):
        assert conflicts(part("x", {"t": "p"}), lasts={"years": 3}, renewal=other) == []
