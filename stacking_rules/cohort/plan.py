"""Many stacks over many learners: the sweep where sums decide, one by one where they do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from stacking_rules.cohort.bounding import bound
from stacking_rules.cohort.columns import Columns, OrderError
from stacking_rules.cohort.dividing import Dividing
from stacking_rules.cohort.formulas import Item
from stacking_rules.cohort.program import NEVER, Program, sums_of, write
from stacking_rules.cohort.standings import Standings
from stacking_rules.cohort.sweep import Sweep, pack
from stacking_rules.cohort.tables import Tables, tabulate
from stacking_rules.definitions import Definitions
from stacking_rules.facts import LearnerRecord
from stacking_rules.network import Network
from stacking_rules.progress import Status
from stacking_rules.solving import Decide
from stacking_rules.stacks import Stack

RecordOf = Callable[[int], LearnerRecord]
"""Number of a learner -> everything that is known of the learner."""
Advance = Callable[[int], None]
"""Told of how many learners more the answers are there."""


class Plan:
    """The stacks of an institution, ready for the learners whose facts are in some columns.

    ``columns`` say what counts on the day ``as_of``. Raises ``CircularStackError`` if awards need
    each other, ``OrderError`` for facts of a later day.
    """

    def __init__(self, stacks: Sequence[Stack], columns: Columns, *, as_of: date) -> None:
        if columns.last_day > as_of:
            raise OrderError("there are facts of a day after the one asked for")
        self.columns = columns
        self.stacks = bound(stacks, self._worth_of)
        self.keys = [stack.key for stack in self.stacks]
        sums = sums_of(self.stacks)
        clashes = [clash for stack in self.stacks for clash in stack.clashes]
        alarms: list[Item] = [("award", s.key) for s in self.stacks if s.asks_holders]
        self.tables: Tables | None = tabulate(
            sums, clashes, alarms, columns, _common([s.definitions for s in stacks]), as_of
        )
        self.program: Program | None = None
        if self.tables is not None:
            self.program = write(self.stacks, sums, self.tables.fields)

    def _worth_of(self, items: Sequence[Item]) -> Decimal | None:
        """Return the credits that everything held of ``items`` is worth, None if they differ."""
        asked = set(items)
        kinds = [
            kind for kind in self.columns.kinds if kind.item in asked or (kind.kind, None) in asked
        ]
        found = {kind.credits for kind in kinds}
        if len(found) != 1 or any(kind.credit_kind for kind in kinds):
            return None
        return found.pop()

    def sweep(self) -> tuple[Standings, NDArray[np.uint8]]:
        """Return what sums say of every learner, and how far they settle it.

        ``SETTLED``: all is decided. ``UNSURE``: stacks whose formula is only a bound are not, where
        it holds. ``OPEN``: the learner is to be evaluated alone.
        """
        learners = self.columns.learners
        met = np.zeros((learners, max(1, -(-len(self.keys) // 8))), np.uint8)
        left = np.zeros(learners, np.uint8)
        if self.tables is None or self.program is None:
            left[:] = OPEN
            return Standings(self.keys, met), left
        sweep, program = Sweep(self.tables, self.columns), self.program
        results = zip(program.results, self.stacks, strict=True)
        unsure = [register for register, stack in results if not stack.is_exact]
        for low, high in sweep.chunks():
            registers = program.run(sweep.sums(low, high))
            bits = pack(registers, program.results, high - low)
            met[low:high] = bits
            if unsure:
                left[low:high] = pack(registers, unsure, high - low).any(axis=1)
            if program.opens != NEVER:
                opens = pack(registers, [program.opens], high - low).any(axis=1)
                left[low:high][opens & bits.any(axis=1)] = OPEN
        if self.columns.rare is not None:
            left[self.columns.rare] = OPEN
        return Standings(self.keys, met), left


SETTLED, UNSURE, OPEN = 0, 1, 2


def evaluate_cohort(
    stacks: Sequence[Stack],
    columns: Columns,
    record_of: RecordOf,
    *,
    as_of: date,
    known_on: datetime,
    credits_of: Mapping[str, Decimal] | None = None,
    solver: Decide | None = None,
    advance: Advance | None = None,
) -> Standings:
    """Return the status of every learner in every stack, as ``roll_up`` would give them.

    ``record_of`` is asked for the learners whom sums do not settle. The other arguments are those
    of ``roll_up``; ``advance`` is told how many learners are done.
    """
    plan = Plan(stacks, columns, as_of=as_of)
    found, left = plan.sweep()
    alone = np.flatnonzero(left).tolist()
    tell = advance or (lambda _: None)
    tell(len(found) - len(alone))
    network, dividing = Network(stacks, credits_of=credits_of), Dividing(stacks, plan.stacks)
    bounds = [stack.key for stack in plan.stacks if not stack.is_exact]
    for learner in alone:
        record, when = record_of(learner), When(as_of=as_of, known_on=known_on)
        sums = found.of_learner(learner)
        answers: dict[str, Status] | None = None
        if left[learner] == UNSURE:
            answers = _divided(dividing, sums, bounds, record, when)
        found.put(learner, answers or network.statuses(record, **when, solver=solver))
        tell(1)
    return Standings(found.keys, found.met, found.others, len(alone))


class When(TypedDict):
    """The day for which is asked, and the instant up to which facts were recorded (aware)."""

    as_of: date
    known_on: datetime


def _divided(
    dividing: Dividing,
    sums: dict[str, Status],
    bounds: Sequence[str],
    record: LearnerRecord,
    when: When,
) -> dict[str, Status] | None:
    """Return the statuses where dividing items decides all that sums leave; else None."""
    for key in bounds:
        if sums[key] is Status.MET:
            answer = dividing.meets(key, record, **when)
            if answer is None:
                return None
            sums[key] = Status.MET if answer else Status.NOT_MET
    return sums


def _common(definitions: Sequence[Definitions]) -> Definitions:
    """Return how grades and levels convert, as far as all stacks say the same."""
    if not definitions:
        return Definitions()
    first = definitions[0]
    tables = first.tables if all(d.tables == first.tables for d in definitions) else ()
    levels = first.levels if all(d.levels == first.levels for d in definitions) else ()
    return Definitions(tables=tables, levels=levels)
