"""The paths of a stack, and the short question: it gets the answer of the long one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from stacking_rules import Question, Status, evaluate, parse_record, parse_stack
from stacking_rules.allocate import Budget
from stacking_rules.evaluate import inquire, meets
from stacking_rules.search import solve
from tests.rules.helpers import NOW, TODAY

END = date(2026, 6, 1)
"""The first day on which the learner's award is no longer valid."""
KEPT = {"requires": "first", "renewal": {"requires": "again"}}
X, AGAIN, FIRST = (
    {"id": key, "achievement": key, "on": "2026-02-01", "credits": 3}
    for key in ("x", "again", "first")
)


def award(key: str = "s", on: str = "2025-06-01", **more: Any) -> dict[str, Any]:
    return {"id": f"{key}@{on}", "award": key, "on": on, **more}


HELD = award(valid_until=END.isoformat())


def answer(stack: dict[str, Any], record: dict[str, Any], as_of: date = TODAY) -> tuple[str, str]:
    """Return path and status; the short question has to agree."""
    known = parse_stack({"key": "s", **stack})
    facts = parse_record(record)
    found = evaluate(known, facts, as_of=as_of, known_on=NOW)
    assert meets(known, facts, as_of=as_of, known_on=NOW) is (found.status is Status.MET)
    assert inquire(known, facts, as_of=as_of, known_on=NOW).progress == found
    return found.address, found.status.value


@pytest.mark.parametrize(
    ("facts", "days", "expected"),
    [
        ([AGAIN], -1, ("/renewal", "met")),
        ([AGAIN], 0, ("/renewal", "met")),
        ([FIRST], -1, ("/renewal", "not-met")),
        ([FIRST], 0, ("/", "met")),
        ([X], -1, ("/renewal", "not-met")),
        ([X], 0, ("/", "not-met")),
    ],
)
def test_who_holds_the_award_renews_it_and_afterwards_may_begin_again(
    facts: list[dict[str, Any]], days: int, expected: tuple[str, str]
) -> None:
    record = {"completions": facts, "awards": [HELD]}
    assert answer(KEPT, record, END + timedelta(days=days)) == expected


def test_the_path_of_renewal_is_for_holders_of_an_award_that_ends() -> None:
    assert answer(KEPT, {"completions": [AGAIN]}) == ("/", "not-met")
    assert answer(KEPT, {"completions": [AGAIN], "awards": [award()]}) == ("/", "not-met")
    other = award("t", valid_until="2027-06-01")
    assert answer(KEPT, {"completions": [AGAIN], "awards": [other]}) == ("/", "not-met")
    assert answer({"requires": "x"}, {"completions": [X], "awards": [HELD]}) == ("/", "met")


def test_the_latest_award_says_when_it_ends() -> None:
    newer = award(on="2025-07-01", valid_until="2027-01-01")
    older = award(on="2025-05-01", valid_until="2026-01-01")
    for awards in ([newer, older], [older, newer]):
        record = {"completions": [FIRST], "awards": awards}
        assert answer(KEPT, record) == ("/renewal", "not-met")


def waiver(at: str, **more: Any) -> dict[str, Any]:
    said = {"stack": "s", "author": "R", "reason": "S", "from": "2026-05-01"}
    return {"kind": "waive", "at": at, **said, **more}


def test_an_exception_changes_the_path_that_it_names() -> None:
    both = {"requires": {"all": ["x", "z"]}, "renewal": {"requires": "again"}}
    record: dict[str, Any] = {"completions": [X], "waivers": [waiver("/z")]}
    assert answer(both, record) == ("/", "met")
    assert answer(both, record | {"waivers": [waiver("/x")]}) == ("/", "not-met")
    assert answer(both, record | {"awards": [HELD]}, END) == ("/", "met")


