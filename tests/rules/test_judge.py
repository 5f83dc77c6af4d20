"""How far each clause is met is said in numbers that a person can check."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from stacking_rules import ClauseProgress, LearnerRecord, Progress, parse_record
from tests.rules.helpers import at

SHARING = "share"
"""What the clause between two requirements is called."""


def record(*facts: dict[str, Any]) -> LearnerRecord:
    usual = {"on": "2026-02-01", "credits": 3}
    return parse_record({"completions": [usual | {"id": f["achievement"]} | f for f in facts]})


def fact(achievement: str, **attributes: Any) -> dict[str, Any]:
    own = ("on", "credits", "grade", "started", "valid_until")
    fields = {name: attributes.pop(name) for name in own if name in attributes}
    return {"achievement": achievement, "attributes": attributes, **fields}


def clause_of(found: Progress) -> ClauseProgress:
    (clause,) = found.clauses
    return clause


RED, BLUE, PLAIN = fact("r", color="red"), fact("b", color="blue"), fact("p")


@pytest.mark.parametrize(
    ("rule", "facts", "said"),
    [
        ({"items": 2, "best": 2}, [RED, BLUE], "2/2 items met"),
        (
            {"credits": 6, "caps": [{"at_most": {"credits": 4}, "where": {"color": "red"}}]},
            [fact("r", color="red", credits=6), BLUE],
            "4/4 credits met",
        ),
        (
            {"credits": 6, "caps": [{"at_most": {"credits": 4}, "where": {"color": "red"}}]},
            [RED, BLUE],
            "3/4 credits met",
        ),
        (
            {"items": 2, "of_which": [{"credits": 4, "where": {"color": "red"}}]},
            [fact("r", color="red", credits=5), BLUE],
            "5/4 credits met",
        ),
        (
            {"items": 2, "of_which": [{"at_most": {"items": 1}, "where": {"color": "red"}}]},
            [RED, BLUE],
            "1/1 items met",
        ),
        (
            {"credits": 9, "of_which": [{"share": "1/3", "where": {"color": "red"}}]},
            [fact("r", color="red", credits=4), fact("b", color="blue", credits=6)],
            "4/3.3333 credits met",
        ),
        (
            {"items": 2, "of_which": [{"mean": 60}]},
            [fact("x", grade=60, credits=1), fact("y", grade=70, credits=2)],
            "66.6667/60 grade met",
        ),
        (
            {"items": 2, "of_which": [{"mean": 60, "weight": "items"}]},
            [fact("x", grade=60, credits=1), fact("y", grade=70, credits=2)],
            "65.0000/60 grade met",
        ),
        (
            {"items": 2, "of_which": [{"distinct": "area", "at_least": 2}]},
            [fact("x", area=["p", "q"]), fact("y", area=["p"])],
            "2/2 values met",
        ),
        ({"items": 2, "of_which": [{"same": "area"}]},
         [fact("x", area="p"), fact("y", area=["q", "p"])], "1/1 yes met"),
        ({"items": 2, "together": True}, [RED, BLUE], "1/1 yes met"),
        ({"items": 2, "bundles": [{"of": ["r", "b"]}]}, [RED, BLUE], "1/1 yes met"),
        ({"items": 2, "window": {"within": {"days": 9}}}, [RED, BLUE], "1/1 yes met"),
        ({"items": 0, "best": 3}, [], "0/3 items met"),
        ({"items": 0, "window": {"within": {"days": 9}}}, [], "1/1 yes met"),
    ],
)  # fmt: skip
def test_a_clause_says_how_much_there_is_of_how_much(
    rule: dict[str, Any], facts: list[dict[str, Any]], said: str
) -> None:
    clause = clause_of(at(rule, record(*facts)))
    have, need = (str(value) for value in (clause.have, clause.need))
    assert f"{have}/{need} {clause.unit} {clause.status.value}" == said


TWO = [{"id": "a", "items": 1, "of": ["x", "y"]}, {"id": "b", "items": 1, "of": ["x", "z"]}]


def test_sharing_says_how_many_items_are_shared() -> None:
    rule = {"all": TWO, SHARING: [{"between": ["a", "b"], "at_most": {"items": 2}}]}
    clause = clause_of(at(rule, record(fact("x"))))
    assert (clause.have, clause.need, clause.unit) == (Decimal(1), Decimal(2), "items")
    rule[SHARING] = [{"between": ["a", "b"], "at_most": {"credits": 3}}]
    clause = clause_of(at(rule, record(fact("x"))))
    assert (clause.have, clause.need) == (Decimal(1), Decimal(1))


def test_once_says_in_how_many_places_an_item_counts_overlays_apart() -> None:
    seen = {"id": "o", "items": 1, "of": ["x"], "use": "overlay"}
    rule = {"all": [*TWO, seen], "once": {"times": 3}}
    clause = clause_of(at(rule, record(fact("x"))))
    assert (clause.have, clause.need, clause.unit) == (Decimal(2), Decimal(3), "places")
