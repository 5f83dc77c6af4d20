"""quoin bench simulate: a change of rules over 400,000 learners, from a file and a database."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import s1m, simulate_world
from benchmarks.harness import InvalidRunError, Report
from lti_tool.persistence.base import Database
from lti_tool.services.simulate_change import simulate_change
from lti_tool.simulating import rules_of
from lti_tool.solver import solver
from lti_tool.stack_text import read_document
from stacking_rules import Definitions, Document
from stacking_rules.cohort.changing import RuleChange
from stacking_rules.cohort.parts import cut
from stacking_rules.cohort.simulated_parts import Question, simulate_parts
from stacking_rules.cohort.simulating import Effect
from stacking_rules.cohort.tally import Totals, add_up, explainer

LEARNERS = int(os.environ.get("QUOIN_BENCH_LEARNERS", "400000"))
SAMPLE = int(os.environ.get("QUOIN_BENCH_SAMPLE", "4000"))
PART = 100_000
NAMES = 3
"""Learners of each effect and requirement who are named, and explained one by one."""

Counts = dict[str, dict[Effect, int]]


@dataclass(slots=True)
class Clock:
    """Wall and processor seconds of what was timed."""

    wall: float = 0.0
    cpu: float = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Time what is done meanwhile."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall, self.cpu = time.perf_counter() - wall, time.process_time() - cpu


def run(report: Report) -> None:
    """Simulate the same change from both, and compare with each learner of a sample alone."""
    report.remark(f"drawing {LEARNERS} learners")
    drawn = s1m.draw(LEARNERS)
    expected, seconds = simulate_world.alone(_change(), drawn, LEARNERS, SAMPLE)
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "facts.parquet"
        simulate_world.save(drawn, file)
        with clock.running():
            totals = _from_file(file, PART)
        sample = _from_file(file, min(SAMPLE, LEARNERS), most=1)
    if _counts(sample) != expected:
        raise InvalidRunError(f"one by one it is {expected}, and not {_counts(sample)}")
    _tell(report, "parquet", clock, seconds)
    report.remark("loading PostgreSQL")
    with simulate_world.postgresql() as database:
        simulate_world.load(database, drawn)
        spent = simulate_world.server_seconds(database)
        with clock.running():
            stored = _from_database(database)
        spent = simulate_world.server_seconds(database) - spent
    if _counts(stored) != _counts(totals):
        raise InvalidRunError("the database and the file give different answers")
    _tell(report, "postgres", clock, seconds)
    report.figure("simulate_postgres_server_cpu_s", round(spent, 2), "CPU s of the server")


def _tell(report: Report, source: str, clock: Clock, alone: float) -> None:
    report.figure(
        f"simulate_{source}_s",
        round(clock.wall, 2),
        "s",
        peer="the engine for one learner, evaluation alone, from a sample",
        peer_value=round(alone, 1),
    )
    report.figure(f"simulate_{source}_cpu_s", round(clock.cpu, 2), "CPU s of this process")


def _document(*, changed: bool) -> Document:
    return read_document(json.dumps(simulate_world.text(changed=changed)))


def _change() -> RuleChange:
    before, after = (rules_of(_document(changed=changed)) for changed in (False, True))
    return RuleChange(before, before.with_published(after))


def _from_file(file: Path, size: int, most: int | None = None) -> Totals:
    """Simulate over a file in parts of ``size`` learners, ``most`` of them."""
    nothing = Definitions()
    question = Question(_change(), (nothing, nothing), s1m.TODAY, s1m.KNOWN_ON, solver())
    totals: Totals = {}
    for learners, crowd, outcomes in simulate_parts(question, cut([file], size)[:most]):
        why = explainer(question.change, crowd, question.when, question.solver)
        add_up(totals, outcomes, learners.__getitem__, NAMES, why)
    return totals


def _from_database(database: Database) -> Totals:
    return simulate_change(
        database,
        institution_key=simulate_world.KEY,
        text=json.dumps(simulate_world.text(changed=True)),
        now=s1m.KNOWN_ON,
        names=NAMES,
    ).totals


def _counts(totals: Totals) -> Counts:
    return {key: one.effects for key, one in totals.items()}
