"""The corners of the sweep: many thresholds, many states, nobody, wide sums, too many codes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np
import pytest

from stacking_rules import LimitExceededError, parse_document, parse_stack
from stacking_rules.cohort import tables
from stacking_rules.cohort.columns import Columns, Kind, OrderError
from stacking_rules.cohort.layout import WORD, Field, lay_out, scaled
from stacking_rules.cohort.plan import OPEN, Plan
from stacking_rules.cohort.states import MOST_STATES, NOTHING, Attempts, State
from tests.rules.cohort.test_cohort import done, has, stand

TODAY = date(2026, 6, 30)
AWARD = parse_stack({"key": "s", "requires": {"items": 2, "of": ["x", "y"]}})


def facts(some: Random, keys: str, count: int) -> list[dict[str, Any]]:
    return [
        done(
            some.choice(keys),
            grade=some.randint(0, 100),
            on=(TODAY - timedelta(days=some.randint(0, 700))).isoformat(),
        )
        for _ in range(count)
    ]


@pytest.mark.parametrize("grades", [range(20, 80, 30), range(10, 90, 4)])
@pytest.mark.parametrize("months", [(3,), tuple(range(1, 20))])
def test_grades_and_days_are_told_apart_by_runs(grades: range, months: tuple[int, ...]) -> None:
    some = Random(len(months) + len(grades))
    pairs = [(some.choice(grades), some.choice(months)) for _ in range(30)]
    parts = [
        {"id": f"p{n}", "items": 2, "of": list("abcd"), "grade": grade, "use": "overlay",
         "where": {"on": {"last": {"months": span}}}}
        for n, (grade, span) in enumerate(dict.fromkeys(pairs))
    ]  # fmt: skip
    stacks = [{"key": f"s{n}", "requires": part} for n, part in enumerate(parts)]
    records = [has(*facts(some, "abcde", 6)) for _ in range(20)]
    found = stand(parse_document({"quoin": 1, "stacks": stacks}), records)
    assert found.met.any()
    if len(months) == 1:
        assert found.alone == 0


def test_states_beyond_the_most_are_open() -> None:
    one, attempts = [State(1 << bit, 1) for bit in range(8)], Attempts()
    attempts.close(one)
    assert len(attempts.numbers) == MOST_STATES + 1
    everything = attempts.join(attempts.join(one[0], one[1]), State(0b1111_1100, 1))
    assert everything == State(0b1111_1111, 1, is_open=True)
    assert attempts.join(NOTHING, one[3]) == attempts.join(one[3], NOTHING) == one[3]


def test_fields_do_not_run_into_each_other() -> None:
    wanted = [Field(need, most) for need, most in ((3, 5), (1, 0), (40, 500), (1, 1), (9, 9))]
    fields = lay_out([*wanted, *wanted, Field(2**40, 2**41)])
    for field in fields:
        assert field.low + field.bits <= WORD
    taken = [
        (field.word, bit) for field in fields for bit in range(field.low, field.low + field.bits)
    ]
    assert len(taken) == len(set(taken))
    for field in (one for one in fields if one.most):
        for count in {0, field.need - 1, field.need, field.most} - {-1}:
            total = field.start + (count << field.low)
            assert total >> field.top & 1 == (count >= field.need)
            assert total >> (field.low + field.bits) == 0
    assert scaled(Decimal("2.5"), 1) == 3


def columns(starts: list[int], kind: list[int], **more: Any) -> Columns:
    zeros = np.zeros(len(kind), np.uint8)
    given: dict[str, Any] = {
        "starts": np.array(starts, np.int64),
        "kind": np.array(kind, np.uint8),
        "grade": zeros,
        "day": zeros,
        "kinds": [Kind("x"), Kind("y")],
        "grades": [None],
        "first_day": TODAY,
        "last_day": TODAY,
    }
    return Columns(**(given | more))


@pytest.mark.parametrize(
    ("starts", "kind", "met"),
    [
        ([0], [], []),
        ([0, 0, 0], [], [0, 0]),
        ([0, 2, 2, 4, 4], [0, 1, 0, 0], [1, 0, 0, 0]),
        ([0, 0, 2, 3, 5], [0, 1, 1, 0, 1], [0, 1, 0, 1]),
    ],
)
def test_learners_without_facts_stand_between_others(
    starts: list[int], kind: list[int], met: list[int]
) -> None:
    standings, left = Plan([AWARD], columns(starts, kind), as_of=TODAY).sweep()
    assert standings.column("s").tolist() == met
    assert not left.any()


@pytest.mark.parametrize(
    ("starts", "kind", "more"),
    [
        ([0, 2], [1, 0], {}),
        ([0, 2, 1], [0], {}),
        ([0, 3], [0, 1], {}),
        ([0, 1], [0], {"kinds": [Kind("x"), Kind("y"), Kind("x", credits=Decimal(1))]}),
    ],
)
def test_columns_out_of_order_are_refused(
    starts: list[int], kind: list[int], more: dict[str, Any]
) -> None:
    with pytest.raises(OrderError):
        columns(starts, kind, **more)


def test_facts_of_tomorrow_are_refused() -> None:
    with pytest.raises(OrderError):
        Plan([AWARD], columns([0, 1], [0]), as_of=TODAY - timedelta(days=1))


def test_with_too_many_codes_everybody_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_CODES", 1)
    _, left = Plan([AWARD], columns([0, 1, 1], [0]), as_of=TODAY).sweep()
    assert left.tolist() == [OPEN, OPEN]


def test_credits_that_no_word_can_hold_are_refused() -> None:
    stack = parse_stack({"key": "s", "requires": {"credits": 3, "of": ["x", "y"]}})
    worth = [Kind("x", credits=Decimal(10) ** 12), Kind("y", credits=Decimal("0.000001"))]
    with pytest.raises(LimitExceededError):
        Plan([stack], columns([0, 2], [0, 1], kinds=worth), as_of=TODAY)
