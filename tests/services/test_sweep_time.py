"""What time alone brings: awards earned anew, requirements that open, stacks published since."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from lti_tool.errors import NotFoundError
from lti_tool.persistence.awards import Award
from lti_tool.persistence.base import Database
from lti_tool.services import sweep_time
from lti_tool.services.forecast_ends import Ending, forecast_ends
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.sweep_time import Swept, sweep_institution, sweep_next
from tests.credentials.issuing import IssuingWorld
from tests.credentials.test_described import publish
from tests.credentials.test_renewals import RENEWED
from tests.web.world import STACKS

DAY = timedelta(days=1)
TITLE = "title: Data basics,"
LASTING = STACKS.replace(TITLE, f"{TITLE} lasts: {{days: 365}},")


@pytest.fixture
def world(database: Database, now: datetime) -> IssuingWorld:
    """Two institutions, no awards yet."""
    return IssuingWorld(database, now)


def _sweep(world: IssuingWorld, *, anew: bool = False) -> Swept:
    return sweep_institution(world.database, institution_key="harbour", now=world.now, anew=anew)


def _numbers(world: IssuingWorld) -> list[int]:
    with world.database.reading() as session:
        return list(session.scalars(select(Award.number).order_by(Award.id)))


def test_who_earned_an_award_anew_before_its_end_gets_it_on_that_day(world: IssuingWorld) -> None:
    publish(world, LASTING)
    world.complete(world.learner.learner_id, ["sql", "charts"])
    begun = world.now
    world.now = begun + 100 * DAY
    world.complete(world.learner.learner_id, ["sql", "charts"])
    world.now = begun + 364 * DAY
    assert _sweep(world) == Swept(learners=1, awards=0, total=1, is_finished=True)
    world.now = begun + 365 * DAY
    assert _sweep(world).awards == 1
    assert _numbers(world) == [1, 2]
    assert _sweep(world, anew=True).awards == 0
    assert _numbers(world) == [1, 2]


def test_a_stack_that_was_published_since_awards_those_who_meet_it(world: IssuingWorld) -> None:
    world.complete(world.learner.learner_id, ["ethics"])
    assert _sweep(world).awards == 0
    later = STACKS + "- {key: ethical, title: Ethical, requires: {all: [ethics]}}\n"
    publish_stacks(
        world.database, institution_key="harbour", text=later, actor="test", now=world.now
    )
    assert _sweep(world).awards == 0, "today's sweep is done"
    assert _sweep(world, anew=True).awards == 1


def test_it_goes_on_where_it_was_broken_off(
    world: IssuingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep_time, "PORTION", 2)
    people = world.strangers(5)
    world.complete_many(people, ["sql"])
    found = [_sweep(world) for _ in range(4)]
    assert [one.learners for one in found] == [2, 4, 5, 5]
    assert [one.is_finished for one in found] == [False, False, True, True]
    world.now += DAY
    assert _sweep(world).learners == 2


def test_the_worker_sweeps_every_institution_once_a_day(world: IssuingWorld) -> None:
    world.complete(world.learner.learner_id, ["sql"])
    passes = 0
    while sweep_next(world.database, now=world.now):
        passes += 1
    assert passes == 2
    world.now += DAY
    assert sweep_next(world.database, now=world.now)


def test_an_unknown_institution_is_said_to_be_so(world: IssuingWorld) -> None:
    with pytest.raises(NotFoundError):
        sweep_institution(world.database, institution_key="nowhere", now=world.now)


def test_a_forecast_counts_what_ends_and_not_what_was_renewed(world: IssuingWorld) -> None:
    publish(world, RENEWED)
    people = world.strangers(3)
    world.complete_many(people, ["sql", "charts"])
    begun = world.now
    world.now = begun + 300 * DAY
    world.complete(people[0], ["ethics"])

    def ahead(days: int) -> tuple[Ending, ...]:
        return forecast_ends(world.database, institution_key="harbour", days=days, now=world.now)

    assert ahead(64) == ()
    end = (begun + 365 * DAY).date()
    assert ahead(65) == (Ending(end, "data-basics", 2, can_renew=True),)
    later = (begun + 730 * DAY).date()
    assert ahead(500)[1] == Ending(later, "data-basics", 1, can_renew=True)
