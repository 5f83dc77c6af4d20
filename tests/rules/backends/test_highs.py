"""HiGHS decides as the built-in search does, and what it gets wrong does not get through."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, time
from decimal import Decimal
from itertools import product
from random import Random
from typing import Any

import pytest

from benchmarks.planted import HELD, plant
from stacking_rules import Status, certify, evaluate, parse_record, parse_stack
from stacking_rules.encode import encode
from stacking_rules.problems import Problem
from stacking_rules.search import (
    Budget,
    Condition,
    SearchExhaustedError,
    at_least,
    at_most,
    holds,
    solve,
)
from stacking_rules.solving import Question
from tests.rules.random_rules import AS_OF, Draw

highs = pytest.importorskip("stacking_rules.backends.highs", reason="it needs the extra 'solver'")

WHEN: dict[str, Any] = {"as_of": AS_OF, "known_on": datetime.combine(AS_OF, time.max, UTC)}


def tight(random: Random, unit: int = 1) -> Question:
    """Return a question around which the answer turns: every need is what some choice reaches."""
    size = random.randint(2, 14)
    planted = [random.random() < 0.5 for _ in range(size)]
    conditions = []
    for _ in range(random.randint(1, 10)):
        terms = [
            (choice, random.choice((-1, 1)) * random.randint(1, 9) * unit + random.randint(-1, 1))
            for choice in random.sample(range(size), random.randint(1, size))
        ]
        reached = sum(amount for choice, amount in terms if planted[choice])
        conditions.append(at_least(terms, reached + random.choice((0, 0, 0, 1))))
    return Question(size, conditions)


def is_possible(question: Question) -> bool:
    return solve(question.size, question.conditions) is not None


def by_highs(question: Question, **limits: Any) -> bool | None:
    try:
        taken = highs.decide(question, **limits)
    except SearchExhaustedError:
        return None
    assert taken is None or question.is_answered_by(taken)
    return taken is not None


@pytest.mark.parametrize("shard", range(4))
def test_it_agrees_with_the_search_on_small_numbers(shard: int) -> None:
    answers: Counter[bool] = Counter()
    for seed in range(shard, 2_000, 4):
        question = tight(Random(seed))
        answers[is_possible(question)] += 1
        assert by_highs(question) is is_possible(question), seed
    assert min(answers[True], answers[False]) > 100


@pytest.mark.parametrize("digits", [3, 6, 9, 12, 15, 20, 320])
def test_it_is_never_wrong_on_large_numbers(digits: int) -> None:
    answers: Counter[bool | None] = Counter()
    for seed in range(300):
        question = tight(Random(seed), 10**digits)
        answer = by_highs(question)
        answers[answer] += 1
        assert answer in (is_possible(question), None), seed
    assert answers[None] < 90
    assert answers[True]
    assert answers[False]


def test_numbers_that_differ_by_one_in_a_million_million_are_told_apart_or_left_open() -> None:
    large = 10**12
    for surplus in range(-3, 4):
        pair = [at_least([(0, large + 1), (1, large)], large + 1 + surplus), at_most([(0, 1)], 0)]
        question = Question(2, [*pair, at_most([(0, 1), (1, 1)], 1)])
        assert by_highs(question) in (is_possible(question), None)


def test_a_condition_made_smaller_still_lets_everything_pass() -> None:
    random = Random(1)
    for _ in range(300):
        size = random.randint(1, 5)
        terms = [(choice, random.randint(-(10**7), 10**7) or 1) for choice in range(size)]
        condition = at_least(terms, random.randint(-(10**7), 10**7))
        for most in (10**12, 10**5, 20):
            choices, amounts, low = highs._row(condition, most)
            assert sum(map(abs, amounts)) <= most + size
            for taken in product((False, True), repeat=size):
                if holds(condition, taken):
                    reached = [a for c, a in zip(choices, amounts, strict=True) if taken[c]]
                    assert sum(reached) >= low + 0.5


def question_of(seed: int) -> tuple[Problem, bool]:
    """Return a planted problem that asks HiGHS at once, and what the search says."""
    instance = plant(seed, "bound")
    alone = encode(instance.gate, instance.candidates, HELD)
    asking = encode(instance.gate, instance.candidates, replace(HELD, solver=highs.decide))
    return asking, alone.solve(Budget()) is not None


@pytest.mark.parametrize("seed", [*range(40), 60, 821])
def test_planted_caps_means_and_budgets_are_decided_as_by_the_search(seed: int) -> None:
    # Presolve alone fails on number 60 and calls number 821, which is possible, impossible.
    problem, answer = question_of(seed)
    found = problem.solve(Budget(0))
    assert (found is not None) is answer
    assert found is None or all(holds(condition, found) for condition in problem.conditions)


@pytest.mark.parametrize("shard", range(4))
def test_the_whole_language_is_decided_as_by_the_search(
    shard: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = []
    for seed in range(shard, 400, 4):
        case = Draw(seed)
        stack = parse_stack(case.stack)
        exact = json.loads(json.dumps(case.record), parse_float=Decimal)
        record = parse_record(exact, stack.definitions)
        cases.append((stack, record, evaluate(stack, record, **WHEN)))
    monkeypatch.setattr("stacking_rules.allocate.Budget", lambda: Budget(0))
    for stack, record, expected in cases:
        found = evaluate(stack, record, **WHEN, solver=highs.decide)
        assert found.status is expected.status, stack
        if found.status is Status.MET:
            assert found == expected, "the published order of ties holds"


def test_the_least_sum_is_found_and_nothing_less_is_possible() -> None:
    for seed in range(100):
        random = Random(seed)
        question = tight(random)
        prices = [(choice, random.randint(0, 9) * 10**6) for choice in range(question.size)]
        taken = highs.decide(replace(question, least=prices))
        if taken is not None:
            cost = sum(price for choice, price in prices if taken[choice])
            cheaper: Condition = at_most(prices, cost - 1)
            assert solve(question.size, [*question.conditions, cheaper]) is None


def test_fixed_choices_are_kept() -> None:
    one_of_two = [at_least([(0, 1), (1, 1)], 1), at_most([(0, 1), (1, 1)], 1)]
    for fixed in ([(0, True)], [(0, False)], [(1, True)], [(0, True), (1, False)]):
        taken = highs.decide(Question(2, one_of_two, fixed))
        assert taken is not None
        assert all(taken[choice] is value for choice, value in fixed)
    assert highs.decide(Question(2, one_of_two, [(0, True), (1, True)])) is None


def test_at_its_limit_of_time_it_says_so() -> None:
    problem, _ = question_of(821)
    question = Question(len(problem.ranks), problem.conditions)
    with pytest.raises(SearchExhaustedError):
        highs.decide(question, seconds=0.0)


def test_one_run_alone_is_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    impossible = Question(2, [at_least([(0, 1)], 1), at_most([(0, 1)], 0), at_most([(1, 1)], 1)])
    assert highs.decide(impossible) is None
    monkeypatch.setattr(highs, "LOOSE", 1)
    loose = Question(2, [at_least([(0, 3), (1, 3)], 5), at_most([(0, 2), (1, 2)], 3)])
    assert solve(2, loose.conditions) is None
    with pytest.raises(SearchExhaustedError):
        highs.decide(loose)


def test_it_writes_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    for seed in range(20):
        by_highs(tight(Random(seed)))
    assert capfd.readouterr() == ("", "")


def test_several_threads_may_ask_at_once() -> None:
    questions = [tight(Random(seed)) for seed in range(200)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(by_highs, questions)) == [is_possible(q) for q in questions]


def test_a_no_that_rests_on_the_solver_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    needs = [{"id": name, "credits": 4, "of": ["x", "y", "z"]} for name in "ab"]
    stack = parse_stack({"key": "award", "requires": {"all": needs}})
    done = [
        {"id": key, "achievement": key, "on": "2026-01-10", "credits": amount}
        for key, amount in (("x", 3), ("y", 2), ("z", "3.5"))
    ]
    record = parse_record({"completions": done}, stack.definitions)
    kinds = {}
    for decisions in (5_000, 0):
        monkeypatch.setattr("stacking_rules.relax.DECISIONS", decisions)
        certificate = certify(stack, record, **WHEN, solver=highs.decide)
        assert certificate is not None
        assert certificate.together == ("/a", "/b")
        kinds[decisions] = certificate.kind
    assert kinds == {5_000: "search", 0: "solver"}
    alone = certify(stack, record, **WHEN)
    assert alone is not None
    assert alone.kind == "open"
