"""Every requirement and clause has a message: a key and values, never words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from stacking_rules import LearnerRecord, Message, explain, parse_record
from tests.rules.helpers import at, done, has

NONE = LearnerRecord()


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        ("x", "completed.not-met"),
        ({"completed": "x", "grade": 60}, "completed.graded.not-met"),
        ({"award": "w"}, "earned.not-met"),
        ({"attested": "t"}, "attested.not-met"),
        ({"all": ["x"]}, "all.not-met"),
        ({"any": ["x"]}, "any.not-met"),
        ({"at_least": 1, "of": ["x"]}, "at-least.not-met"),
        ({"none": ["x"]}, "none.met"),
        ({"at_most": {"items": 1}}, "limit.met"),
        ({"learner": {"job": "nurse"}}, "learner.unknown"),
        ({"if": "x", "then": "y"}, "choice.met"),
        ({"credits": 5}, "credits.not-met"),
        ({"points": 5}, "points.not-met"),
        ({"items": 5}, "items.not-met"),
    ],
)
def test_the_key_names_kind_and_status(rule: object, key: str) -> None:
    assert explain(at(rule, NONE))["/"].key == key


def test_the_values_say_what_there_is_and_what_is_missing() -> None:
    rule = {"id": "top", "title": "Core", "all": [{"completed": "x", "grade": 60}, "y", "z"]}
    said = explain(at(rule, has(done("x"), done("y"))))
    assert said["/"] == Message(
        "all.not-met",
        {"have": Decimal(1), "need": Decimal(3), "missing": Decimal(2), "title": "Core",
         "parts": 3, "unknown": 1},
    )  # fmt: skip
    assert said["/x"] == Message(
        "completed.graded.unknown",
        {"have": Decimal(0), "need": Decimal(1), "missing": Decimal(1), "title": "",
         "achievement": "x", "grade": Decimal(60), "scale": "0-100"},
    )  # fmt: skip
    amount = explain(at({"credits": 9, "grade": 50}, has(done("x", 60))))["/"]
    assert amount.values == {
        "have": Decimal(5), "need": Decimal(9), "missing": Decimal(4), "title": "",
        "grade": Decimal(50), "scale": "0-100",
    }  # fmt: skip
    assert explain(at({"none": ["x", "y"]}, NONE))["/"].values["parts"] == 2
    for rule in ({"award": "w"}, {"attested": "w"}):
        assert explain(at(rule, NONE))["/"].values["achievement"] == "w"


def test_a_clause_has_a_message_at_its_own_address() -> None:
    rule = {"items": 1, "best": 2}
    said = explain(at(rule, has("x")))
    assert said["/best"] == Message(
        "clause.best.met", {"have": Decimal(1), "need": Decimal(2), "unit": "items"}
    )
    assert list(said) == ["/", "/best"]


def test_what_is_met_by_exception_says_so() -> None:
    waiver: dict[str, Any] = {"kind": "waive", "stack": "award", "author": "R", "reason": "S"}
    record = parse_record({"waivers": [waiver | {"from": "2026-01-01"}]})
    assert explain(at({"all": ["x"]}, record))["/"].key == "waived.met"


def test_what_was_said_once_is_said_again_and_belongs_to_whoever_asked() -> None:
    progress = at({"all": ["x", "y"]}, has("x"))
    first = explain(progress)
    first.clear()
    assert list(explain(progress)) == ["/", "/x", "/y"]
    assert progress == at({"all": ["x", "y"]}, has("x"))
