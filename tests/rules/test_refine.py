"""Of several good placements one is taken, by the published order; of a no, as much as counts."""

from __future__ import annotations

from typing import Any

import pytest

from stacking_rules import Progress, evaluate, parse_record, parse_stack
from tests.rules.helpers import NOW, TODAY

BOUND = {"of_which": [{"at_most": {"items": 9}}]}
"""A clause that shuts nothing out: what it binds is searched for."""


def found(rule: object, *facts: dict[str, Any], **more: Any) -> Progress:
    usual = {"on": "2026-02-01", "credits": 3}
    named = [usual | {"id": fact["achievement"]} | fact for fact in facts]
    record = parse_record({"completions": named, **more})
    return evaluate(parse_stack({"key": "s", "requires": rule}), record, as_of=TODAY, known_on=NOW)


def counted(rule: object, *facts: dict[str, Any], **more: Any) -> dict[str, str]:
    nodes = found(rule, *facts, **more).walk()
    return {n.address: ",".join(f.id for f in n.counted) for n in nodes if n.counted}


def fact(key: str, **fields: Any) -> dict[str, Any]:
    return {"achievement": key, **fields}


@pytest.mark.parametrize(
    ("facts", "first"),
    [
        ([fact("a"), fact("b", on="2026-01-01")], "b"),
        ([fact("a", on="2026-01-01"), fact("b")], "a"),
        ([fact("b"), fact("a")], "a"),
        ([fact("a", valid_until="2027-01-01", on="2026-01-01"), fact("b")], "b"),
        ([fact("a", valid_until="2027-01-02"), fact("b", valid_until="2027-01-01")], "a"),
        ([fact("a", valid_until="2027-01-01"), fact("b", valid_until="2027-01-02")], "b"),
        ([fact("a", credits=9), fact("b", on="2026-01-01")], "b"),
        ([fact("a", credits=9), fact("b"), fact("c", on="2026-01-31")], "c"),
    ],
)
def test_valid_longest_then_earliest_then_the_id(facts: list[dict[str, Any]], first: str) -> None:
    for rule in ({"items": 1}, {"items": 1, **BOUND}):
        assert counted(rule | {"of": ["a", "b", "c"], "best": 1}, *facts) == {"/": first}


def test_the_fewest_items_are_used() -> None:
    facts = [fact("a", credits=2), fact("b", credits=2), fact("c", credits=2), fact("d", credits=4)]
    assert counted({"credits": 4, **BOUND, "best": 3}, *facts) == {"/": "d"}
    assert counted({"credits": 6, **BOUND, "best": 2}, *facts) == {"/": "a,d"}


def test_items_that_fit_more_places_stay_free() -> None:
    rule = {"all": [{"id": "p", "items": 1, "of": ["x", "y"]},
                    {"id": "q", "items": 1, "of": ["x", "z"]},
                    {"id": "r", "items": 1, "of": ["x", "w"]}], **BOUND}  # fmt: skip
    late = [fact(key, on="2026-03-01") for key in "yzw"]
    assert counted(rule, fact("x", on="2026-01-01"), *late) == {"/p": "y", "/q": "z", "/r": "w"}
    assert counted(rule, fact("x"), *late[:2]) == {"/p": "y", "/q": "z", "/r": "x"}


def test_the_wish_of_the_learner_comes_first_where_the_rule_allows_it() -> None:
    def pinned(*pins: tuple[str, str]) -> dict[str, str]:
        rule = {"all": [{"id": "p", "items": 1, "of": ["x", "y", "z"]},
                        {"id": "q", "items": 1, "of": ["x", "y"]}], **BOUND}  # fmt: skip
        said = [{"stack": "s", "at": at, "fact": key} for at, key in pins]
        return counted(rule, fact("x"), fact("y"), fact("z"), pins=said)

    assert pinned(("/p", "x")) == {"/p": "x", "/q": "y"}
    assert pinned(("/p", "y")) == {"/p": "y", "/q": "x"}
    assert pinned(("/p", "y"), ("/q", "y")) == {"/p": "y", "/q": "x"}
    assert pinned(("/q", "y")) == {"/p": "z", "/q": "y"}


def test_where_it_is_no_as_much_counts_as_the_clauses_let() -> None:
    assert found({"credits": 9, **BOUND}, fact("x"), fact("y")).have == 6
    red, blue = ({"attributes": {"color": color}} for color in ("red", "blue"))
    most = {"id": "few", "at_most": {"items": 1}, "where": {"color": "red"}}
    few = {"credits": 9, "of_which": [most]}
    shut = found(few, fact("a") | red, fact("b") | red, fact("c") | blue)
    assert (shut.at_fault, shut.have) == (("/few",), 9)
    less = found(few, fact("a") | red, fact("c") | blue)
    assert (less.at_fault, less.have) == (("/",), 6)


def test_what_would_have_to_give_way_is_the_least() -> None:
    clauses = [
        {"id": "red", "at_most": {"items": 0}, "where": {"color": "red"}},
        {"id": "blue", "at_most": {"items": 0}, "where": {"color": "blue"}},
    ]
    red, blue = ({"attributes": {"color": color}} for color in ("red", "blue"))
    facts = [fact("a") | red, fact("b") | blue]
    assert found({"items": 2, "of_which": clauses}, *facts).at_fault == ("/red", "/blue")
    assert len(found({"items": 1, "of_which": clauses}, *facts).at_fault) == 1
    only = found({"items": 1, "of": ["a"], "of_which": clauses}, *facts)
    assert only.at_fault == ("/red",)
    parts = [{"id": "p", "credits": 9, "of": ["a"]}, {"id": "q", "credits": 4, "of": ["b"]}]
    assert found({"any": parts, **BOUND}, *facts).at_fault == ("/q",)
