"""The cohort workload in processes of their own: memory, and two of them against one."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from decimal import Decimal
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks import s1m
from stacking_rules import Grade, Stack
from stacking_rules.cohort.columns import Columns, Kind
from stacking_rules.cohort.plan import Plan

PARTS, PASSES = 16, 10
ARRAYS = ("starts", "kind", "grade", "day")


def save(columns: Columns, folder: Path) -> None:
    """Write the columns as parts of whole learners, and all of them as one."""
    cuts = np.linspace(0, columns.learners, PARTS + 1).astype(int)
    for name, low, high in [
        *((f"part{n}", cuts[n], cuts[n + 1]) for n in range(PARTS)),
        ("all", 0, columns.learners),
    ]:
        first, last = int(columns.starts[low]), int(columns.starts[high])
        here = folder / name
        here.mkdir()
        np.save(here / "starts.npy", columns.starts[low : high + 1] - first)
        for array in ARRAYS[1:]:
            np.save(here / f"{array}.npy", getattr(columns, array)[first:last])
    np.save(folder / "credits.npy", np.array([int(kind.credits) for kind in columns.kinds]))
    days = [columns.first_day.toordinal(), columns.last_day.toordinal()]
    np.save(folder / "days.npy", np.array(days))


def load(folder: Path, name: str) -> Columns:
    """Read a part that was written by ``save``."""
    starts, kind, grade, day = (np.load(folder / name / f"{array}.npy") for array in ARRAYS)
    worth = np.load(folder / "credits.npy").tolist()
    first, last = (date.fromordinal(int(d)) for d in np.load(folder / "days.npy"))
    kinds = [Kind(f"a{n}", credits=Decimal(c)) for n, c in enumerate(worth)]
    grades = [Grade(Decimal(g)) for g in range(101)]
    return Columns(starts, kind, grade, day, kinds, grades, first, last)


def evaluate(folder: str, name: str) -> int:
    """Evaluate one part from disk to disk; return how many learners hold something."""
    columns = load(Path(folder), name)
    standings, _ = Plan(_stacks(), columns, as_of=s1m.TODAY).sweep()
    np.save(Path(folder) / name / "met.npy", standings.met)
    return int(standings.met.any(axis=1).sum())


@cache
def _stacks() -> list[Stack]:
    """Return the stacks, read once in each process."""
    return s1m.stacks()


def walls(folder: Path) -> tuple[float, float]:
    """Return the wall seconds of a pass over all parts with one process and with two."""
    return _wall(folder, 1), _wall(folder, 2)


def _wall(folder: Path, processes: int) -> float:
    names = [f"part{n}" for n in range(PARTS)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        list(pool.map(evaluate, [str(folder)] * PARTS, names))  # started, and read once
        times = []
        for _ in range(PASSES):
            started = time.perf_counter()
            list(pool.map(evaluate, [str(folder)] * PARTS, names))
            times.append(time.perf_counter() - started)
    return median(times)


def main(folder: str) -> None:
    """Print by how many MiB the peak rises while the whole cohort is evaluated."""
    columns, stacks = load(Path(folder), "all"), s1m.stacks()
    # From here on the peak is counted anew (Linux).
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before = _status("VmRSS")
    Plan(stacks, columns, as_of=s1m.TODAY).sweep()
    sys.stdout.write(f"{(_status('VmHWM') - before) / 1024}\n")


def _status(name: str) -> int:
    """Return a size of this process in KiB."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    main(sys.argv[1])
