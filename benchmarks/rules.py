"""quoin bench rules: the exact allocation of tight, planted instances."""

from __future__ import annotations

import time
from statistics import median, quantiles

from benchmarks.harness import InvalidRunError, Report
from benchmarks.planted import Unit, plant
from stacking_rules.allocate import allocate, is_met

INSTANCES = 1_000
UNITS: tuple[Unit, ...] = ("items", "credits")


def run(report: Report) -> None:
    """Decide 1,000 instances of each kind; every answer must be the planted one."""
    for unit in UNITS:
        report.remark(f"{INSTANCES} instances, {unit}: 20 held items, 8 groups")
        times, undecided = _decide(unit)
        report.figure(f"allocate_{unit}_ms", round(median(times), 3), "ms")
        p99 = quantiles(times, n=100)[98]
        report.figure(f"allocate_{unit}_p99_ms", round(p99, 3), "ms")
        report.figure(f"allocate_{unit}_max_ms", round(max(times), 3), "ms")
        report.figure(f"allocate_{unit}_not_decided", undecided / INSTANCES, "share")


def _decide(unit: Unit) -> tuple[list[float], int]:
    """Return the milliseconds of every instance and how many were not decided."""
    times, undecided = [], 0
    for seed in range(INSTANCES):
        instance = plant(seed, unit)
        started = time.perf_counter()
        found = allocate(instance.gate, instance.candidates)
        times.append((time.perf_counter() - started) * 1_000)
        undecided += not found.is_decided
        answer = is_met(instance.gate, found.placed, instance.candidates)
        if found.is_decided and answer is not instance.is_possible:
            raise InvalidRunError(f"instance {seed} ({unit}) is {answer}")
    return times, undecided
