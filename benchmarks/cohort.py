"""quoin bench cohort: 1,000,000 learners in 20 stacks, beside DuckDB and plain Python."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks import cohort_duckdb, cohort_two, rule_peers, s1m
from benchmarks.harness import InvalidRunError, Report
from stacking_rules import Completion, Grade, LearnerRecord, Stack, Status, parse_stack
from stacking_rules.cohort.columns import Columns
from stacking_rules.cohort.plan import Plan, evaluate_cohort

LEARNERS = int(os.environ.get("QUOIN_BENCH_LEARNERS", "1000000"))
SAMPLE = int(os.environ.get("QUOIN_BENCH_SAMPLE", "10000"))
PASSES = 5
MILLION = {  # rules.md, section 8.1
    f"s{n}": awards
    for n, awards in enumerate(
        (
            *(21332, 58831, 39468, 38120, 53778, 21576, 58411, 68179, 37104, 53715),
            *(30208, 41364, 25912, 65521, 35220, 22515, 317, 67, 19337, 26935),
        )
    )
}
SHARED = {"items": 7873, "credits": 1134}
"""How many of the million are entitled to the award in which nothing counts twice."""


def run(report: Report) -> None:
    """Sweep the cohort, compare every answer that others give, and measure beside them."""
    report.remark(f"drawing {LEARNERS} learners")
    drawn = s1m.draw(LEARNERS)
    columns, stacks = s1m.columns(drawn, LEARNERS), s1m.stacks()
    started = time.process_time()
    plan = Plan(stacks, columns, as_of=s1m.TODAY)
    report.figure("plan_cpu_ms", round((time.process_time() - started) * 1e3), "ms")
    ours, found = least(plan.sweep)
    standings, left = found
    counts = {key: each[Status.MET] for key, each in standings.counts().items()}
    if left.any() or (LEARNERS == 1_000_000 and counts != MILLION):
        raise InvalidRunError(f"the awards are not those of the workload: {counts}")
    evaluations = LEARNERS * len(stacks)
    report.remark(f"DuckDB, {cohort_duckdb.THREADS} threads")
    duck, theirs = cohort_duckdb.awards(plan.stacks, columns, drawn, s1m.TODAY)
    if theirs != counts:
        raise InvalidRunError(f"DuckDB gives other awards: {theirs}")
    rate = round(evaluations / ours)
    report.figure(
        "evaluations_per_cpu_s",
        rate,
        "1/s",
        better="higher",
        peer="duckdb, tuned",
        peer_value=round(evaluations / duck),
    )
    report.figure(
        "evaluations_per_cpu_s_vs_python",
        rate,
        "1/s",
        better="higher",
        peer="plain recursive Python",
        peer_value=round(_python(stacks, columns, standings)),
    )
    bound = _scatter(columns)
    report.figure("times_the_scatter_bound", round(ours / bound, 2), "x")
    _shared(report, columns)
    with tempfile.TemporaryDirectory() as folder:
        cohort_two.save(columns, Path(folder))
        report.figure("memory_above_input_mib", round(_memory(folder), 1), "MiB")
        one, two = cohort_two.walls(Path(folder))
        report.figure("two_processes", round(one / two, 2), "x one in wall time", better="higher")


def least(work: Callable[[], Any], passes: int = PASSES) -> tuple[float, Any]:
    """Return the least processor seconds of a pass, and what it gave."""
    seconds, found = float("inf"), None
    for _ in range(passes):
        started = time.process_time()
        found = work()
        seconds = min(seconds, time.process_time() - started)
    return seconds, found


def _python(stacks: list[Stack], columns: Columns, standings: Any) -> float:
    """Return the evaluations per processor second of a recursive evaluator, on a sample."""
    count = min(SAMPLE, columns.learners)
    facts = [rule_peers.facts_of(record(columns, learner)) for learner in range(count)]
    ask = rule_peers.recursive(stacks)
    started = time.process_time()
    answers = [ask(each) for each in facts]
    seconds = time.process_time() - started
    for learner, answer in enumerate(answers):
        ours = {k for k, s in standings.of_learner(learner).items() if s is Status.MET}
        if ours != answer:
            raise InvalidRunError(f"plain Python gives learner {learner} other awards")
    return count * len(stacks) / seconds


def _scatter(columns: Columns) -> float:
    """Return the seconds of one scattered byte per fact into a matrix that fits the cache."""
    import numpy as np

    matrix = np.zeros((s1m.ACHIEVEMENTS + 1) * 8192, np.uint8)
    owner = np.repeat(np.arange(columns.learners) % 8192, np.diff(columns.starts))
    places = columns.kind.astype(np.intp) * 8192 + owner
    chunks = [places[low : low + 98_304] for low in range(0, len(places), 98_304)]
    value = np.uint8(1)

    def scatter() -> None:
        for chunk in chunks:
            matrix[chunk] = value

    return least(scatter)[0]


def _memory(folder: str) -> float:
    """Return how far the peak of a process of its own rises above the loaded columns (MiB)."""
    command = [sys.executable, "-m", "benchmarks.cohort_two", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    return float(done.stdout)


# -- nothing counts twice ----------------------------------------------------------------------


PARTS = (
    ("core", 3, 8, range(24)),
    ("methods", 3, 7, range(12, 40)),
    ("breadth", 2, 6, (*range(20, 30), *range(60, 100))),
    ("elective", 2, 5, range(120)),
    ("capstone", 1, 2, (5, 13, 21, 29, 37)),
)
"""Name, items needed, credits needed, achievements that fit."""


def award(unit: str) -> Stack:
    """Return the award whose five parts compete for the same achievements."""
    parts = [
        {
            "id": name,
            unit: items if unit == "items" else worth,
            "of": [f"a{n}" for n in keys],
            "grade": 50,
        }
        for name, items, worth, keys in PARTS
    ]
    return parse_stack({"key": "award", "requires": {"all": parts}})


def _shared(report: Report, columns: Columns) -> None:
    for unit, name in (("items", "no_double_counting_us"), ("credits", "unequal_credits_us")):
        stack = award(unit)

        def work(stack: Stack = stack) -> Any:
            return evaluate_cohort(
                [stack],
                columns,
                lambda learner: record(columns, learner),
                as_of=s1m.TODAY,
                known_on=s1m.KNOWN_ON,
            )

        seconds, found = least(work, 2)
        counts = found.counts()["award"]
        expected = counts[Status.MET] if LEARNERS != 1_000_000 else SHARED[unit]
        if counts[Status.MET] != expected or counts[Status.NOT_DECIDED]:
            raise InvalidRunError(f"{name}: other awards than exact methods give: {counts}")
        report.figure(name, round(seconds / columns.learners * 1e6, 2), "us per learner")


def record(columns: Columns, learner: int) -> LearnerRecord:
    """Return what the columns say of one learner, as the exact evaluator takes it."""
    rows = range(int(columns.starts[learner]), int(columns.starts[learner + 1]))
    return LearnerRecord(tuple(_completion(columns, row) for row in rows))


def _completion(columns: Columns, row: int) -> Completion:
    kind = columns.kinds[int(columns.kind[row])]
    on: date = columns.first_day + timedelta(days=int(columns.day[row]))
    grade = Grade(Decimal(int(columns.grade[row])))
    at = datetime(on.year, on.month, on.day, tzinfo=UTC)
    return Completion(f"c{row}", kind.achievement, on, at, kind.credits, grade)
