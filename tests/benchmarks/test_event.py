"""The world of quoin bench event holds what it says, and its peer awards what the rules say."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from benchmarks.event import Times, check_peer
from benchmarks.event_peer import Peer
from benchmarks.event_world import TEMPLATE, build, events, now
from benchmarks.s1m import KNOWN_ON
from lti_tool.persistence.awards import Award
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import Learner


def test_copies_are_learners_of_their_own(sqlite_database: Database) -> None:
    world = build(sqlite_database, 3 * TEMPLATE)
    with sqlite_database.reading() as session:
        learners = session.scalar(select(func.count()).select_from(Learner))
        per_part = session.execute(
            select(((Award.learner_id - 1) // TEMPLATE).label("part"), func.count())
            .where(Award.learner_id.in_([one for one, _ in world.learners]))
            .group_by("part")
        ).all()
    assert learners == 3 * TEMPLATE
    assert len({count for _, count in per_part}) == 1
    peer = Peer(str(sqlite_database.engine.url), world)
    made = 0
    for event in events(world, 100, "peer"):
        found = peer.record(event)
        check_peer(sqlite_database, world, event, found)
        made += len(found)
    peer.close()
    assert made > 0
    assert now() - KNOWN_ON < timedelta(hours=1)


def test_times_are_of_every_event() -> None:
    times = Times()
    for made in (0, 2):
        times.take(lambda made=made: made)  # type: ignore[misc]
    assert (len(times.cpu), len(times.wall), len(times.awarding), times.made) == (2, 2, 1, 2)
