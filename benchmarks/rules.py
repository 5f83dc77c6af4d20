"""quoin bench rules: exact allocation of planted instances, and 20 stacks for one learner."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from statistics import median, quantiles

from benchmarks import cp_sat, rule_peers, s1m
from benchmarks.harness import InvalidRunError, Report
from benchmarks.planted import HELD, Instance, Unit, plant
from stacking_rules import Network, explain, roll_up
from stacking_rules.allocate import decide
from stacking_rules.backends import highs
from stacking_rules.encode import encode
from stacking_rules.held import Held
from stacking_rules.search import Budget, SearchExhaustedError

INSTANCES, LARGE_INSTANCES = 1_000, 100
LEARNERS, TREES = 5_000, 500
UNITS: tuple[Unit, ...] = ("items", "credits", "bound")
ASKING = replace(HELD, solver=highs.decide)


def run(report: Report) -> None:
    """Decide 1,000 instances of each kind, 100 large ones, and 20 stacks of 5,000 learners."""
    for unit in UNITS:
        report.remark(f"{INSTANCES} instances, {unit}: 20 held items, 8 groups")
        answers = _by_cp_sat(_drawn(unit))
        _decide(report, f"allocate_{unit}", _drawn(unit), answers, _by_search)
    _decide(report, "highs_bound", _drawn("bound"), answers, _by_highs)
    report.remark(f"{LARGE_INSTANCES} instances, bound: 40 held items, 12 groups")
    answers = _by_cp_sat(_large())
    _decide(report, "allocate_large", _large(), answers, _by_search)
    _decide(report, "allocate_large_with_highs", _large(), answers, _by_both)
    _twenty_stacks(report)


Instances = Iterator[Instance]
Way = Callable[[Instance], bool | None]


def _drawn(unit: Unit) -> Instances:
    return (plant(seed, unit) for seed in range(INSTANCES))


def _large() -> Instances:
    return (plant(seed, "bound", items=40, groups=12) for seed in range(LARGE_INSTANCES))


def _by_cp_sat(instances: Instances) -> list[bool]:
    return [cp_sat.is_possible(instance) for instance in instances]


def _decide(report: Report, name: str, instances: Instances, answers: list[bool], way: Way) -> None:
    """Decide ``instances``; print the milliseconds, and how often CP-SAT says something else."""
    times, found = [], []
    for instance in instances:
        started = time.perf_counter()
        found.append(way(instance))
        times.append((time.perf_counter() - started) * 1_000)
    cuts = quantiles(times, n=100)
    report.figure(f"{name}_ms", round(median(times), 3), "ms")
    report.figure(f"{name}_p95_ms", round(cuts[94], 3), "ms")
    report.figure(f"{name}_p99_ms", round(cuts[98], 3), "ms")
    report.figure(f"{name}_max_ms", round(max(times), 3), "ms")
    report.figure(f"{name}_not_decided", found.count(None) / len(found), "share")
    pairs = list(zip(found, answers, strict=True))
    wrong = [seed for seed, (ours, theirs) in enumerate(pairs) if ours not in (theirs, None)]
    report.figure(f"{name}_disagreements", len(wrong), "instances")
    if wrong:
        raise InvalidRunError(f"{name}: CP-SAT says something else of the instances {wrong}")


def _by_search(instance: Instance, held: Held = HELD) -> bool | None:
    is_plain = not instance.gate.clauses
    return decide(instance.gate, instance.candidates, held, is_plain=is_plain).is_possible


def _by_both(instance: Instance) -> bool | None:
    return _by_search(instance, ASKING)


def _by_highs(instance: Instance) -> bool | None:
    """Decide by HiGHS alone, from the first choice on that does not follow by itself."""
    try:
        problem = encode(instance.gate, instance.candidates, ASKING)
        return problem.solve(Budget(0)) is not None
    except SearchExhaustedError:
        return None


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
