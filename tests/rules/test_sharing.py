"""In how many places an item counts, which attempt stands for it, and how early a no is seen."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.planted import HELD, plant
from stacking_rules import evaluate, parse_record, parse_stack
from stacking_rules.encode import encode
from stacking_rules.search import Budget
from tests.rules.helpers import NOW, TODAY

SHARING = "share"
"""What the clause between two requirements is called."""


def status(rule: object, *facts: Any, **more: Any) -> str:
    named = [fact if isinstance(fact, dict) else {"achievement": fact} for fact in facts]
    usual = {"on": "2026-02-01", "credits": 3}
    completions = [usual | {"id": f"c{n}"} | fact for n, fact in enumerate(named)]
    record = parse_record({"completions": completions, **more})
    stack = parse_stack({"key": "s", "requires": rule})
    return evaluate(stack, record, as_of=TODAY, known_on=NOW).status.value


def pool(name: str, *keys: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "items": 1, "of": list(keys), **more}


RED, BLUE = ({"achievement": "x", "attributes": {"color": color}} for color in ("red", "blue"))
BOTH = {"achievement": "x", "attributes": {"color": ["red", "blue"]}}
LOOKS = [
    pool(color[0], "x", where={"color": color}, use="overlay") for color in ("red", "blue", "green")
]


def test_one_attempt_stands_for_its_item_wherever_it_is_looked_at() -> None:
    two = {"all": LOOKS[:2]}
    assert status(two, RED) == "not-met"
    assert status(two, RED, BLUE) == "not-met"
    assert status(two, RED, BLUE, BOTH) == "met"
    assert status(two, BOTH, RED) == "met"
    every = {"achievement": "x", "attributes": {"color": ["red", "blue", "green"]}}
    assert status({"all": LOOKS}, BOTH, RED) == "not-met"
    assert status({"all": LOOKS}, BOTH, RED, every) == "met"
    assert status({"all": [LOOKS[0], pool("y", "y")]}, RED, BLUE, "y") == "met"


def test_what_uses_the_item_up_and_what_looks_at_it_see_the_same_attempt() -> None:
    rule = {"all": [pool("a", "x", where={"color": "red"}), LOOKS[1]]}
    assert status(rule, RED, BLUE) == "not-met"
    assert status(rule, BLUE, RED, BOTH) == "met"
    assert status({"all": [pool("p", "y"), *LOOKS[:2]]}, "y", RED, BLUE) == "not-met"
    more = {"all": [*rule["all"], pool("p", "y", "z"), pool("q", "y", "z")]}
    assert status(more, RED, BLUE, "y", "z") == "not-met"
    assert status(more, RED, BLUE, BOTH, "y", "z") == "met"
    assert status(more, BOTH, "y", {"achievement": "y"}) == "not-met"


def test_two_attempts_are_one_item_in_one_place() -> None:
    assert status({"items": 2, "of": ["x", "y"]}, "x", "x") == "not-met"
    assert status({"all": [pool("a", "x", "y"), pool("b", "x", "y")]}, "x", "x") == "not-met"
    assert status({"all": [pool("a", "x", "y"), pool("b", "x", "y")]}, "x", "y") == "met"
    assert status({"credits": 6, "of": ["x", "y"]}, "x", "x") == "not-met"


def shared(*parts: dict[str, Any], **limits: Any) -> dict[str, Any]:
    return {"all": list(parts), SHARING: [{"between": ["a", "b"], **limits}]}


A, B, C = pool("a", "x", "y"), pool("b", "x", "z"), pool("c", "x", "w")


def test_a_budget_lets_items_count_at_the_two_that_it_names_alone() -> None:
    one = {"at_most": {"items": 1}}
    assert status(shared(A, B, **one), "x") == "met"
    assert status(shared(B, A, **one), "x") == "met"
    assert status(shared(A, B, at_most={"items": 0}), "x") == "not-met"
    assert status(shared(A, B, C, **one), "x") == "not-met"
    assert status(shared(A, B, C, **one), "x", "w") == "met"
    assert status(shared(A, B, C, **one), "x", "y") == "not-met"
    assert status(shared(A, B, C, **one), "x", "z") == "not-met"
    assert status(shared(C, pool("a", "x"), B, **one), "x", "z") == "not-met"


@pytest.mark.parametrize(
    ("limits", "answer"),
    [
        ({"at_most": {"items": 2}}, "met"),
        ({"at_most": {"items": 1}}, "not-met"),
        ({"at_most": {"credits": 6}}, "met"),
        ({"at_most": {"credits": "5.9"}}, "not-met"),
        ({}, "met"),
    ],
)
def test_a_budget_counts_what_is_shared(limits: dict[str, Any], answer: str) -> None:
    a, b = ({"id": n, "items": 2, "of": ["x", "y"]} for n in "ab")
    assert status(shared(a, b, **limits), "x", "y") == answer


def test_so_much_must_not_be_shared() -> None:
    a, b = ({"id": n, "items": 2, "of": ["x", "y", "z", "w"]} for n in "ab")
    assert status(shared(a, b, unique=3), "x", "y") == "not-met"
    assert status(shared(a, b, unique=3), "x", "y", "z") == "met"
    assert status(shared(a, b, unique=4), "x", "y", "z") == "not-met"
    assert status(shared(a, b, unique=6), "x", "y", "z", "w") == "met"
    assert status(shared(a, b, unique=7), "x", "y", "z", "w") == "not-met"


def test_multiplicity_holds_where_it_is_said_and_nowhere_else() -> None:
    parts = [pool("a", "x"), pool("b", "x"), pool("c", "x")]
    assert status({"all": parts, "once": 3}, "x") == "met"
    assert status({"all": parts, "once": 2}, "x") == "not-met"
    inner = {"id": "in", "all": parts[:2], "once": 2}
    assert status({"all": [inner]}, "x") == "met"
    assert status({"all": [inner, parts[2]]}, "x") == "not-met"
    budget = {"all": parts, "once": 2, SHARING: [{"between": ["a", "b"], "at_most": {"items": 1}}]}
    assert status(budget, "x") == "not-met"
    three = budget | {"once": 3}
    assert status(three, "x") == "met"


def test_multiplicity_does_not_reach_beyond_its_group() -> None:
    inner = {"id": "in", "all": [pool("a", "x"), pool("b", "y")], "once": 2}
    assert status({"all": [inner, pool("c", "x")]}, "x", "y") == "not-met"
    assert status({"all": [inner, pool("c", "x", "z")]}, "x", "y", "z") == "met"


def test_multiplicity_and_a_budget_hold_for_the_pairs_that_each_speaks_of() -> None:
    parts = [pool("a", "x"), pool("b", "z"), pool("c", "x")]
    rule = {"all": parts, "once": 2, SHARING: [{"between": ["a", "b"], "at_most": {"items": 1}}]}
    assert status(rule, "x", "z") == "met"
    assert status(rule | {"once": 1}, "x", "z") == "not-met"


def test_what_counts_at_a_third_requirement_is_not_unshared_at_the_two() -> None:
    a, b, c = pool("a", "x"), pool("b", "x", "z"), pool("c", "w")
    assert status(shared(a, b, c, unique=3), "x", "w") == "not-met"
    assert status(shared(a, b, c, unique=3), "x", "z", "w") == "met"


def test_an_item_that_is_worth_more_in_one_place_may_go_there() -> None:
    a = {"id": "a", "points": 50, "of": ["x"], "factors": {"x": 2}}
    b = {"id": "b", "points": 50, "of": ["x", "y"]}
    graded = [{"achievement": "x", "grade": 30}, {"achievement": "y", "grade": 50}]
    assert status({"all": [a, b]}, *graded) == "met"


def test_awards_made_of_the_same_do_not_both_count_where_items_are_used_up() -> None:
    awards = [
        {"id": "w1", "award": "p", "on": "2026-03-01", "counted": ["c0", "c1"]},
        {"id": "w2", "award": "q", "on": "2026-03-01", "counted": ["c1"]},
        {"id": "w3", "award": "r", "on": "2026-03-01", "counted": ["c2"]},
    ]
    both = {"all": [{"award": "p"}, {"award": "q"}]}
    assert status(both, "x", "y", "z", awards=awards) == "not-met"
    assert status({"all": [{"award": "p"}, {"award": "r"}]}, "x", "y", "z", awards=awards) == "met"
    three = {"items": 2, "of": [{"award": "p"}, {"award": "q"}, {"award": "r"}]}
    assert status(three, "x", "y", "z", awards=awards) == "met"
    assert status(three | {"items": 3}, "x", "y", "z", awards=awards) == "not-met"
    late = [
        *awards[2:],
        *(award | {"award": key} for award, key in zip(awards[:2], "vw", strict=True)),
    ]
    last = {"items": 3, "of": [{"award": "r"}, {"award": "v"}, {"award": "w"}]}
    assert status(last, "x", "y", "z", awards=late) == "not-met"
    assert status(last | {"items": 2}, "x", "y", "z", awards=late) == "met"
    looks = {"items": 2, "of": [{"award": "p"}, {"award": "q"}], "use": "overlay"}
    assert status({"all": ["x", looks]}, "x", "y", "z", awards=awards) == "met"


def test_of_an_award_that_was_made_twice_the_one_counts_that_has_parts_of_its_own() -> None:
    old = {"id": "p1", "award": "p", "on": "2026-03-01", "counted": ["c0"]}
    new = {"id": "p2", "award": "p", "on": "2026-04-01", "counted": ["c1"]}
    other = {"id": "q1", "award": "q", "on": "2026-03-01", "counted": ["c0"]}
    both = {"all": [{"award": "p"}, {"award": "q"}]}
    assert status(both, "x", "y", awards=[old, other]) == "not-met"
    assert status(both, "x", "y", awards=[old, new, other]) == "met"
    assert status(both, "x", "y", awards=[old, new | {"counted": ["c0", "c1"]}, other]) == "not-met"


def test_a_tight_no_is_seen_in_few_decisions() -> None:
    spent = 0
    for seed in range(40):
        instance = plant(seed, "credits")
        budget = Budget(200)
        encode(instance.gate, instance.candidates, HELD).solve(budget)
        spent += 200 - budget.left
    assert spent <= 100
