"""What is asked of everything that a learner has, whether it counts or not: limits, means, days."""

from __future__ import annotations

from typing import Any

import pytest

from stacking_rules import ClauseProgress, Progress, evaluate, parse_record, parse_stack
from tests.rules.helpers import NOW, TODAY


def found(rule: object, *facts: dict[str, Any], **record: Any) -> Progress:
    usual = {"on": "2026-02-01", "credits": 3}
    named = [usual | {"id": f"c{number}"} | fact for number, fact in enumerate(facts)]
    stack = parse_stack({"key": "s", "requires": rule})
    known = parse_record({"completions": named, **record})
    return evaluate(stack, known, as_of=TODAY, known_on=NOW)


def said(progress: Progress | ClauseProgress) -> str:
    return f"{progress.have}/{progress.need} {progress.unit} {progress.status.value}"


def clause(rule: object, *facts: dict[str, Any]) -> str:
    (only,) = found(rule, *facts).clauses
    return said(only)


def fact(achievement: str, credits: object = 3, **more: Any) -> dict[str, Any]:
    return {"achievement": achievement, "credits": credits, **more}


def red(achievement: str, credits: object = 3, **more: Any) -> dict[str, Any]:
    return fact(achievement, credits, attributes={"color": "red"}, **more)


def blue(achievement: str, credits: object = 3, **more: Any) -> dict[str, Any]:
    return fact(achievement, credits, attributes={"color": "blue"}, **more)


FIVE: dict[str, Any] = {"at_most": {"credits": 5}, "where": {"color": "red"}}


@pytest.mark.parametrize(
    ("facts", "answer"),
    [
        ([], "0/5 credits met"),
        ([red("x", 5)], "5/5 credits met"),
        ([red("x", 5), blue("y", 9)], "5/5 credits met"),
        ([red("x", "2.5"), red("y", "2.6")], "5.1/5 credits not-met"),
        ([blue("y"), red("x", 6)], "6/5 credits not-met"),
        ([fact("p"), red("x", 6)], "6/5 credits not-met"),
        ([red("x", 2), fact("p", 3)], "2/5 credits met"),
        ([red("x", 2), fact("p", 4)], "2/5 credits unknown"),
        ([red("x", 5), fact("p", 1)], "5/5 credits unknown"),
        ([fact("p", 3), fact("q", 3)], "0/5 credits unknown"),
    ],
)
def test_a_limit_is_broken_by_what_is_sure_and_open_while_the_rest_could_break_it(
    facts: list[dict[str, Any]], answer: str
) -> None:
    assert said(found(FIVE, *facts)) == answer


def test_what_adds_nothing_cannot_break_a_limit_whatever_it_turns_out_to_be() -> None:
    assert said(found(FIVE, red("x", 5), fact("p", 0))) == "5/5 credits met"


def test_a_limit_takes_each_item_by_its_best_attempt() -> None:
    better, worse = red("x", 3, grade=80), red("x", 9, grade=40, on="2026-03-01")
    assert said(found(FIVE, better, worse)) == "3/5 credits met"
    assert said(found(FIVE, worse, better)) == "3/5 credits met"


def test_an_attempt_with_a_grade_is_better_than_one_without() -> None:
    failed, open_one = red("x", 9, grade=0), red("x", 3, on="2026-03-01")
    assert said(found(FIVE, failed, open_one)) == "9/5 credits not-met"
    assert said(found(FIVE, open_one, failed)) == "9/5 credits not-met"


def test_a_limit_of_points_knows_nothing_of_who_has_no_grade_in_hundreds() -> None:
    rule = {"at_most": {"points": 50}}
    assert said(found(rule, fact("x", grade=50))) == "50/50 points met"
    assert said(found(rule, fact("x", grade="50.5"))) == "50.5/50 points not-met"
    assert said(found(rule, fact("x"))) == "0/50 points unknown"
    assert said(found(rule, fact("x", grade=3, scale="1-5"))) == "0/50 points unknown"


MEAN: dict[str, Any] = {"mean": 70, "over": "attempted"}


def mean(*facts: dict[str, Any], **more: Any) -> str:
    return clause({"items": 0, "of_which": [MEAN | more]}, *facts)


def test_a_mean_over_attempts_takes_every_attempt_by_its_weight() -> None:
    assert mean(fact("x", 2, grade=80), fact("y", 4, grade=65)) == "70.0000/70 grade met"
    assert mean(fact("x", 1, grade=60), fact("y", 2, grade=70)) == "66.6667/70 grade not-met"
    again = fact("x", 3, grade=50, on="2026-03-01")
    assert mean(fact("x", 3, grade=80), again) == "65.0000/70 grade not-met"
    alike = mean(fact("x", 1, grade=60), fact("y", 2, grade=81), weight="items")
    assert alike == "70.5000/70 grade met"


def test_a_mean_of_nothing_stands_at_its_target() -> None:
    assert mean() == "70/70 grade met"
    assert mean(fact("x", 0, grade=10)) == "70/70 grade met"


def test_a_mean_over_attempts_is_open_while_a_grade_or_its_place_is_not_known() -> None:
    high, low = red("x", grade=90), red("y", grade=20)
    assert mean(fact("o"), high) == "90.0000/70 grade unknown"
    assert mean(fact("o"), fact("l", grade=20)) == "20.0000/70 grade unknown"
    only = {"where": {"color": "red"}}
    assert mean(blue("b", grade=1), high, **only) == "90.0000/70 grade met"
    assert mean(blue("b", grade=99), low, **only) == "20.0000/70 grade not-met"
    assert mean(fact("p", grade=99), high, **only) == "90.0000/70 grade unknown"
    assert mean(red("o"), high, **only) == "90.0000/70 grade unknown"
    assert mean(red("o", grade=3, scale="1-5"), high, **only) == "90.0000/70 grade unknown"


@pytest.mark.parametrize(
    ("period", "answer"),
    [
        ({"from": "2026-06-30"}, "1/1 yes met"),
        ({"from": "2026-07-01"}, "0/1 yes not-met"),
        ({"until": "2026-07-01"}, "1/1 yes met"),
        ({"until": "2026-06-30"}, "0/1 yes not-met"),
    ],
)
def test_a_requirement_is_open_from_its_first_day_and_before_its_last(
    period: dict[str, str], answer: str
) -> None:
    rule = {"items": 0, "open": period}
    assert clause(rule) == answer
    assert found(rule).status.value == answer.split()[-1]


def test_a_condition_on_the_learner_is_yes_or_no_or_not_known() -> None:
    rule = {"learner": {"job": "nurse"}}
    nurse, cook = ({"attributes": {"job": job}} for job in ("nurse", "cook"))
    assert said(found(rule, learner=nurse)) == "1/1 yes met"
    assert said(found(rule, learner=cook)) == "0/1 yes not-met"
    assert said(found(rule)) == "0/1 yes unknown"


def test_none_of_counts_what_is_surely_not_the_case() -> None:
    rule = {"none": ["x", {"completed": "y", "grade": 50}]}
    assert said(found(rule)) == "2/2 parts met"
    assert said(found(rule, fact("x"))) == "1/2 parts not-met"
    assert said(found(rule, fact("y"))) == "1/2 parts unknown"
    assert said(found(rule, fact("x"), fact("y"))) == "0/2 parts not-met"
