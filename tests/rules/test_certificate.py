"""The certificate of "no": a sum where a sum proves it, what could serve, and which rules it is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from stacking_rules import Certificate, certify, parse_record, parse_stack
from tests.rules.helpers import NOW, TODAY


def no(rule: object, *facts: dict[str, Any], **stack: Any) -> Certificate:
    usual = {"on": "2026-02-01", "credits": 3}
    completions = [usual | {"id": fact["achievement"]} | fact for fact in facts]
    known = parse_stack({"key": "s", "requires": rule, **stack})
    found = certify(known, parse_record({"completions": completions}), as_of=TODAY, known_on=NOW)
    assert found is not None
    return found


def said(found: Certificate) -> tuple[Any, ...]:
    numbers = tuple(None if n is None else int(n) for n in (found.demand, found.supply))
    return (found.kind, set(found.together), *numbers)


X, Y, Z = ({"achievement": key} for key in "xyz")
RED, BLUE = ({"achievement": c, "attributes": {"color": c}} for c in ("red", "blue"))


@pytest.mark.parametrize(
    ("rule", "facts", "expected"),
    [
        ({"credits": 9}, [X, Y], ("sum", {"/"}, 9, 6)),
        ({"items": 2, "of": ["x", "y"]}, [X, Z], ("sum", {"/"}, 2, 1)),
        ({"credits": 9}, [X, X | {"id": "x2", "credits": 5}], ("sum", {"/"}, 9, 5)),
        ({"credits": 9}, [], ("sum", {"/"}, 9, 0)),
        (
            {"all": [{"id": "a", "credits": 4, "of": ["x", "y"]},
                     {"id": "b", "credits": 3, "of": ["x", "y"]}]},
            [X, Y],
            ("sum", {"/a", "/b"}, 7, 6),
        ),
        (
            {"all": [{"id": "a", "credits": 4, "of": ["x", "y"]},
                     {"id": "b", "credits": 2, "of": ["x", "y"]}]},
            [X, Y],
            ("search", {"/a", "/b"}, None, None),
        ),
        (
            {"all": [{"id": "a", "credits": 6, "of": ["x", "y"]},
                     {"id": "b", "items": 1, "of": ["x", "y"]}]},
            [X, Y],
            ("search", {"/a", "/b"}, None, None),
        ),
        (
            {"items": 1, "of_which": [{"id": "r", "items": 2, "where": {"color": "red"}}]},
            [RED, BLUE],
            ("sum", {"/r"}, 2, 1),
        ),
        (
            {"items": 1, "of_which": [{"id": "r", "credits": 9, "where": {"color": "red"}}]},
            [RED, BLUE],
            ("search", {"/r"}, None, None),
        ),
        (
            {"credits": 6, "caps": [{"id": "cap", "at_most": {"credits": 2}}]},
            [X, Y],
            ("search", {"/", "/cap"}, None, None),
        ),
        ({"learner": {"job": "nurse"}}, [X], None),
    ],
)  # fmt: skip
def test_the_proof_is_a_sum_where_amounts_alone_decide(
    rule: dict[str, Any], facts: list[dict[str, Any]], expected: tuple[Any, ...] | None
) -> None:
    if expected is None:
        learner = {"attributes": {"job": "midwife"}}
        stack = parse_stack({"key": "s", "requires": {"all": ["x", {"id": "l", **rule}]}})
        record = parse_record({"completions": [X | {"on": "2026-02-01"}], "learner": learner})
        found = certify(stack, record, as_of=TODAY, known_on=NOW)
        assert found is not None
        assert (found.kind, found.together, found.could_serve) == ("given", ("/l",), ())
        return
    assert said(no(rule, *facts)) == expected


def test_what_could_serve_are_the_held_facts_that_fit_and_no_others() -> None:
    found = no({"all": [{"id": "a", "items": 2, "of": ["x", "y"]}, "z"]}, X, Z)
    assert [fact.id for fact in found.could_serve] == ["x"]
    red = {"items": 1, "of_which": [{"id": "r", "items": 2, "where": {"color": "red"}}]}
    assert [fact.id for fact in no(red, RED, BLUE).could_serve] == ["red"]


def test_the_printed_rules_are_those_at_fault_or_the_nearest_above() -> None:
    part = {"id": "a", "rule": ["R3", "R1"], "all": ["x", {"id": "b", "items": 1, "rule": "R4"}]}
    assert no({"rule": "R9", "all": [part]}).rules == ("R1", "R3", "R4")
    assert no({"rule": "R9", "all": [{"id": "a", "all": ["x"]}]}).rules == ("R9",)
    assert no({"all": ["x"]}).rules == ()
    capped = {"credits": 6, "caps": [{"at_most": {"credits": 2}, "rule": "R5"}]}
    assert no(capped, X, Y).rules == ("R5",)


def test_there_is_none_where_the_answer_is_yes_or_open() -> None:
    stack = parse_stack({"key": "s", "requires": {"completed": "x", "grade": 60}})
    for grade in (60, None):
        fact = {"achievement": "x", "on": "2026-02-01", "credits": 3}
        fact |= {} if grade is None else {"grade": grade}
        record = parse_record({"completions": [fact]})
        assert certify(stack, record, as_of=TODAY, known_on=NOW) is None


def test_an_overlay_makes_no_sum_with_what_uses_items_up() -> None:
    rule = {"all": [{"id": "a", "items": 2, "of": ["x", "y"]},
                    {"id": "o", "items": 2, "of": ["x", "y"], "use": "overlay"}]}  # fmt: skip
    found = no(rule, X)
    assert found.kind == "sum"
    assert (found.demand, found.supply) == (Decimal(2), Decimal(1))
