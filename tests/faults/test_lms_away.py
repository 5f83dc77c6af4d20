"""The LMS is away for a night while grades are entered; then all of them arrive."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lti_tool.awarding import NewCompletion
from lti_tool.lti.platform_client import PlatformClient
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.deliveries import SCORE, Delivery, DeliveryState
from lti_tool.persistence.learners import Identity
from lti_tool.services.record_completions import record_completions
from lti_tool.worker import build_handlers, run_once
from tests.faults.oracle import Event, Fact
from tests.faults.scale import mostly, say, scaled
from tests.faults.steps import Tool
from tests.faults.world import COMPETENCIES, World, open_course, subject_of

SCORES = scaled(48, 50_000)
LEARNERS = SCORES // len(COMPETENCIES)
AWAY = timedelta(hours=8)
SERVICES = ("token", "lineitems", "scores", "results")
PASSES = scaled(8, 960)
"""So often the worker looks during the night (the product's does so each second)."""

AGAIN = 0.1
"""The share of scores that are corrected while they wait."""

ASKED_TO_WAIT = 2.0
WITHIN = timedelta(minutes=30)


class Night:
    """Grades that are entered while the LMS is away, by a clock that ends where ours begins."""

    def __init__(self, world: World) -> None:
        self.world, self.draw = world, random.Random(8)
        self.now = datetime.now(UTC) - AWAY
        self.tool = Tool(world.setup)
        # By the clock of the night, so that its pauses pass, and nobody waits for them.
        outward = self.tool.outward
        client = PlatformClient(
            outward.http, outward.keyring, clock=lambda: self.now, sleep=lambda _seconds: None
        )
        self.handlers = build_handlers(self.tool.database, client, self.tool.parts.signing)
        with world.database.reading() as session:
            catalogue = list_achievements(session, world.setup["institution_id"])
            self.achievements = {one.key: one.id for one in catalogue}
            rows = session.execute(select(Identity.subject, Identity.learner_id))
            self.learners = {row.subject: row.learner_id for row in rows}

    def enter(self, told: list[tuple[str, str]]) -> None:
        """Record a completion of each person and competency, in one transaction."""
        facts = [
            Fact(person, competency, self.now.date(), self.world.grade(), is_graded=True)
            for person, competency in told
        ]
        entries = [
            NewCompletion(
                learner_id=self.learners[fact.person],
                achievement_id=self.achievements[fact.competency],
                completed_on=fact.on,
                source="teacher",
                idempotency_key=f"night:{fact.grade}",
                grade=fact.grade,
                context_id=self.world.setup["context_id"],
            )
            for fact in facts
        ]
        institution_id = self.world.setup["institution_id"]
        record_completions(
            self.tool.database,
            institution_id=institution_id,
            entries=entries,
            actor="test",
            now=self.now,
        )
        self.world.events.append(Event(self.now, tuple(facts)))

    def work(self) -> int:
        """Let the worker pass."""
        return run_once(self.tool.database, self.handlers, clock=lambda: self.now)

    def waiting(self) -> int:
        """Count the scores that are not in the gradebook."""
        query = select(func.count()).where(Delivery.kind == SCORE, Delivery.settled_at.is_(None))
        with self.tool.database.reading() as session:
            return session.scalar(query) or 0

    def wake(self) -> datetime | None:
        """Return when the first of them is due."""
        query = select(func.min(Delivery.due_at)).where(
            Delivery.kind == SCORE, Delivery.settled_at.is_(None)
        )
        with self.tool.database.reading() as session:
            return session.scalar(query)


@mostly("postgresql")
@pytest.mark.long
@pytest.mark.timeout(7200)
def test_after_a_night_without_the_lms_every_score_arrives_in_order(
    database: Database, tmp_path: Path
) -> None:
    with open_course(database, tmp_path, learners=LEARNERS) as world:
        assert world.lms is not None
        night = Night(world)
        pairs = [(subject_of(f"learner{n}"), c) for n in range(LEARNERS) for c in COMPETENCIES]
        corrected = night.draw.sample(pairs, int(len(pairs) * AGAIN))
        for service in SERVICES:
            world.lms.fault(service, "outage")
        tries = _night_passes(night, [*pairs, *corrected])
        waiting = night.waiting()
        world.lms.lms.faults.clear()
        seconds = _drain(world, night)
        difference = world.differences()
        states = _states(database)
        night.tool.database.dispose()
    rate = waiting / seconds
    say(
        f"{database.engine.dialect.name}: away {AWAY}, {len(pairs) + len(corrected)} scores, "
        f"{tries} tries meanwhile, drained in {seconds:.0f} s ({rate:.0f}/s), {dict(states)}"
    )
    assert waiting >= len(pairs)
    assert not difference, str(difference)
    assert timedelta(seconds=seconds) < WITHIN
    assert set(states) == {DeliveryState.DONE, DeliveryState.SUPERSEDED}
    assert states[DeliveryState.SUPERSEDED] == len(corrected)


def _night_passes(night: Night, told: list[tuple[str, str]]) -> int:
    """Enter the grades all through the night, the worker passing; give how often it tried."""
    parts = [told[start : start + 500] for start in range(0, len(told), 500)]
    tries, every = 0, max(1, PASSES // len(parts))
    for number in range(PASSES):
        if parts and number % every == 0:
            night.enter(parts.pop(0))
        tries += night.work()
        night.now += AWAY / PASSES
    assert not parts
    return tries


def _drain(world: World, night: Night) -> float:
    """Let the worker send what waits, by the clock of this machine; give the seconds it took.

    The LMS asks to be left alone at first, and is.
    """
    assert world.lms is not None
    night.now = datetime.now(UTC) + timedelta(seconds=1)
    with night.tool.database.writing() as session:
        # The pause that the outage has led to, at most ten minutes, is over.
        for row in session.scalars(select(Delivery).where(Delivery.due_at > night.now)):
            row.due_at = night.now
    world.lms.fault("scores", "429", method="POST", seconds=ASKED_TO_WAIT)
    began = time.monotonic()
    night.work()
    due = night.wake()
    assert due is not None
    assert (due - night.now).total_seconds() >= ASKED_TO_WAIT
    assert night.work() == 0, "Retry-After is obeyed"
    while night.waiting():
        night.now = datetime.now(UTC) + timedelta(seconds=1)
        if not night.work():
            time.sleep(0.1)
    while night.work():
        pass
    return time.monotonic() - began


def _states(database: Database) -> Counter[str]:
    query = select(Delivery.state, func.count()).where(Delivery.kind == SCORE)
    with database.reading() as session:
        return Counter(dict(session.execute(query.group_by(Delivery.state)).all()))  # type: ignore[arg-type]
