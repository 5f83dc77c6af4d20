"""quoin bench event: one completion through the real use case, until it is committed.

Stored, evaluated over 20 stacks, with the awards, promises, news and audit line that follow. Each
event is of another learner, chosen by chance. CPU is that of this process: all of SQLite, and of
PostgreSQL the client's part.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import Any, Literal

from benchmarks import s1m
from benchmarks.event_peer import Peer
from benchmarks.event_world import World, build, events, now
from benchmarks.harness import InvalidRunError, Report
from benchmarks.postgres import postgresql
from lti_tool.awarding import NewCompletion
from lti_tool.persistence.base import Database
from lti_tool.persistence.snapshots import load_published, load_records
from lti_tool.services.record_completions import record_completions
from stacking_rules import Status

SIZES = [int(n) for n in os.environ.get("QUOIN_BENCH_LEARNERS", "1000,100000,1000000").split(",")]
EVENTS = int(os.environ.get("QUOIN_BENCH_EVENTS", "2000"))
WARM_UP, CHECKED = 200, 200
PEER = "bare rows and recursive Python"


@dataclass
class Times:
    """Microseconds of many events: of the processor, and by the clock; ``made`` are awards."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    awarding: list[float] = field(default_factory=list)
    made: int = 0

    def take(self, event: Callable[[], int]) -> None:
        """Time one event, which says how many awards it made."""
        cpu, wall = time.process_time_ns(), time.perf_counter_ns()
        made = event()
        self.wall.append((time.perf_counter_ns() - wall) / 1000)
        self.cpu.append((time.process_time_ns() - cpu) / 1000)
        self.made += made
        if made:
            self.awarding.append(self.cpu[-1])


def run(report: Report) -> None:
    """Measure SQLite by the number of learners and of stacks, then PostgreSQL over loopback."""
    for count in SIZES:
        _by_learners(report, count, is_last=count == SIZES[-1])
    for times in (1, 2, 4):
        _by_stacks(report, times)
    _on_postgresql(report, SIZES[min(1, len(SIZES) - 1)])


def _by_learners(report: Report, count: int, *, is_last: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.sqlite3"
        world = _build(report, url, count)
        normal = _measure(url, world, "normal", "NORMAL")
        report.figure(f"event_cpu_us learners_{count}", _mid(normal.cpu), "us")
        if not is_last:
            return
        peer = _measure_peer(url, world)
        full = _measure(url, world, "full", "FULL")
    share = len(normal.awarding) / len(normal.cpu)
    report.remark(f"{share:.1%} of the events led to awards, {normal.made} in all")
    report.figure("event_cpu_us", _mid(normal.cpu), "us", peer=PEER, peer_value=_mid(peer.cpu))
    report.figure("event_cpu_mean_us", round(sum(normal.cpu) / len(normal.cpu), 1), "us")
    report.figure("event_with_award_cpu_us", _mid(normal.awarding), "us")
    report.figure("event_wall_us", _mid(normal.wall), "us", peer=PEER, peer_value=_mid(peer.wall))
    report.figure("event_full_cpu_us", _mid(full.cpu), "us")
    report.figure("event_full_wall_us", _mid(full.wall), "us")


def _by_stacks(report: Report, times: int) -> None:
    """Measure the same learners in an institution of more stacks, which all concern them."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.sqlite3"
        world = _build(report, url, 1000, times=times)
        found = _measure(url, world, "stacks", "NORMAL")
    report.figure(f"event_cpu_us stacks_{20 * times}", _mid(found.cpu), "us")


def _on_postgresql(report: Report, count: int) -> None:
    with postgresql() as url:
        world = _build(report, url, count)
        found = _measure(url, world, "postgresql")
        peer = _measure_peer(url, world)
    report.figure(
        "event_postgres_wall_us", _mid(found.wall), "us", peer=PEER, peer_value=_mid(peer.wall)
    )
    report.figure("event_postgres_cpu_us", _mid(found.cpu), "us")


def _build(report: Report, url: str, count: int, *, times: int = 1) -> World:
    database, started = Database(url), time.perf_counter()
    world = build(database, count, times=times)
    database.dispose()
    took = time.perf_counter() - started
    report.remark(f"{count} learners, {20 * times} stacks: loaded in {took:.0f} s")
    return world


def _measure(
    url: str, world: World, name: str, synchronous: Literal["FULL", "NORMAL"] = "FULL"
) -> Times:
    database, found = Database(url, synchronous=synchronous), Times()

    def record(event: NewCompletion) -> int:
        told = record_completions(
            database,
            institution_id=world.institution_id,
            entries=[event],
            actor="bench",
            now=now(),
        )
        return len(told.awards)

    for event in events(world, WARM_UP, f"{name}-warm", seed=1):
        record(event)
    for event in _drawn(world, name):
        found.take(partial(record, event))
    database.dispose()
    return found


def _measure_peer(url: str, world: World) -> Times:
    """Time the peer; ``InvalidRunError`` where its awards are not those that the rules say."""
    peer, database, found = Peer(url, world), Database(url), Times()
    for event in events(world, CHECKED, "peer-warm", seed=2):
        check_peer(database, world, event, peer.record(event))
    for event in _drawn(world, "peer"):
        found.take(partial(_count, peer, event))
    peer.close()
    database.dispose()
    return found


def _count(peer: Peer, event: NewCompletion) -> int:
    return len(peer.record(event))


def _drawn(world: World, name: str) -> Sequence[NewCompletion]:
    return events(world, EVENTS, name, seed=len(name))


def check_peer(database: Database, world: World, event: NewCompletion, made: set[str]) -> None:
    """Refuse awards of the peer that the rules do not say, and those that it left out."""
    with database.reading() as session:
        network = load_published(session, world.institution_id).network
        record = load_records(session, [event.learner_id])[event.learner_id]
    found = network.statuses(record, as_of=s1m.TODAY, known_on=now())
    met = {key for key, status in found.items() if status is Status.MET}
    held = {award.achievement for award in record.awards}
    if not made <= met <= held:
        raise InvalidRunError(f"the peer made {made}, held are {held}, met are {met}")


def _mid(values: Sequence[Any]) -> float:
    return round(median(values), 1) if values else 0.0
