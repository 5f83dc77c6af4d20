"""A cohort in parts: whole learners in the order of their ids, each part a file of its own.

A part is written whole or not at all, so that a run that was broken off goes on where it was.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stacking_rules.cohort.columns import OrderError
from stacking_rules.cohort.facts_table import read_facts
from stacking_rules.cohort.plan import evaluate_cohort
from stacking_rules.cohort.standings import STATUSES, Standings
from stacking_rules.definitions import Definitions
from stacking_rules.errors import DocumentError, StackError
from stacking_rules.solving import Decide
from stacking_rules.stacks import Stack

LEARNERS = 50_000
"""Learners of a part: a second or less, and some tens of megabytes."""
RUN = "run.json"
LEARNER = "learner"
_COUNTS = b"quoin.counts"

Counts = dict[str, dict[str, int]]
"""Key of a stack -> status -> how many learners have it."""


class AnotherRunError(StackError):
    """The folder has the parts of a run over other facts, rules or days."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked of every part; it can be sent to another process."""

    stacks: tuple[Stack, ...]
    definitions: Definitions
    as_of: date
    known_on: datetime
    credits_of: Mapping[str, Decimal]
    solver: Decide | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """The rows ``first`` up to (not including) ``last`` of a Parquet file: whole learners."""

    number: int
    source: str
    first: int
    last: int
    learners: int

    def file(self, folder: Path) -> Path:
        """Return where the standings of the part are written."""
        return folder / f"part-{self.number:05}.parquet"


def cut(sources: Sequence[Path], learners: int = LEARNERS) -> list[Part]:
    """Return the parts of Parquet files, ``learners`` at most in each.

    ``OrderError`` where a file is not ordered by learner, ``DocumentError`` where it has no such
    column.
    """
    found: list[Part] = []
    for source in sources:
        rows = list(_begins(source))
        total = pq.ParquetFile(source).metadata.num_rows
        for low in range(0, len(rows), learners):
            here = rows[low : low + learners]
            after = low + len(here)
            last = rows[after] if after < len(rows) else total
            found.append(Part(len(found), str(source), here[0], last, len(here)))
    return found


def _begins(source: Path) -> Iterator[int]:
    """Yield the rows at which the learners of a file begin."""
    offset, before = 0, None
    file = pq.ParquetFile(source)
    if LEARNER not in file.schema_arrow.names:
        raise DocumentError(f"/{LEARNER}", f"{source.name} has no column '{LEARNER}'.")
    for batch in file.iter_batches(columns=[LEARNER], batch_size=1 << 20):
        column = batch.column(0)
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        if column.null_count:
            raise DocumentError(f"/{LEARNER}", "Every row names its learner.")
        column = pa.concat_arrays([pa.array([before], column.type), column]) if offset else column
        now, then = column.slice(1), column.slice(0, max(len(column) - 1, 0))
        if pc.any(pc.less(now, then)).as_py():
            raise OrderError(f"{source.name} is not ordered by learner")
        begins = np.flatnonzero(pc.not_equal(now, then).to_numpy(zero_copy_only=False))
        if not offset and len(column):
            yield 0
        yield from (begins + (offset if offset else 1)).tolist()
        offset += batch.num_rows
        before = column[-1].as_py() if len(column) else before


def evaluate_part(job: Job, part: Part, folder: Path) -> Counts:
    """Evaluate one part and write its standings; return how many learners have each status."""
    cohort = read_facts(rows_of(part), job.definitions, as_of=job.as_of, known_on=job.known_on)
    found = evaluate_cohort(
        job.stacks,
        cohort.columns,
        cohort.record_of,
        as_of=job.as_of,
        known_on=job.known_on,
        credits_of=job.credits_of,
        solver=job.solver,
    )
    counts = {
        key: {status.value: number for status, number in each.items()}
        for key, each in found.counts().items()
    }
    table = as_table(found, cohort.learners)
    table = table.replace_schema_metadata({_COUNTS: json.dumps(counts)})
    _write(part.file(folder), lambda path: pq.write_table(table, path))
    return counts


