"""The tool's clock jumps a day either way between operations."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from lti_tool.persistence.base import Database
from tests.faults.found import list_undone
from tests.faults.oracle import Event, Fact
from tests.faults.scale import mostly, say, scaled
from tests.faults.world import COMPETENCIES, World, open_course, subject_of

JUMPS = scaled(12, 500)
LEARNERS = 6
DAY = timedelta(hours=24)


@mostly("sqlite")
@pytest.mark.timeout(900)
def test_a_clock_that_jumps_a_day_either_way_loses_nothing_and_overwrites_nothing(
    database: Database, tmp_path: Path
) -> None:
    with open_course(database, tmp_path, learners=LEARNERS) as world:
        jumps = _work_under_jumps(world)
        # The clock is right again, and what it had put off until tomorrow is due.
        world.now += 3 * DAY
        world.order("sweep")
        world.events.append(Event(world.now, is_sweep=True))
        world.drain()
        difference = world.differences()
        undone = list_undone(database)
    say(f"{database.engine.dialect.name}: clock jumps {dict(jumps)}")
    assert not difference, str(difference)
    assert not undone


def _work_under_jumps(world: World) -> Counter[str]:
    draw, jumps = random.Random(8), Counter[str]()
    truth = world.now
    while jumps.total() < JUMPS:
        truth += timedelta(seconds=draw.choice((2, 70, 900)))
        hours = draw.choice((-24, 24, 0))
        world.now = truth + timedelta(hours=hours)
        jumps[f"{hours:+d} h"] += 1
        act = draw.choice((_report, _record, _record, _work))
        act(world, draw)
    world.now = truth
    return jumps


def _report(world: World, draw: random.Random) -> None:
    """The LMS's clock is the tool's: between machines five minutes are allowed, and no more."""
    fact = Fact(f"stranger{draw.randint(0, 5)}", _competency(draw), world.now.date(), world.grade())
    said = world.order("report", items=[world.told(fact.person, fact.competency, fact.grade)])
    assert said["answer"]["status"] == 200, said
    world.events.append(Event(world.now, (fact,)))


def _record(world: World, draw: random.Random) -> None:
    person = subject_of(f"learner{draw.randint(0, LEARNERS - 1)}")
    fact = Fact(person, _competency(draw), world.now.date(), world.grade(), is_graded=True)
    told = {"competency": fact.competency, "grade": str(fact.grade), "on": fact.on.isoformat()}
    world.order("record", person=person, form=str(uuid4()), **told)
    world.events.append(Event(world.now, (fact,)))


def _work(world: World, _draw: random.Random) -> None:
    world.order("work")


def _competency(draw: random.Random) -> str:
    return draw.choice(COMPETENCIES)
