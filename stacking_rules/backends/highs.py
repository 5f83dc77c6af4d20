"""HiGHS decides what the built-in search stops at: it proposes, whole numbers dispose.

A solution counts only if every condition holds in whole numbers. "There is none" counts only if
two runs say so: one as HiGHS comes, and one without its presolve, over a model that is looser by
construction. The second is needed: of the 1,000 planted instances with caps, mean and budget,
presolve in HiGHS 1.16 calls 3 impossible that are possible (docs/decisions/0007).
"""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd, inf

import highspy

from stacking_rules.search import Condition, SearchExhaustedError
from stacking_rules.solving import Question

SECONDS = 1.0
"""The time that one run of HiGHS may take; a question takes two at most."""

EXACT, LOOSE = 10**12, 10**5
"""What the coefficients of a condition may add up to, in the first and in the second run.

HiGHS takes a choice for whole within 10**-6 of it, so a sum of 10**5 is off by 0.1 at most, and
every condition is posed with a margin of 1/2.
"""

Row = tuple[list[int], list[int], float]
"""The choices of a condition, their coefficients, and what these add up to at least."""


def decide(question: Question, *, seconds: float = SECONDS, threads: int = 1) -> list[bool] | None:
    """Return a solution of ``question``, or None where two runs find that there is none.

    ``seconds`` and ``threads`` limit each run; the seed is that of HiGHS, always the same.
    ``SearchExhaustedError`` where a limit is reached, what is proposed is no solution in whole
    numbers, or only one run says that there is none.
    """
    verdicts = set()
    for most, presolve in ((EXACT, "on"), (LOOSE, "off")):
        highs = _Silent()
        highs.setOptionValue("presolve", presolve)
        highs.setOptionValue("time_limit", seconds)
        highs.setOptionValue("threads", threads)
        highs.setOptionValue("mip_rel_gap", 0.0)
        highs.passModel(_model(question, most))
        highs.run()
        taken = [value > 0.5 for value in highs.getSolution().col_value]
        if question.is_answered_by(taken):
            return taken
        verdicts.add(highs.getModelStatus())
    if verdicts != {highspy.HighsModelStatus.kInfeasible}:
        raise SearchExhaustedError
    return None


class _Silent(highspy.Highs):
    """HiGHS that writes nothing: turning on its callbacks, as its constructor does, says hello."""

    def enableCallbacks(self) -> None:  # noqa: N802  -- their name
        self.silent()
        super().enableCallbacks()


def _model(question: Question, most: int) -> highspy.HighsLp:
    """Return a choice as a variable that is 0 or 1, and a condition as a row, half looser."""
    size, rows = question.size, [_row(condition, most) for condition in question.conditions]
    given = dict(question.fixed)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = size, len(rows)
    model.col_cost_ = _costs(question)
    model.col_lower_ = [float(given.get(choice, False)) for choice in range(size)]
    model.col_upper_ = [float(given.get(choice, True)) for choice in range(size)]
    model.integrality_ = [highspy.HighsVarType.kInteger] * size
    model.row_lower_ = [low for _, _, low in rows]
    model.row_upper_ = [inf] * len(rows)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = _starts(len(choices) for choices, _, _ in rows)
    model.a_matrix_.index_ = [choice for choices, _, _ in rows for choice in choices]
    model.a_matrix_.value_ = [float(amount) for _, amounts, _ in rows for amount in amounts]
    return model


def _row(condition: Condition, most: int) -> Row:
    """Return ``condition`` in smaller numbers that add up to about ``most``, and half looser.

    Divided by what all coefficients share it stays the same; divided by more and rounded up,
    everything that met it still does. The sum of whole numbers is below a need or reaches it,
    so half less refuses nothing, and admits nothing in whole numbers either.
    """
    shared = gcd(*(amount for _, amount in condition.terms)) or 1
    total = sum(abs(amount) for _, amount in condition.terms) // shared
    by = shared * max(1, -(-total // most))
    choices = [choice for choice, _ in condition.terms]
    amounts = [-(-amount // by) for _, amount in condition.terms]
    return choices, amounts, -(-condition.need // by) - 0.5


def _costs(question: Question) -> list[float]:
    shared = gcd(*(price for _, price in question.least)) or 1
    costs = [0.0] * question.size
    for choice, price in question.least:
        costs[choice] += price // shared
    return costs


def _starts(lengths: Iterable[int]) -> list[int]:
    found = [0]
    for length in lengths:
        found.append(found[-1] + length)
    return found