def as_table(standings: Standings, learners: pa.Array) -> pa.Table:
    """Return the standings as a table: the learner, and the status in each stack by its key."""
    words = pa.array([status.value for status in STATUSES])
    columns = {LEARNER: learners}
    for key in standings.keys:
        if key == LEARNER:
            raise DocumentError("/stacks", f"The key '{LEARNER}' is the name of a column.")
        numbers = pa.array(standings.column(key).astype(np.int8))
        columns[key] = pa.DictionaryArray.from_arrays(numbers, words)
    return pa.table(columns)


def rows_of(part: Part) -> pa.Table:
    """Return the rows of a part; only the row groups that have some of them are read."""
    file = pq.ParquetFile(part.source)
    groups, start, before = [], 0, None
    for group in range(file.num_row_groups):
        end = start + file.metadata.row_group(group).num_rows
        if start < part.last and end > part.first:
            groups.append(group)
            before = start if before is None else before
        start = end
    return file.read_row_groups(groups).slice(part.first - (before or 0), part.last - part.first)


def _write(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file whole or not at all."""
    # Two machines may write the same part, where one was thought to be lost.
    new = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    write(new)
    with new.open("rb") as file:
        os.fsync(file.fileno())
    new.replace(path)


def run_parts(
    job: Job,
    parts: Sequence[Part],
    folder: Path,
    *,
    executor: Executor | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> Counts:
    """Evaluate the parts that are not in ``folder`` yet; return the counts of all of them.

    ``executor`` runs a part at a time where it likes (None: here, one after the other), as
    ``concurrent.futures`` has it. ``advance`` is told of learners that are done. Raises
    ``AnotherRunError`` where the folder belongs to another run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _claim(folder, _describe(job, parts))
    waiting = [part for part in parts if not part.file(folder).exists()]
    advance(sum(part.learners for part in parts) - sum(part.learners for part in waiting))
    # What another machine wrote just now this one may not see yet (NFS), so counts are handed back.
    fresh: dict[int, Counts] = {}
    for part, counts in _evaluated(job, waiting, folder, executor):
        fresh[part.number] = counts
        advance(part.learners)
    return _added(fresh.get(part.number) or _counts(part.file(folder)) for part in parts)


def _evaluated(
    job: Job, parts: Sequence[Part], folder: Path, executor: Executor | None
) -> Iterator[tuple[Part, Counts]]:
    if executor is None:
        for part in parts:
            yield part, evaluate_part(job, part, folder)
        return
    running = {executor.submit(evaluate_part, job, part, folder): part for part in parts}
    try:
        for done in as_completed(running):
            yield running[done], done.result()
    finally:
        for future in running:
            future.cancel()


def _describe(job: Job, parts: Sequence[Part]) -> dict[str, object]:
    return {
        "stacks": [[s.key, s.version, s.content_hash] for s in job.stacks],
        "credits": {key: str(value) for key, value in sorted(job.credits_of.items())},
        "as_of": job.as_of.isoformat(),
        "known_on": job.known_on.isoformat(),
        "parts": [[Path(part.source).name, part.first, part.last] for part in parts],
        "sizes": {Path(p.source).name: Path(p.source).stat().st_size for p in parts},
    }


def _claim(folder: Path, description: Mapping[str, object]) -> None:
    """Note whose parts stand in ``folder``, or see that they are ours."""
    note = folder / RUN
    text = json.dumps(description, indent=1)
    if not note.exists():
        _write(note, lambda path: path.write_text(text, "utf-8"))
    elif note.read_text("utf-8") != text:
        raise AnotherRunError(
            f"{folder} has the parts of another run (see {RUN}): name a new folder."
        )


def _counts(file: Path) -> Counts:
    found: Counts = json.loads(pq.read_schema(file).metadata[_COUNTS])
    return found


def _added(several: Iterable[Counts]) -> Counts:
    total: Counts = {}
    for counts in several:
        for key, each in counts.items():
            here = total.setdefault(key, {})
            for status, number in each.items():
                here[status] = here.get(status, 0) + number
    return total
