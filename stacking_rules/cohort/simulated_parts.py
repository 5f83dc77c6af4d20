"""A change of rules over Parquet files of facts, part after part."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa

from stacking_rules.cohort.changing import RuleChange
from stacking_rules.cohort.facts_table import read_facts
from stacking_rules.cohort.parts import Part, rows_of
from stacking_rules.cohort.plan import When
from stacking_rules.cohort.simulating import Crowd, Outcome, People, simulate
from stacking_rules.definitions import Definitions
from stacking_rules.solving import Decide


@dataclass(frozen=True, slots=True)
class Question:
    """A change of rules on a day; ``definitions`` are those of before and after."""

    change: RuleChange
    definitions: tuple[Definitions, Definitions]
    as_of: date
    known_on: datetime
    solver: Decide | None = None

    @property
    def when(self) -> When:
        """The day, as an evaluation takes it."""
        return When(as_of=self.as_of, known_on=self.known_on)


def simulate_parts(
    question: Question,
    parts: Sequence[Part],
    advance: Callable[[int], None] = lambda _: None,
) -> Iterator[tuple[pa.Array, Crowd, list[Outcome]]]:
    """Yield the ids and the learners of each part, and what the change does to them.

    A file is read once; what a row means is asked twice where the definitions differ. Errors are
    those of ``read_facts``.
    """
    when = question.when
    old, new = question.definitions
    for part in parts:
        table = rows_of(part)
        after = read_facts(table, new, **when)
        before = after if old == new else read_facts(table, old, **when)
        sides = [People(cohort.columns, cohort.record_of) for cohort in (before, after)]
        crowd = Crowd(*sides)
        outcomes = simulate(question.change, crowd, **when, solver=question.solver, advance=advance)
        yield after.learners, crowd, outcomes
