"""quoin bench cohort-parquet: a cohort from Parquet to Parquet, part by part, as it is typed.

The workload of ``quoin bench cohort`` lies in a file; a process of its own reads, evaluates and
writes all its parts, one after the other. Its counts are held against those of the columns in
memory.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks import s1m
from benchmarks.harness import InvalidRunError, Report
from benchmarks.serving import ROOT

LEARNERS = int(os.environ.get("QUOIN_BENCH_LEARNERS", "200000"))
ROW_GROUP = 1 << 20


def run(report: Report) -> None:
    """Write the file, let a process evaluate it, and print what it took."""
    drawn = s1m.draw(LEARNERS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(drawn, folder / "facts.parquet")
        done = _evaluated_apart(folder)
        parts = list((folder / "out").glob("part-*.parquet"))
        sizes = (folder / "facts.parquet").stat().st_size, sum(p.stat().st_size for p in parts)
    if done["counts"] != _counts_in_memory(drawn):
        raise InvalidRunError("the parts say something else than the columns in memory")
    report.figure("cpu_us_per_learner", round(done["cpu_s"] * 1e6 / LEARNERS, 2), "us")
    report.figure("cutting_cpu_us_per_learner", round(done["cut_s"] * 1e6 / LEARNERS, 2), "us")
    report.figure("peak_memory_mib", round(done["peak_mib"]), "MiB")
    report.figure("facts_bytes_per_learner", round(sizes[0] / LEARNERS, 1), "B")
    report.figure("standings_bytes_per_learner", round(sizes[1] / LEARNERS, 1), "B")
    report.remark(f"{LEARNERS} learners, {len(drawn.learner)} facts, {len(parts)} parts")


def _write(drawn: s1m.Draw, path: Path) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    order = np.argsort(drawn.learner * s1m.ACHIEVEMENTS + drawn.achievement, kind="stable")
    keys = pa.array([f"a{number}" for number in range(s1m.ACHIEVEMENTS)])
    indices = pa.array(drawn.achievement[order].astype(np.int16))
    days = s1m.TODAY.toordinal() - 719_163 - s1m.LAST_DAY + drawn.day[order]
    table = pa.table(
        {
            "learner": pa.array(drawn.learner[order].astype(np.int64)),
            "achievement": pa.DictionaryArray.from_arrays(indices, keys),
            "on": pa.array(days.astype(np.int32), pa.int32()).cast(pa.date32()),
            "grade": pa.array(drawn.grade[order].astype(np.int16)),
            "credits": pa.array(drawn.worth[drawn.achievement[order]].astype(np.int16)),
        }
    )
    pq.write_table(table, path, row_group_size=ROW_GROUP)


def _evaluated_apart(folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.cohort_parquet", str(folder)]
    done = subprocess.run(  # noqa: S603
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise InvalidRunError(done.stderr[-500:])
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _counts_in_memory(drawn: s1m.Draw) -> dict[str, dict[str, int]]:
    from stacking_rules.cohort.plan import Plan

    standings, _ = Plan(s1m.stacks(), s1m.columns(drawn, LEARNERS), as_of=s1m.TODAY).sweep()
    return {
        key: {status.value: number for status, number in each.items()}
        for key, each in standings.counts().items()
    }


def main(folder: Path) -> None:
    """Evaluate the file in ``folder`` and print counts, CPU seconds and peak memory."""
    from stacking_rules import Definitions
    from stacking_rules.cohort.parts import Job, cut, run_parts

    stacks = s1m.stacks()
    credits_of: dict[str, Decimal] = {}
    job = Job(tuple(stacks), Definitions(), s1m.TODAY, s1m.KNOWN_ON, credits_of)
    before = time.process_time()
    parts = cut([folder / "facts.parquet"])
    between = time.process_time()
    counts = run_parts(job, parts, folder / "out")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    spent = {"cut_s": between - before, "cpu_s": time.process_time() - between, "peak_mib": peak}
    sys.stdout.write(json.dumps(spent | {"counts": counts}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
