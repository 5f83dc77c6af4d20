"""DuckDB on the cohort workload, tuned: atoms joined in, one bit_or per word, one pass.

Every atom of the stacks (an achievement under a condition) has a bit in a few 64-bit words. The
facts are joined with the words of their achievement, grade and day, OR-ed by learner (so that
retakes need no care), and what is summed is counted from the bits.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.s1m import Draw
from stacking_rules.cohort.answers import YES, Answering, Runs
from stacking_rules.cohort.columns import Columns
from stacking_rules.cohort.formulas import Bounded, Formula, Item, Sum
from stacking_rules.cohort.program import sums_of
from stacking_rules.definitions import Definitions

WORD = 64
THREADS = 2


def awards(
    stacks: Sequence[Bounded], columns: Columns, drawn: Draw, as_of: date, *, passes: int = 2
) -> tuple[float, dict[str, int]]:
    """Return the least processor seconds of a pass, and how many learners meet each stack."""
    database = duckdb.connect()
    database.execute(f"SET threads = {THREADS}")
    words = _Words(stacks, columns, as_of)
    facts = pa.table(
        {
            "learner": drawn.learner.astype(np.int32),
            "a": drawn.achievement.astype(np.uint8),
            "g": drawn.grade.astype(np.uint8),
            "d": drawn.day.astype(np.uint16),
        }
    )
    codes = words.table()
    database.register("given_facts", facts)
    database.register("given_codes", codes)
    database.execute("CREATE TABLE facts AS SELECT * FROM given_facts ORDER BY learner, a")
    database.execute("CREATE TABLE codes AS SELECT * FROM given_codes")
    query, least = words.query(), float("inf")
    for _ in range(passes):
        started = time.process_time()
        database.execute(f"CREATE OR REPLACE TABLE awards AS {query}")
        least = min(least, time.process_time() - started)
    keys = [stack.key for stack in stacks]
    counted = ", ".join(f"count(*) FILTER (WHERE {key})" for key in keys)
    found = database.execute(f"SELECT {counted} FROM awards").fetchone() or ()  # noqa: S608
    database.close()
    return least, dict(zip(keys, found, strict=True))


@dataclass(frozen=True, slots=True)
class _Atom:
    item: tuple[str, str]
    condition: int


def _atom(item: Item, condition: int) -> _Atom:
    kind, key = item
    if key is None:
        raise TypeError("the workload names what it asks about")
    return _Atom((kind, key), condition)


class _Words:
    def __init__(self, stacks: Sequence[Bounded], columns: Columns, as_of: date) -> None:
        self.stacks, self.columns = stacks, columns
        kinds = {kind.item for kind in columns.kinds}
        self.sums = [s for s in sums_of(stacks) if any(item in kinds for item, _ in s.asks)]
        self.numbers = {
            condition: number
            for number, condition in enumerate(
                dict.fromkeys(c for one in self.sums for _, c in one.asks)
            )
        }
        answering = Answering(list(self.numbers), columns, Definitions(), as_of)
        self.grades, self.days = answering.grades(), answering.days()
        asked = {
            _atom(item, self.numbers[condition]) for s in self.sums for item, condition in s.asks
        }
        place = {kind.item: number for number, kind in enumerate(columns.kinds)}
        ordered = sorted(asked, key=lambda atom: (atom.condition, place[atom.item]))
        self.bits = {atom: bit for bit, atom in enumerate(ordered)}
        self.count = -(-len(ordered) // WORD)
        self.names = {one: f"t{number}" for number, one in enumerate(self.sums)}

    def table(self) -> pa.Table:
        """Return the words of every code: achievement, run of grades, run of days."""
        runs = np.minimum(self.grades.answers[:, :, None], self.days.answers[:, None, :])
        is_met = (runs == YES).reshape(len(self.numbers), -1)
        place = {kind.item: number for number, kind in enumerate(self.columns.kinds)}
        words = np.zeros((self.count, len(place), is_met.shape[1]), np.uint64)
        for atom, bit in self.bits.items():
            here = is_met[atom.condition].astype(np.uint64) << np.uint64(bit % WORD)
            words[bit // WORD][place[atom.item]] |= here
        flat = words.reshape(self.count, -1)
        codes = np.arange(flat.shape[1], dtype=np.int32)
        return pa.table({"code": codes, **{f"w{n}": word for n, word in enumerate(flat)}})

    def query(self) -> str:
        runs = self.grades.count * self.days.count
        code = f"(a::INT * {runs} + {_run('g', self.grades)} * {self.days.count} + "
        code += f"{_run('d', self.days)})"
        ored = ", ".join(f"bit_or(w{n}) AS w{n}" for n in range(self.count))
        sums = ", ".join(f"{self._sum(one)} AS {self.names[one]}" for one in self.sums)
        stacks = ", ".join(f"{self._formula(s.formula)} AS {s.key}" for s in self.stacks)
        # All of it is made of our own names and numbers.
        ors = f"SELECT learner, {ored} FROM facts JOIN codes ON codes.code = {code}"  # noqa: S608
        tests = f"SELECT learner, {sums} FROM l"  # noqa: S608
        before = f"WITH l AS ({ors} GROUP BY learner), t AS ({tests})"
        return f"{before} SELECT learner, {stacks} FROM t"  # noqa: S608

    def _sum(self, one: Sum) -> str:
        worth = {kind.item: int(kind.credits) for kind in self.columns.kinds}
        masks: dict[int, dict[int, int]] = {}
        for item, condition in one.asks:
            atom = _atom(item, self.numbers[condition])
            bit = self.bits[atom]
            here = masks.setdefault(worth[atom.item] if one.in_credits else 1, {})
            here[bit // WORD] = here.get(bit // WORD, 0) | 1 << bit % WORD
        added = " + ".join(
            f"{factor} * ({' + '.join(f'bit_count(w{w} & {m}::UBIGINT)' for w, m in ms.items())})"
            for factor, ms in masks.items()
        )
        return f"({added})" if one.awards else f"({added}) >= {one.need}"

    def _formula(self, formula: Formula) -> str:
        if isinstance(formula, Sum):
            if formula not in self.names:
                return self._count(int(formula.need), list(formula.awards))
            name = self.names[formula]
            if not formula.awards:
                return name
            held = " + ".join(f"{award}::INT" for award in formula.awards)
            return f"({name} + {held} >= {formula.need})"
        return self._count(formula.need, [self._formula(part) for part in formula.parts])

    def _count(self, need: int, parts: list[str]) -> str:
        if need in (1, len(parts)):
            return f"({(' AND ' if need == len(parts) else ' OR ').join(parts)})"
        return f"({' + '.join(f'{part}::INT' for part in parts)} >= {need})"


def _run(name: str, runs: Runs) -> str:
    return "(" + " + ".join(f"({name} >= {begin})::INT" for begin in runs.begins) + ")"