@pytest.mark.parametrize(
    ("rule", "record", "status"),
    [
        ({"none": ["y"]}, {"completions": [X]}, "met"),
        ({"none": ["x"]}, {"completions": [X]}, "not-met"),
        ({"at_most": {"items": 1}}, {"completions": [X]}, "met"),
        ({"at_most": {"items": 1}}, {"completions": [X, FIRST]}, "not-met"),
        ({"learner": {"job": "nurse"}}, {"learner": {"attributes": {"job": "nurse"}}}, "met"),
        ({"learner": {"job": "nurse"}}, {}, "unknown"),
        ({"all": ["x", {"learner": {"job": "nurse"}}]}, {"completions": [X]}, "unknown"),
        ({"all": ["x", {"none": ["y"]}]}, {"completions": [X]}, "met"),
        ({"all": ["x", {"none": ["y"]}]}, {"completions": []}, "not-met"),
        ({"completed": "x", "grade": 50}, {"completions": [X]}, "unknown"),
        ({"items": 2, "best": 1}, {"completions": [X, FIRST]}, "not-met"),
        ({"items": 1, "best": 1}, {"completions": [X, FIRST]}, "met"),
        ({"if": "x", "then": "first"}, {"completions": [X]}, "not-met"),
        ({"if": "x", "then": "first"}, {"completions": [X, FIRST]}, "met"),
        ({"items": 2, "of": [{"award": "p"}, {"award": "q"}]},
         {"completions": [X], "awards": [award("p", counted=["x"]), award("q", counted=["x"])]},
         "not-met"),
        ({"items": 2, "of": [{"award": "p"}, {"award": "q"}]},
         {"completions": [X], "awards": [award("p", counted=["x"]), award("q")]}, "met"),
    ],
)  # fmt: skip
def test_the_short_question_gets_the_same_answer(
    rule: object, record: dict[str, Any], status: str
) -> None:
    assert answer({"requires": rule}, record) == ("/", status)


def test_what_is_planned_counts_in_an_outlook_and_nowhere_else() -> None:
    stack = parse_stack({"key": "s", "requires": "x"})
    planned = parse_record({"completions": [X | {"state": "planned"}]})
    assert answer({"requires": "x"}, {"completions": [X | {"state": "planned"}]})[1] == "not-met"
    outlook = evaluate(stack, planned, as_of=TODAY, known_on=NOW, is_optimistic=True)
    assert outlook.status is Status.MET


def test_a_wish_is_heard_for_the_stack_that_it_names() -> None:
    rule = {"all": [{"id": "a", "any": ["x", "again"]}, {"id": "b", "any": ["x", "first"]}]}
    stack = parse_stack({"key": "s", "requires": rule})
    counted = {}
    for key in ("s", "t"):
        pins = [{"stack": key, "at": "/a", "fact": "x"}]
        record = parse_record({"completions": [X, AGAIN, FIRST], "pins": pins})
        found = evaluate(stack, record, as_of=TODAY, known_on=NOW)
        counted[key] = {fact.id for node in found.walk() for fact in node.counted}
    assert counted == {"s": {"x", "first"}, "t": {"again", "first"}}


def test_where_the_search_stops_nothing_is_met_and_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("stacking_rules.allocate.Budget", lambda: Budget(0))
    facts = [FIRST, AGAIN, X | {"credits": "2.5"}]
    pools = [{"id": name, "credits": 4, "of": ["x", "again", "first"]} for name in "ab"]
    record: dict[str, Any] = {"completions": facts}
    assert answer({"requires": {"all": pools}}, record) == ("/", "not-decided")
    limited = [pool | {"best": 2} for pool in pools]
    assert answer({"requires": {"all": limited}}, record) == ("/", "not-decided")

    def asked(question: Question) -> list[bool] | None:
        return solve(question.size, question.conditions, fixed=question.fixed)

    stack = parse_stack({"key": "s", "requires": {"all": pools}})
    known = parse_record(record)
    found = evaluate(stack, known, as_of=TODAY, known_on=NOW, solver=asked)
    assert found.status is Status.NOT_MET
