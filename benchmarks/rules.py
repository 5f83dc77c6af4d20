"""quoin bench rules: exact allocation of planted instances, and 20 stacks for one learner."""

from __future__ import annotations

import time
from statistics import median, quantiles

from benchmarks import rule_peers, s1m
from benchmarks.harness import InvalidRunError, Report
from benchmarks.planted import HELD, Unit, plant
from stacking_rules import Network, explain, roll_up
from stacking_rules.allocate import decide

INSTANCES = 1_000
LEARNERS, TREES = 5_000, 500
UNITS: tuple[Unit, ...] = ("items", "credits", "bound")


def run(report: Report) -> None:
    """Decide 1,000 instances of each kind and 20 stacks of 5,000 learners."""
    for unit in UNITS:
        report.remark(f"{INSTANCES} instances, {unit}: 20 held items, 8 groups")
        times, undecided = _decide(unit)
        cuts = quantiles(times, n=100)
        report.figure(f"allocate_{unit}_ms", round(median(times), 3), "ms")
        report.figure(f"allocate_{unit}_p95_ms", round(cuts[94], 3), "ms")
        report.figure(f"allocate_{unit}_p99_ms", round(cuts[98], 3), "ms")
        report.figure(f"allocate_{unit}_max_ms", round(max(times), 3), "ms")
        report.figure(f"allocate_{unit}_not_decided", undecided / INSTANCES, "share")
    _twenty_stacks(report)


def _decide(unit: Unit) -> tuple[list[float], int]:
    """Return the milliseconds of every instance and how many were not decided."""
    times, undecided = [], 0
    for seed in range(INSTANCES):
        instance = plant(seed, unit)
        started = time.perf_counter()
        found = decide(instance.gate, instance.candidates, HELD, is_plain=unit != "bound")
        times.append((time.perf_counter() - started) * 1_000)
        undecided += found.is_possible is None
        is_known = found.is_possible is not None and instance.is_possible is not None
        if is_known and found.is_possible is not instance.is_possible:
            raise InvalidRunError(f"instance {seed} ({unit}) is {found.is_possible}")
    return times, undecided


def _twenty_stacks(report: Report) -> None:
    report.remark(f"20 stacks, {LEARNERS} learners")
    stacks, learners = s1m.stacks(), s1m.learners(LEARNERS)
    network = Network(stacks)
    when = {"as_of": s1m.TODAY, "known_on": s1m.KNOWN_ON}
    answers, times = [], []
    for record in learners:
        started = time.perf_counter()
        answers.append(network.statuses(record, **when))  # type: ignore[arg-type]
        times.append((time.perf_counter() - started) * 1e6)
    peers = rule_peers.microseconds(stacks, learners[:TREES], answers[:TREES])
    ours = round(median(times), 1)
    (first, value), *others = peers.items()
    report.figure("single_20_stacks_us", ours, "us", peer=first, peer_value=round(value, 1))
    for name, value in others:
        figure = f"single_20_stacks_us_vs_{name}"
        report.figure(figure, ours, "us", peer=name, peer_value=round(value, 1))
    trees = []
    for record, answer in zip(learners[:TREES], answers, strict=False):
        started = time.perf_counter()
        found = roll_up(stacks, record, **when)  # type: ignore[arg-type]
        for progress in found.progress.values():
            explain(progress)
        trees.append((time.perf_counter() - started) * 1_000)
        if {key: progress.status for key, progress in found.progress.items()} != answer:
            raise InvalidRunError("the network and the evaluation disagree")
    report.figure("trees_20_stacks_ms", round(median(trees), 3), "ms")
