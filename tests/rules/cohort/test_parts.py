"""Parts of a cohort: cut between learners, written whole, gone on with."""

from __future__ import annotations

from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stacking_rules import DocumentError, parse_document
from stacking_rules.cohort import parts as work
from stacking_rules.cohort.columns import OrderError
from stacking_rules.cohort.parts import AnotherRunError, Job, Part, cut, run_parts

DOCUMENT = parse_document(
    {"quoin": 1, "stacks": [{"key": "s", "requires": {"items": 1, "of": ["x"], "grade": 60}}]}
)
JOB = Job(
    DOCUMENT.stacks,
    DOCUMENT.definitions,
    date(2026, 6, 30),
    datetime(2026, 7, 1, tzinfo=UTC),
    DOCUMENT.award_credits,
)
GRADES = [70, 50, None, 60, 90, 10, 80]
COUNTS = {"s": {"met": 4, "not-met": 2, "unknown": 1, "not-decided": 0}}


def write(path: Path, learners: list[Any], grades: list[int | None], **options: Any) -> Path:
    """Write a file in which every learner has completed x and then something else."""
    rows = [(one, key, grade) for one, grade in zip(learners, grades, strict=True) for key in "xy"]
    names, keys, marks = zip(*rows, strict=True)
    table = pa.table(
        {
            "learner": pa.array(names),
            "achievement": pa.array(keys),
            "on": pa.array([date(2026, 1, 1)] * len(rows), pa.date32()),
            "grade": pa.array(marks, pa.int16()),
        }
    )
    pq.write_table(table, path, **options)
    return path


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    return write(tmp_path / "facts.parquet", list(range(7)), GRADES, row_group_size=3)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_parts_are_whole_learners(facts: Path, tmp_path: Path, size: int) -> None:
    parts = cut([facts], size)
    assert [(part.first, part.last) for part in parts] == [
        (2 * low, 2 * min(low + size, 7)) for low in range(0, 7, size)
    ]
    assert run_parts(JOB, parts, tmp_path / "out") == COUNTS
    tables = [pq.read_table(part.file(tmp_path / "out")) for part in parts]
    found = pa.concat_tables(tables).to_pylist()
    assert [row["learner"] for row in found] == list(range(7))
    words = ["met", "not-met", "unknown", "met", "met", "not-met", "met"]
    assert [row["s"] for row in found] == words


def test_learners_are_told_apart_across_batches(
    facts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = cut([facts], 2)
    batches = pq.ParquetFile.iter_batches

    def small(file: Any, **options: Any) -> Any:
        return batches(file, **{**options, "batch_size": 1})

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", small)
    assert cut([facts], 2) == whole


def test_a_run_goes_on_where_it_was_broken_off(
    facts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts, out, seen = cut([facts], 2), tmp_path / "out", []
    real = work.evaluate_part

    def stops(job: Job, part: Part, folder: Path) -> Any:
        if part.number == 2:
            raise KeyboardInterrupt
        return real(job, part, folder)

    monkeypatch.setattr(work, "evaluate_part", stops)
    with pytest.raises(KeyboardInterrupt):
        run_parts(JOB, parts, out)
    assert [part.file(out).exists() for part in parts] == [True, True, False, False]

    def notes(job: Job, part: Part, folder: Path) -> Any:
        seen.append(part.number)
        return real(job, part, folder)

    monkeypatch.setattr(work, "evaluate_part", notes)
    told: list[int] = []
    assert run_parts(JOB, parts, out, advance=told.append) == COUNTS
    assert (seen, sum(told)) == ([2, 3], 7)


def test_what_is_half_written_is_no_part(
    facts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts, out = cut([facts], 7), tmp_path / "out"

    def half(_table: pa.Table, path: Path) -> None:
        path.write_bytes(b"PAR1")
        raise OSError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr(pq, "write_table", half)
        with pytest.raises(OSError, match="no space"):
            run_parts(JOB, parts, out)
    assert not parts[0].file(out).exists()
    assert run_parts(JOB, parts, out) == COUNTS


def test_a_folder_belongs_to_one_run(facts: Path, tmp_path: Path) -> None:
    parts, out = cut([facts], 2), tmp_path / "out"
    run_parts(JOB, parts, out)
    other = Job(JOB.stacks, JOB.definitions, date(2026, 6, 29), JOB.known_on, JOB.credits_of)
    for job, several in ((other, parts), (JOB, cut([facts], 3))):
        with pytest.raises(AnotherRunError, match="name a new folder"):
            run_parts(job, several, out)


def test_any_executor_does(facts: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        assert run_parts(JOB, cut([facts], 2), tmp_path / "out", executor=pool) == COUNTS

    class Broken(Executor):
        def submit(self, *_given: Any, **_named: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_exception(ConnectionError("the worker is gone"))
            return future

    with pytest.raises(ConnectionError):
        run_parts(JOB, cut([facts], 2), tmp_path / "other", executor=Broken())


def test_files_are_ordered_by_learner(tmp_path: Path) -> None:
    path = write(tmp_path / "facts.parquet", ["a", "c", "b"], [1, 2, 3])
    with pytest.raises(OrderError, match=r"facts\.parquet is not ordered"):
        cut([path])
    pq.write_table(pa.table({"who": [1]}), path)
    with pytest.raises(DocumentError, match="has no column 'learner'"):
        cut([path])


def test_a_file_without_rows_has_no_parts(tmp_path: Path) -> None:
    pq.write_table(pa.table({"learner": pa.array([], pa.string())}), tmp_path / "facts.parquet")
    assert cut([tmp_path / "facts.parquet"]) == []
