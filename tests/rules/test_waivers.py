"""Exceptions: what each kind changes, where, from when and until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from stacking_rules import Award, Completion, Progress, evaluate, parse_record, parse_stack
from stacking_rules.facts import Fact, Value, Waiver
from stacking_rules.waivers import with_values
from tests.rules.helpers import NOW, TODAY

SHARING = "share"
"""What the clause between two requirements is called."""
X = {"id": "x", "achievement": "x", "on": "2026-03-01", "credits": 3, "grade": 60}
Y = X | {"id": "y", "achievement": "y", "attributes": {"color": "red"}}


def found(
    rule: object, *waivers: dict[str, Any], facts: tuple[Any, ...] = (X, Y), **stack: Any
) -> Progress:
    said = {"stack": "s", "author": "Registrar", "reason": "Strike", "from": "2026-05-01"}
    record = parse_record({"completions": list(facts), "waivers": [said | w for w in waivers]})
    known = parse_stack({"key": "s", "requires": rule, **stack})
    return evaluate(known, record, as_of=TODAY, known_on=NOW)


def status(rule: object, *waivers: dict[str, Any], facts: tuple[Any, ...] = (X, Y)) -> str:
    return found(rule, *waivers, facts=facts).status.value


def test_a_waived_requirement_is_met_by_exception_and_no_other() -> None:
    rule = {"all": ["x", {"id": "p", "title": "Practice", "all": ["q", "r"]}, "z"]}
    waived = {"kind": "waive", "at": "/p", "id": "w"}
    progress = found(rule, waived)
    assert progress.status.value == "not-met"
    nodes = {node.address: node for node in progress.walk()}
    assert (nodes["/p"].waiver, nodes["/p"].status.value) == ("w", "met")
    assert nodes["/p"].requirement.title == "Practice"
    assert nodes["/z"].status.value == "not-met"
    assert status(rule, waived, {"kind": "waive", "at": "/z"}) == "met"


def test_a_waived_clause_does_not_apply_and_the_others_do() -> None:
    most = [
        {"id": name, "at_most": {"items": 0}, "where": {"color": color}}
        for name, color in (("r", "red"), ("b", "blue"))
    ]
    rule = {"items": 2, "of_which": most}
    assert status(rule) == "not-met"
    blue = (X | {"attributes": {"color": "blue"}}, Y)
    assert status(rule, facts=blue) == "not-met"
    assert status(rule, {"kind": "waive", "at": "/r"}, facts=blue) == "not-met"
    both = ({"kind": "waive", "at": "/r"}, {"kind": "waive", "at": "/b"})
    assert status(rule, *both, facts=blue) == "met"
    mixed = (
        {"kind": "change-limit", "at": "/r", "value": 0},
        {"kind": "waive", "at": "/r"},
        both[1],
    )
    assert status(rule, *mixed, facts=blue) == "met"


@pytest.mark.parametrize(
    ("rule", "at", "value"),
    [
        ({"credits": 7}, "/", 6),
        ({"all": ["x", "y", "z"]}, "/", 2),
        ({"all": [{"id": "p", "at_least": 3, "of": ["x", "y", "z"]}]}, "/p", 2),
        ({"all": ["x", {"id": "l", "at_most": {"items": 1}}]}, "/l", 2),
        ({"items": 2, "of_which": [{"credits": 9}]}, "/least", 6),
        ({"items": 2, "of_which": [{"at_most": {"items": 1}}]}, "/most", 2),
        ({"items": 2, "of_which": [{"mean": 61}]}, "/mean", 60),
        ({"items": 2, "of_which": [{"distinct": "achievement", "at_least": 3}]}, "/distinct", 2),
        ({"credits": 6, "caps": [{"at_most": {"credits": 5}}]}, "/cap", 6),
        ({"items": 2, "best": 1}, "/best", 2),
        ({"items": 2, "of_which": [{"share": 1, "where": {"achievement": "x"}}]},
         "/portion", "0.5"),
        ({"all": [{"id": "a", "items": 2}, {"id": "b", "items": 1, "of": ["x"]}], "once": 1},
         "/once", 2),
        ({"if": "x", "then": {"credits": 7}}, "/then", 6),
        ({"if": "q", "then": "q", "else": {"credits": 7}}, "/else", 6),
        ({"all": [{"id": "n", "none": [{"items": 2, "id": "two"}]}]}, "/n/two", 3),
    ],
)  # fmt: skip
def test_a_changed_limit_decides(rule: object, at: str, value: object) -> None:
    changed = {"kind": "change-limit", "at": at, "value": value}
    assert status(rule) == "not-met"
    assert status(rule, changed | {"at": f"{at}-other"}) == "not-met"
    assert status(rule, changed) == "met"


def test_a_changed_limit_keeps_what_else_the_requirement_says() -> None:
    rule = {"all": [{"id": "p", "title": "Part", "rule": "R1", "all": ["x", "z"], "best": 5}]}
    rule["all"][0].pop("best")  # type: ignore[index, union-attr]
    rule["all"][0]["of_which"] = [{"at_most": {"items": 0}}]  # type: ignore[index]
    changed = {"kind": "change-limit", "at": "/p", "value": 1}
    part = found(rule, changed).children[0]
    assert (part.requirement.title, part.requirement.rule) == ("Part", ("R1",))
    assert part.status.value == "not-met", "the clause still holds"
    more = {"kind": "change-limit", "at": "/p", "value": 9}
    assert found({"all": [{"id": "p", "any": ["x", "y"]}]}, more).status.value == "met"


@pytest.mark.parametrize(
    ("rule", "field", "value"),
    [
        ({"credits": 7}, "credits", 4),
        ({"completed": "x", "grade": 70}, "grade", 70),
        ({"items": 1, "where": {"on": {"above": "2026-03-01"}}}, "on", "2026-03-02"),
        ({"items": 1, "where": {"started": {"below": "2026-03-01"}}}, "started", "2026-02-01"),
        ({"items": 1, "where": {"color": "blue"}}, "color", "blue"),
        ({"none": ["x"]}, "valid_until", "2026-06-30"),
    ],
)
def test_a_changed_value_of_a_fact_decides(rule: object, field: str, value: object) -> None:
    changed = {"kind": "change-value", "fact": "x", "field": field, "value": value}
    facts = (X, Y | {"started": "2026-03-01"})
    assert status(rule, facts=facts) != "met"
    assert status(rule, changed | {"fact": "z"}, facts=facts) != "met"
    assert status(rule, changed, facts=facts) == "met"


@pytest.mark.parametrize(
    ("rule", "at"),
    [
        ({"completed": "x", "grade": 50}, "/"),
        ({"none": ["z"]}, "/"),
        ({"all": ["x", {"if": "q", "then": "z", "id": "case"}]}, "/case"),
        ({"items": 2, "of_which": [{"same": "achievement", "where": {"color": "red"}}]}, "/same"),
        ({"items": 2, "open": {"from": "2026-01-01"}}, "/open"),
    ],
)
def test_what_has_no_limit_is_not_changed(rule: object, at: str) -> None:
    facts = (X | {"attributes": {"color": "blue"}}, Y)
    assert status(rule, facts=facts) == "met"
    assert status(rule, {"kind": "change-limit", "at": at, "value": 9}, facts=facts) == "met"


def test_what_an_exception_cannot_change_stays_as_it_was() -> None:
    award, done = Award("a", "a", TODAY, NOW), Completion("c", "c", TODAY, NOW)

    def changed(field: str, value: Value | None) -> tuple[Fact, ...]:
        said = [
            Waiver(name, "change-value", "s", "/", "R", "S", TODAY, NOW, None, name, field, value)
            for name in ("a", "c")
        ]
        return with_values((award, done), said)

    assert changed("credits", None) == (award, done)
    assert changed("started", "2026-05-01") == (
        award,
        replace(done, started_on=date(2026, 5, 1)),
    )
    assert changed("color", "red") == (
        replace(award, attributes=(("color", ("red",)),)),
        replace(done, attributes=(("color", ("red",)),)),
    )


def test_an_attribute_has_one_value_after_the_change() -> None:
    before = (("color", ("red",)), ("size", ("big",)))
    fact = Completion("c", "c", TODAY, NOW, attributes=before)
    blue = Waiver("w", "change-value", "s", "/", "R", "S", TODAY, NOW, None, "c", "color", "blue")
    (after,) = with_values((fact,), [blue])
    assert after.attributes == (("color", ("blue",)), ("size", ("big",)))


def test_a_changed_attribute_replaces_what_the_fact_said_and_keeps_the_rest() -> None:
    changed = {"kind": "change-value", "fact": "y", "field": "color", "value": "blue"}
    facts = (Y | {"attributes": {"color": "red", "size": "big"}},)
    assert (
        status({"items": 1, "where": {"color": "blue", "size": "big"}}, changed, facts=facts)
        == "met"
    )
    assert status({"items": 1, "where": {"color": "red"}}, changed, facts=facts) == "not-met"


def test_a_changed_grade_stays_on_the_scale_of_the_old_one() -> None:
    changed = {"kind": "change-value", "fact": "x", "field": "grade", "value": 4}
    rule = {"completed": "x", "grade": 4, "scale": "1-5"}
    assert status(rule, changed, facts=(X | {"grade": 3, "scale": "1-5"},)) == "met"
    ungraded = {name: value for name, value in X.items() if name != "grade"}
    assert status({"completed": "x", "grade": 4}, changed, facts=(ungraded,)) == "met"


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ({}, True),
        ({"from": "2026-06-30"}, True),
        ({"from": "2026-07-01"}, False),
        ({"until": "2026-07-01"}, True),
        ({"until": "2026-06-30"}, False),
        ({"recorded_at": "2026-06-30T12:00:00Z"}, True),
        ({"recorded_at": "2026-06-30T12:00:01Z"}, False),
        ({"stack": "t"}, False),
    ],
)
def test_an_exception_counts_for_its_stack_in_its_time(said: dict[str, Any], counts: bool) -> None:
    waived = {"kind": "waive", "at": "/z"} | said
    assert (status({"all": ["x", "z"]}, waived) == "met") is counts


def test_an_exception_reaches_the_path_of_renewal() -> None:
    stack = parse_stack({"key": "s", "requires": "q", "renewal": {"requires": {"all": ["x", "z"]}}})
    record = parse_record(
        {
            "completions": [X],
            "awards": [{"award": "s", "on": "2025-01-01", "valid_until": "2027-01-01"}],
            "waivers": [
                {"kind": "waive", "stack": "s", "at": "/renewal/z", "author": "R", "reason": "S",
                 "from": "2026-05-01"}
            ],
        }
    )  # fmt: skip
    when: dict[str, Any] = {
        "as_of": date(2026, 6, 30),
        "known_on": datetime(2026, 7, 1, tzinfo=UTC),
    }
    assert evaluate(stack, record, **when).status.value == "met"
    assert evaluate(stack, replace(record, waivers=()), **when).status.value == "not-met"
