"""Every small change of a rule is the rule that a document with just that changed would say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from stacking_rules import Requirement, Stack, parse_stack
from stacking_rules.requirements import AllOf, Choice
from stacking_rules.rule_changes import Change
from stacking_rules.rule_edits import edited
from stacking_rules.rule_mutants import mutants

LETTER = {"scales": {"letter": {"F": 0, "D": 1, "C": 2, "B": 3, "A": 4}}}
Changed = Mapping[tuple[str, str, str], Any]
"""(kind, what was, what is) -> what the document says instead."""


def read(rule: object, **more: object) -> Stack:
    return parse_stack({"key": "s", "requires": rule, **more})


def changes(rule: object, address: str, **more: object) -> dict[tuple[str, str, str], Requirement]:
    """Return the changed rules by (kind, before, after), for the changes at ``address``."""
    found = [mutant for mutant in mutants(read(rule, **more)) if mutant.change.address == address]
    named = {(m.change.kind, m.change.before, m.change.after): m.stack.requires for m in found}
    assert len(named) == len(found)
    return named


def said(rules: Changed, **more: object) -> dict[tuple[str, str, str], Requirement]:
    return {change: read(rule, **more).requires for change, rule in rules.items()}


# -- clauses -------------------------------------------------------------------------------------

GONE = ("clause", "", "")
CLAUSES: list[tuple[str, Any, Changed]] = [
    (
        "of_which",
        {"credits": 4},
        {("need", "4", "4.5"): {"credits": 4.5}, ("need", "4", "3.5"): {"credits": 3.5}},
    ),
    (
        "of_which",
        {"items": 1},
        {("need", "1", "2"): {"items": 2}, ("need", "1", "0"): {"items": 0}},
    ),
    (
        "of_which",
        {"at_most": {"items": 1}},
        {
            ("limit", "1", "2"): {"at_most": {"items": 2}},
            ("limit", "1", "0"): {"at_most": {"items": 0}},
        },
    ),
    ("of_which", {"at_most": {"items": 0}}, {("limit", "0", "1"): {"at_most": {"items": 1}}}),
    (
        "of_which",
        {"at_most": {"credits": 2}},
        {
            ("limit", "2", "2.5"): {"at_most": {"credits": 2.5}},
            ("limit", "2", "1.5"): {"at_most": {"credits": 1.5}},
        },
    ),
    (
        "of_which",
        {"share": "1/2"},
        {
            ("share", "1/2", "51/100"): {"share": "51/100"},
            ("share", "1/2", "49/100"): {"share": "49/100"},
        },
    ),
    (
        "of_which",
        {"mean": 60},
        {("target", "60", "60.1"): {"mean": 60.1}, ("target", "60", "59.9"): {"mean": 59.9}},
    ),
    (
        "of_which",
        {"distinct": "area", "at_least": 4},
        {
            ("need", "4", "5"): {"distinct": "area", "at_least": 5},
            ("need", "4", "3"): {"distinct": "area", "at_least": 3},
        },
    ),
    ("of_which", {"same": "area"}, {}),
    (
        "of_which",
        {"items": 0, "where": {"level": {"at_least": 6}}},
        {
            ("need", "0", "1"): {"items": 1, "where": {"level": {"at_least": 6}}},
            ("where", "6", "7"): {"items": 0, "where": {"level": {"at_least": 7}}},
            ("where", "6", "5"): {"items": 0, "where": {"level": {"at_least": 5}}},
        },
    ),
    (
        "caps",
        {"at_most": {"credits": 12}},
        {
            ("limit", "12", "12.5"): {"at_most": {"credits": 12.5}},
            ("limit", "12", "11.5"): {"at_most": {"credits": 11.5}},
        },
    ),
    ("filters", {"where": {"a": ["x", "y"]}}, {
        ("where", "a x", ""): {"where": {"a": "y"}},
        ("where", "a y", ""): {"where": {"a": "x"}},
    }),
    ("bundles", {"of": ["x", "y"]}, {}),
    ("best", {"count": 2}, {("count", "2", "3"): {"count": 3}, ("count", "2", "1"): {"count": 1}}),
    (
        "window",
        {"within": {"months": 2, "days": 9}},
        {
            ("days", "", "+1"): {"within": {"months": 2, "days": 10}},
            ("days", "", "-1"): {"within": {"months": 2, "days": 8}},
        },
    ),
    (
        "window",
        {"terms": 2},
        {("terms", "2", "3"): {"terms": 3}, ("terms", "2", "1"): {"terms": 1}},
    ),
    ("grace", {"days": 9}, {("days", "", "+1"): {"days": 10}, ("days", "", "-1"): {"days": 8}}),
    ("grace", {"end_of": "year"}, {}),
    (
        "open",
        {"from": "2024-03-01"},
        {("since", "", "+1"): {"from": "2024-03-02"}, ("since", "", "-1"): {"from": "2024-02-29"}},
    ),
    (
        "open",
        {"until": "2024-12-31"},
        {
            ("until", "", "+1"): {"until": "2025-01-01"},
            ("until", "", "-1"): {"until": "2024-12-30"},
        },
    ),
    (
        "open",
        {"from": "2024-01-01", "until": "2024-12-31"},
        {
            ("since", "", "+1"): {"from": "2024-01-02", "until": "2024-12-31"},
            ("since", "", "-1"): {"from": "2023-12-31", "until": "2024-12-31"},
            ("until", "", "+1"): {"from": "2024-01-01", "until": "2025-01-01"},
            ("until", "", "-1"): {"from": "2024-01-01", "until": "2024-12-30"},
        },
    ),
]  # fmt: skip


def with_clause(field: str, clause: Mapping[str, Any] | None) -> dict[str, Any]:
    rule: dict[str, Any] = {"credits": 8}
    if clause is None:
        return rule
    named = {"id": "c", **clause}
    return rule | {field: [named] if field in ("of_which", "caps", "filters", "bundles") else named}


@pytest.mark.parametrize(("field", "clause", "expected"), CLAUSES)
def test_a_clause_is_changed_by_a_step_or_goes(field: str, clause: Any, expected: Changed) -> None:
    rules = {change: with_clause(field, other) for change, other in expected.items()}
    assert changes(with_clause(field, clause), "/c") == said(
        {**rules, GONE: with_clause(field, None)}
    )


def test_what_counts_once_may_count_oftener_and_the_clause_stays() -> None:
    def rule(times: int) -> dict[str, Any]:
        return {"all": ["a", "b"], "once": {"times": times, "id": "c"}}

    steps = {("times", "2", "3"): rule(3), ("times", "2", "1"): rule(1)}
    assert changes(rule(2), "/c") == said(steps)


def test_an_order_takes_equal_days_or_forbids_them() -> None:
    def rule(**order: object) -> dict[str, Any]:
        after = {"after": {"id": "c", "of": "a", **order}} if order else {}
        return {"all": ["a", {"completed": "b", **after}]}

    later, equal = rule(strict=True), rule(strict=False)
    gone = {GONE: rule()}
    assert changes(later, "/b/c") == said({("strict", "True", "False"): equal, **gone})
    assert changes(equal, "/b/c") == said({("strict", "False", "True"): later, **gone})


def test_each_limit_of_sharing_is_changed_by_a_step_of_its_own() -> None:
    def rule(items: float, credits: float, unique: float) -> dict[str, Any]:
        limits = {"at_most": {"items": items, "credits": credits}, "unique": unique}
        sharing = [{"id": "c", "between": ["p", "q"], **limits}]
        return {"all": [{"id": "p", "credits": 9}, {"id": "q", "credits": 9}], "sharing": sharing}

    bare = {key: value for key, value in rule(1, 4, 0.5).items() if key != "sharing"}
    assert changes(rule(1, 4, 0.5), "/c") == said(
        {
            ("items", "1", "2"): rule(2, 4, 0.5),
            ("items", "1", "0"): rule(0, 4, 0.5),
            ("credits", "4", "4.5"): rule(1, 4.5, 0.5),
            ("credits", "4", "3.5"): rule(1, 3.5, 0.5),
            ("unique", "0.5", "1"): rule(1, 4, 1),
            ("unique", "0.5", "0"): rule(1, 4, 0),
            GONE: bare,
        }
    )


def test_what_is_carried_over_changes_nothing_about_who_is_met() -> None:
    assert changes({"credits": 8, "rollover": {"id": "c", "at_most": {"credits": 4}}}, "/c") == {}


# -- tests on facts ------------------------------------------------------------------------------

TESTS: list[tuple[Any, Mapping[tuple[str, str], Any]]] = [
    ({"a": "x"}, {}),
    ({"a": {"known": True}}, {}),
    ({"a": [1, 2]}, {("a 1", ""): {"a": 2}, ("a 2", ""): {"a": 1}}),
    ({"a": {"below": 4}}, {("4", "5"): {"a": {"below": 5}}, ("4", "3"): {"a": {"below": 3}}}),
    (
        {"not": {"a": {"above": 4}}},
        {("4", "5"): {"not": {"a": {"above": 5}}}, ("4", "3"): {"not": {"a": {"above": 3}}}},
    ),
    (
        {"all": [{"a": "x"}, {"b": ["y", "z"]}, {"c": "w"}]},
        {
            ("b y", ""): {"all": [{"a": "x"}, {"b": "z"}, {"c": "w"}]},
            ("b z", ""): {"all": [{"a": "x"}, {"b": "y"}, {"c": "w"}]},
        },
    ),
    (
        {"any": [{"a": {"at_most": 1}}, {"b": "y"}]},
        {
            ("1", "2"): {"any": [{"a": {"at_most": 2}}, {"b": "y"}]},
            ("1", "0"): {"any": [{"a": {"at_most": 0}}, {"b": "y"}]},
        },
    ),
    (
        {"on": {"at_least": "2024-03-01"}},
        {
            ("2024-03-01", "2024-03-02"): {"on": {"at_least": "2024-03-02"}},
            ("2024-03-01", "2024-02-29"): {"on": {"at_least": "2024-02-29"}},
        },
    ),
    (
        {"on": {"at_least": "0001-01-01"}},
        {("0001-01-01", "0001-01-02"): {"on": {"at_least": "0001-01-02"}}},
    ),
    (
        {"on": {"at_most": "9999-12-31"}},
        {("9999-12-31", "9999-12-30"): {"on": {"at_most": "9999-12-30"}}},
    ),
    (
        {"on": {"below": {"event": "e", "plus": {"months": 3, "days": 10}}}},
        {
            ("event e P3M10D", "event e P3M11D"): {
                "on": {"below": {"event": "e", "plus": {"months": 3, "days": 11}}}
            },
            ("event e P3M10D", "event e P3M9D"): {
                "on": {"below": {"event": "e", "plus": {"months": 3, "days": 9}}}
            },
        },
    ),
    (
        {"on": {"last": {"years": 1, "days": 5}}},
        {
            ("P12M5D", "P12M6D"): {"on": {"last": {"years": 1, "days": 6}}},
            ("P12M5D", "P12M4D"): {"on": {"last": {"years": 1, "days": 4}}},
        },
    ),
    (
        {"grade": {"at_least": 55}},
        {
            ("55", "56"): {"grade": {"at_least": 56}},
            ("55", "54"): {"grade": {"at_least": 54}},
        },
    ),
    (
        {"grade": {"at_least": "C", "scale": "letter"}},
        {
            ("2", "3"): {"grade": {"at_least": "B", "scale": "letter"}},
            ("2", "1"): {"grade": {"at_least": "D", "scale": "letter"}},
        },
    ),
    (
        {"grade": {"at_least": "A", "scale": "letter"}},
        {("4", "3"): {"grade": {"at_least": "B", "scale": "letter"}}},
    ),
    (
        {"grade": {"at_least": "F", "scale": "letter"}},
        {("0", "1"): {"grade": {"at_least": "D", "scale": "letter"}}},
    ),
]


@pytest.mark.parametrize(("test", "expected"), TESTS)
def test_a_test_is_changed_in_one_place_or_goes(
    test: Any, expected: Mapping[tuple[str, str], Any]
) -> None:
    found = {
        change: rule
        for change, rule in changes({"items": 2, "where": test}, "/", definitions=LETTER).items()
        if change[0] == "where"
    }
    rules = {("where", *change): {"items": 2, "where": other} for change, other in expected.items()}
    rules["where", "", ""] = {"items": 2}
    assert found == said(rules, definitions=LETTER)


# -- requirements --------------------------------------------------------------------------------

ONE, TWO = {"id": "one", "items": 1}, {"id": "two", "items": 0, "use": "overlay"}
NODES: list[tuple[Any, str, Changed]] = [
    ({"all": [ONE, TWO]}, "/one", {
        ("need", "1", "2"): {"all": [ONE | {"items": 2}, TWO]},
        ("need", "1", "0"): {"all": [ONE | {"items": 0}, TWO]},
        ("use", "consume", "overlay"): {"all": [ONE | {"use": "overlay"}, TWO]},
    }),
    ({"all": [ONE, TWO]}, "/two", {
        ("need", "0", "1"): {"all": [ONE, TWO | {"items": 1}]},
        ("use", "overlay", "consume"): {"all": [ONE, {"id": "two", "items": 0}]},
    }),
    ({"points": 9, "of": ["a", "b", "c"]}, "/", {
        ("need", "9", "10"): {"points": 10, "of": ["a", "b", "c"]},
        ("need", "9", "8"): {"points": 8, "of": ["a", "b", "c"]},
        ("option", "a", ""): {"points": 9, "of": ["b", "c"]},
        ("option", "b", ""): {"points": 9, "of": ["a", "c"]},
        ("option", "c", ""): {"points": 9, "of": ["a", "b"]},
    }),
    ({"items": 1, "of": ["a"]}, "/", {
        ("need", "1", "2"): {"items": 2, "of": ["a"]},
        ("need", "1", "0"): {"items": 0, "of": ["a"]},
    }),
    ({"at_least": 2, "of": ["a", "b", "c"], "title": "Two", "once": 1}, "/", {
        ("count", "2", "3"): {"all": ["a", "b", "c"], "title": "Two", "once": 1},
        ("count", "2", "1"): {"any": ["a", "b", "c"], "title": "Two", "once": 1},
        ("part", "a", ""): {"at_least": 2, "of": ["b", "c"], "title": "Two", "once": 1},
        ("part", "b", ""): {"at_least": 2, "of": ["a", "c"], "title": "Two", "once": 1},
        ("part", "c", ""): {"at_least": 2, "of": ["a", "b"], "title": "Two", "once": 1},
    }),
    ({"all": [{"id": "in", "any": ["a", "b", "c"]}, "d"]}, "/in", {
        ("count", "1", "2"): {"all": [{"id": "in", "at_least": 2, "of": ["a", "b", "c"]}, "d"]},
        ("count", "1", "0"): {"all": [{"id": "in", "at_least": 0, "of": ["a", "b", "c"]}, "d"]},
        ("part", "a", ""): {"all": [{"id": "in", "any": ["b", "c"]}, "d"]},
        ("part", "b", ""): {"all": [{"id": "in", "any": ["a", "c"]}, "d"]},
        ("part", "c", ""): {"all": [{"id": "in", "any": ["a", "b"]}, "d"]},
    }),
    ({"all": ["a"]}, "/", {("count", "1", "0"): {"at_least": 0, "of": ["a"]}}),
    ({"none": ["a", "b"]}, "/", {
        ("part", "a", ""): {"none": ["b"]}, ("part", "b", ""): {"none": ["a"]},
    }),
    ({"at_most": {"items": 0}, "where": {"x": ["p", "q"]}}, "/", {
        ("most", "0", "1"): {"at_most": {"items": 1}, "where": {"x": ["p", "q"]}},
        ("where", "x p", ""): {"at_most": {"items": 0}, "where": {"x": "q"}},
        ("where", "x q", ""): {"at_most": {"items": 0}, "where": {"x": "p"}},
        ("where", "", ""): {"at_most": {"items": 0}},
    }),
    ({"at_most": {"credits": 1}, "of": ["a"]}, "/", {
        ("most", "1", "1.5"): {"at_most": {"credits": 1.5}, "of": ["a"]},
        ("most", "1", "0.5"): {"at_most": {"credits": 0.5}, "of": ["a"]},
    }),
    ("a", "/", {}),
    ({"completed": "a", "grade": 50}, "/", {
        ("grade", "50", "51"): {"completed": "a", "grade": 51},
        ("grade", "50", "49"): {"completed": "a", "grade": 49},
        ("grade", "50", ""): "a",
    }),
    ({"items": 2, "grade": "B", "scale": "letter"}, "/", {
        ("need", "2", "3"): {"items": 3, "grade": "B", "scale": "letter"},
        ("need", "2", "1"): {"items": 1, "grade": "B", "scale": "letter"},
        ("grade", "B", "A"): {"items": 2, "grade": "A", "scale": "letter"},
        ("grade", "B", "C"): {"items": 2, "grade": "C", "scale": "letter"},
        ("grade", "B", ""): {"items": 2},
    }),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "address", "expected"), NODES)
def test_a_requirement_is_changed_by_a_step_or_loses_a_part(
    rule: Any, address: str, expected: Changed
) -> None:
    found = changes(rule, address, definitions=LETTER)
    assert found == said(expected, definitions=LETTER)


def test_a_condition_on_the_learner_is_changed_or_asks_for_nothing() -> None:
    def rule(*values: str) -> dict[str, Any]:
        return {"all": [{"id": "who", "learner": {"x": [*values]}}, "a"]}

    found = changes(rule("p", "q"), "/who")
    gone = found.pop(("gone", "", ""))
    assert found == said({("where", "x p", ""): rule("q"), ("where", "x q", ""): rule("p")})
    assert isinstance(gone, AllOf)
    assert gone.parts == (AllOf(id="who", parts=()), *read(rule("p")).requires.parts[1:])  # type: ignore[attr-defined]


@pytest.mark.parametrize("rule", [{"else": "c"}, {}])
def test_the_branches_of_a_choice_are_swapped(rule: dict[str, Any]) -> None:
    award = read({"if": {"learner": {"x": 1}}, "then": "b", **rule})
    (mutant,) = (m for m in mutants(award) if m.change.kind == "swapped")
    assert mutant.change == Change("/", "swapped")
    swapped = mutant.stack.requires
    before = award.requires
    assert isinstance(before, Choice)
    assert isinstance(swapped, Choice)
    nothing = AllOf(id="else", parts=())
    assert swapped.condition == before.condition
    assert (swapped.then, swapped.otherwise) == (before.otherwise or nothing, before.then)
    assert (before.otherwise is None) is (not rule)


# -- where in the rule ---------------------------------------------------------------------------


def nested(condition: int, then: int, otherwise: int, apart: int) -> dict[str, Any]:
    """Return a rule with an amount in each branch of a choice, and one that must not be there."""
    return {
        "all": [
            {
                "id": "case",
                "if": {"id": "if", "all": [{"id": "n", "items": condition}]},
                "then": {"id": "then", "all": [{"id": "n", "items": then}]},
                "else": {"id": "else", "all": [{"id": "n", "items": otherwise}]},
            },
            {"id": "not", "none": [{"id": "n", "items": apart}, {"id": "nn", "items": 9}]},
        ]
    }


@pytest.mark.parametrize(
    ("address", "rule"),
    [
        ("/case/if/n", nested(2, 1, 1, 1)),
        ("/case/then/n", nested(1, 2, 1, 1)),
        ("/case/else/n", nested(1, 1, 2, 1)),
        ("/not/n", nested(1, 1, 1, 2)),
    ],
)
def test_only_what_stands_at_the_address_is_changed(address: str, rule: object) -> None:
    found = changes(nested(1, 1, 1, 1), address)["need", "1", "2"]
    assert found == read(rule).requires


def test_the_renewal_path_is_changed_below_its_own_address() -> None:
    def award(first: int, again: int) -> Stack:
        renewal = {"requires": {"all": [{"id": "n", "items": again}]}}
        return read({"all": [{"id": "n", "items": first}]}, renewal=renewal)

    found = {
        (mutant.change.address, mutant.change.after): mutant.stack
        for mutant in mutants(award(2, 5))
        if mutant.change.kind == "need"
    }
    expected = {("/n", "3"): award(3, 5), ("/n", "1"): award(1, 5),
                ("/renewal/n", "6"): award(2, 6), ("/renewal/n", "4"): award(2, 4)}  # fmt: skip
    assert found.keys() == expected.keys()
    for change, stack in expected.items():
        assert (found[change].requires, found[change].renewal) == (stack.requires, stack.renewal)


def test_nothing_is_changed_below_what_has_no_parts() -> None:
    award = read({"all": [{"id": "n", "items": 1}]})
    assert edited(award, "/n/none", lambda _: None) == award
