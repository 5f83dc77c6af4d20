"""A solver is asked where the search stops, and is believed only as far as it can be checked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from stacking_rules import (
    Decide,
    Network,
    Question,
    Status,
    next_change,
    parse_record,
    parse_stack,
    roll_up,
)
from stacking_rules.search import (
    Budget,
    Condition,
    SearchExhaustedError,
    Solver,
    at_least,
    at_most,
    solve,
)
from stacking_rules.solving import solve_or_ask
from tests.rules.helpers import TODAY

KNOWN_ON = datetime(2026, 12, 31, tzinfo=UTC)
WHEN: dict[str, Any] = {"as_of": TODAY, "known_on": KNOWN_ON}
TWO_OF_THREE = (
    at_least([(0, 1), (1, 1), (2, 1)], 2),
    at_most([(0, 1), (1, 1), (2, 1)], 2),
)
STACK = parse_stack(
    {
        "key": "award",
        "requires": {
            "all": [
                {"id": "a", "credits": 4, "of": ["x", "y", "z"]},
                {"id": "b", "credits": 4, "of": ["x", "y", "z"]},
            ]
        },
    }
)


def record_of(*amounts: str) -> Any:
    done = [
        {"id": key, "achievement": key, "on": "2026-01-10", "credits": amount}
        for key, amount in zip("xyz", amounts, strict=True)
    ]
    return parse_record({"completions": done}, STACK.definitions)


ENOUGH, TOO_LITTLE = record_of("2.5", "2", "4"), record_of("3", "1.5", "3.5")


def honest(question: Question) -> list[bool] | None:
    """A solver that decides as the search does, whatever that takes."""
    return solve(question.size, question.conditions, fixed=question.fixed)


@pytest.fixture
def no_decisions(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search stops at the first choice that does not follow by itself."""
    monkeypatch.setattr("stacking_rules.allocate.Budget", lambda: Budget(0))


def asked(decide: Decide, budget: Budget, more: Sequence[Condition] = ()) -> list[bool] | None:
    return solve_or_ask(Solver(3, TWO_OF_THREE), decide, budget, more=more)


def test_without_a_solver_the_search_says_that_it_stopped() -> None:
    with pytest.raises(SearchExhaustedError):
        solve_or_ask(Solver(3, TWO_OF_THREE), None, Budget(0))


def test_nobody_is_asked_while_the_search_decides() -> None:
    def never(_question: Question) -> list[bool] | None:
        raise AssertionError("there was no need to ask")

    budget = Budget(10)
    assert asked(never, budget) == [True, True, False]
    assert (budget.left, budget.asks) == (8, 1)


def test_the_solver_gets_the_whole_question() -> None:
    seen = []

    def note(question: Question) -> list[bool] | None:
        seen.append(question)
        return honest(question)

    more = [at_least([(2, 1)], 1), at_least([(1, 1), (0, 1)], 0)]
    found = solve_or_ask(
        Solver(3, TWO_OF_THREE), note, Budget(0), fixed=[(0, False)], more=more, least=[(2, 7)]
    )
    assert found == [False, True, True]
    assert seen == []
    found = solve_or_ask(Solver(3, TWO_OF_THREE), note, Budget(0), more=more[1:], least=[(2, 7)])
    assert found == [True, True, False]
    assert seen == [Question(3, (*TWO_OF_THREE, more[1]), (), [(2, 7)])]


def test_it_is_asked_as_often_as_the_budget_allows() -> None:
    budget = Budget(0, asks=2)
    assert asked(honest, budget) == asked(honest, budget) == [True, True, False]
    with pytest.raises(SearchExhaustedError):
        asked(honest, budget)


@pytest.mark.parametrize(
    "lie", [[True] * 3, [False] * 3, [True, False, True, False], [True]], ids=str
)
def test_what_is_no_solution_is_no_answer(lie: list[bool]) -> None:
    with pytest.raises(SearchExhaustedError):
        asked(lambda _: lie, Budget(0))


def test_a_solution_that_breaks_a_fixed_choice_is_none() -> None:
    question = Question(3, TWO_OF_THREE, fixed=[(0, False)])
    assert question.is_answered_by([False, True, True])
    assert not question.is_answered_by([True, True, False])


@pytest.mark.usefixtures("no_decisions")
def test_what_the_search_leaves_open_is_decided_through_the_solver() -> None:
    for record, status in ((ENOUGH, Status.MET), (TOO_LITTLE, Status.NOT_MET)):
        alone = roll_up([STACK], record, **WHEN)
        assert alone.progress["award"].status is Status.NOT_DECIDED
        assert not alone.new_awards
        found = roll_up([STACK], record, **WHEN, solver=honest)
        assert found.progress["award"].status is status
        assert [new.stack.key for new in found.new_awards] == ["award"] * (status is Status.MET)
        assert Network([STACK]).statuses(record, **WHEN, solver=honest) == {"award": status}
    assert next_change([STACK], "award", ENOUGH, **WHEN, solver=honest) is None


@pytest.mark.usefixtures("no_decisions")
@pytest.mark.parametrize("value", [True, False])
def test_a_lying_solver_never_leads_to_an_award(value: bool) -> None:
    def lie(question: Question) -> list[bool]:
        return [value] * question.size

    found = roll_up([STACK], TOO_LITTLE, **WHEN, solver=lie)
    assert found.progress["award"].status is Status.NOT_DECIDED
    assert not found.new_awards


@pytest.mark.usefixtures("no_decisions")
def test_the_published_order_of_ties_holds_whoever_found_the_first_solution() -> None:
    def last(question: Question) -> list[bool] | None:
        """Another solution than the search would find."""
        return solve(
            question.size, question.conditions, fixed=question.fixed, prefer=[False] * question.size
        )

    found = roll_up([STACK], ENOUGH, **WHEN, solver=last)
    assert found == roll_up([STACK], ENOUGH, **WHEN, solver=honest)
