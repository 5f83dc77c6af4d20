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
        (
            {"credits": 9, "caps": [{"at_most": {"credits": 5}, "where": {"color": "red"}}]},
            [RED, PLAIN],
            "5/5 credits met",
        ),
        (
            {"items": 2, "of_which": [{"mean": 60, "where": {"color": "red"}}]},
            [fact("a", color="blue", grade=10), fact("r", color="red", grade=61)],
            "61.0000/60 grade met",
        ),
        ({"items": 1, "of_which": [{"mean": 60}]}, [PLAIN], "0/60 grade not-met"),
        ({"items": 2, "of_which": [{"at_most": {"credits": 5}}]},
         [RED, PLAIN | {"credit_kind": "us"}], "3/5 credits not-met"),
        ({"items": 2, "caps": [{"at_most": {"credits": 5}}]},
         [RED, PLAIN | {"credit_kind": "us"}], "3/5 credits not-met"),
        ({"items": 2, "of_which": [{"share": "1/2", "where": {"color": "red"}}]},
         [RED, PLAIN | {"credit_kind": "us"}], "3/1.5000 credits not-met"),
        ({"items": 1, "of_which": [{"mean": 60}]},
         [fact("x", grade=90) | {"credit_kind": "us"}], "0/60 grade not-met"),
        ({"items": 1, "of_which": [{"mean": 60, "where": {"color": "red"}}]},
         [BLUE], "60/60 grade met"),
        (
            {"items": 2, "of_which": [{"distinct": "area", "at_least": 2, "where":
                                       {"color": "red"}}]},
            [fact("x", area="p", color="red"), fact("y", area="q")],
            "1/2 values not-met",
        ),
        ({"items": 2, "window": {"within": {"days": 9}, "from": "started"}},
         [RED, BLUE], "0/1 yes not-met"),
        ({"items": 2, "of_which": [{"same": "area"}]},
         [fact("x", area="p"), fact("y", area="q")], "0/1 yes not-met"),
        ({"items": 0, "window": {"within": {"days": 9}}}, [], "1/1 yes met"),
    ],
)  # fmt: skip
def test_a_clause_says_how_much_there_is_of_how_much(
    rule: dict[str, Any], facts: list[dict[str, Any]], said: str
) -> None:
    clause = clause_of(at(rule, record(*facts)))
    have, need = (str(value) for value in (clause.have, clause.need))
    assert f"{have}/{need} {clause.unit} {clause.status.value}" == said


def test_credits_under_either_of_two_caps_are_cut_by_both() -> None:
    caps = [{"id": f"{key}-cap", "at_most": {"credits": 3}, "where": {key: True}} for key in "ab"]
    facts = fact("x", a=True, credits=6), fact("y", b=True, credits=6), fact("z", credits=1)
    known = record(*(f | {"attributes": {"a": False, "b": False} | f["attributes"]} for f in facts))
    assert at({"credits": 8, "caps": caps}, known).have == Decimal(7)
    assert at({"credits": 7, "caps": caps}, known).status.value == "met"


TWO = [{"id": "a", "items": 1, "of": ["x", "y"]}, {"id": "b", "items": 1, "of": ["x", "z"]}]


def test_sharing_says_how_many_items_are_shared() -> None:
    rule = {"all": TWO, SHARING: [{"between": ["a", "b"], "at_most": {"items": 2}}]}
    clause = clause_of(at(rule, record(fact("x"))))
    assert (clause.have, clause.need, clause.unit) == (Decimal(1), Decimal(2), "items")
    rule[SHARING] = [{"between": ["a", "b"], "at_most": {"credits": 3}}]
    clause = clause_of(at(rule, record(fact("x"))))
    assert (clause.have, clause.need) == (Decimal(1), Decimal(1))


def test_what_is_looked_at_is_not_shared() -> None:
    seen = {"id": "b", "items": 1, "of": ["x"], "use": "overlay"}
    rule = {"all": [TWO[0], seen], SHARING: [{"between": ["a", "b"], "at_most": {"items": 0}}]}
    found = at(rule, record(fact("x")))
    assert (found.status.value, clause_of(found).have) == ("met", Decimal(0))


def test_once_takes_the_item_that_counts_most_often() -> None:
    more = {"id": "c", "items": 1, "of": ["w"]}
    rule = {"all": [*TWO, more], "once": {"times": 3}}
    assert clause_of(at(rule, record(fact("x"), fact("w")))).have == Decimal(2)
    assert clause_of(at(rule, record())).have == Decimal(0)


def test_an_order_that_is_broken_by_one_of_several_does_not_hold() -> None:
    before = {"id": "a", "items": 2, "of": ["x", "y"]}
    after = {"id": "b", "items": 2, "of": ["z", "w"], "after": {"of": "a", "id": "order"}}
    x, y = fact("x", on="2026-01-01"), fact("y", on="2026-02-02")

    def order(*starts: str) -> str:
        pairs = zip(("z", "w"), starts, strict=True)
        later = [fact(key, started=start, on="2026-05-01") for key, start in pairs]
        found = at({"all": [before, after]}, record(x, y, *later))
        clause = clause_of(found.children[1])
        return f"{found.status.value} {clause.have}/{clause.need}"

    assert order("2026-02-02", "2026-03-01") == "met 1/1"
    assert order("2026-02-01", "2026-03-01") == "not-met 0/1"
    assert order("2026-02-01", "2026-02-01") == "not-met 0/1"


def test_once_says_in_how_many_places_an_item_counts_overlays_apart() -> None:
    seen = {"id": "o", "items": 1, "of": ["x"], "use": "overlay"}
    rule = {"all": [*TWO, seen], "once": {"times": 3}}
    clause = clause_of(at(rule, record(fact("x"))))
    assert (clause.have, clause.need, clause.unit) == (Decimal(2), Decimal(3), "places")
