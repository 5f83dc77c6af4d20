"""A goal, the catalogue and the planner, on both engines."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from lti_tool.credentials.element_text import read_descriptions
from lti_tool.errors import NotFoundError
from lti_tool.matching import Band, KeptMatchers
from lti_tool.persistence.base import Database
from lti_tool.services.describe_achievements import describe_achievements
from lti_tool.services.match_goal import GoalView, match_goal
from lti_tool.services.publish_stacks import publish_stacks
from tests.services.test_frameworks import Site
from tests.sources.framework_examples import SKILL, skills

WORK = """
quoin-achievements: 1
achievements:
  sql: {workload_hours: 60, tags: [relational algebra]}
  charts: {workload_hours: 75}
  ethics: {workload_hours: 100}
  short: {workload_hours: 10}
  long: {workload_hours: 90}
"""
CHOICE = """
quoin: 2
achievements:
  short: {name: Short course}
  long: {name: Long course}
  longer: {name: Chess}
stacks:
- {key: choice, title: A choice of courses, requires: {at_least: 1, of: [long, short]}}
- {key: games, title: Games, requires: {at_least: 1, of: [short, longer]}}
- {key: closed, title: Closed to all, requires: {all: [longer, {none: [longer]}]}}
"""


@pytest.fixture
def site(database: Database, now: datetime) -> Site:
    """Two institutions with the same catalogue, on each engine."""
    return Site(database, now)


def matched(site: Site, text: str, language: str = "en", institution: str = "harbour") -> GoalView:
    return match_goal(
        site.database,
        KeptMatchers(),
        institution=institution,
        text=text,
        language=language,
        now=site.now,
    )


def keys(view: GoalView) -> list[str]:
    return [one.option.key for one in view.competencies]


def test_names_of_frameworks_find_in_their_language(site: Site) -> None:
    site.take_in(skills("en", "de", "es"), None)
    assert keys(matched(site, "Ich möchte Datenbanken verwalten")) == []
    site.align(f"{SKILL}/1")
    view = matched(site, "Ich möchte Datenbanken verwalten")
    assert keys(view) == ["sql"]
    assert view.competencies[0].match.band is Band.CLOSE
    assert keys(matched(site, "administración de bases de datos", "es"))[0] == "sql"
    assert keys(matched(site, "Ich möchte Datenbanken verwalten", institution="hill")) == []


def test_tags_find_and_hours_are_what_is_least(site: Site) -> None:
    publish_stacks(
        site.database, institution_key="harbour", text=CHOICE, actor="test", now=site.now
    )
    describe(site)
    assert keys(matched(site, "relational algebra")) == ["sql"]
    chosen = next(one for one in matched(site, "a choice of courses").stacks)
    assert chosen.view.key == "choice"
    assert chosen.path is not None
    assert (chosen.path.take, chosen.path.by) == (("short",), "workload")
    assert (chosen.path.workload, chosen.path.is_proved) == (Decimal(10), True)


def test_where_hours_are_not_known_of_all_the_goal_decides_among_ways_as_short(site: Site) -> None:
    publish_stacks(
        site.database, institution_key="harbour", text=CHOICE, actor="test", now=site.now
    )
    describe(site)
    games = next(one for one in matched(site, "chess games").stacks if one.view.key == "games")
    assert games.path is not None
    assert (games.path.take, games.path.by, games.path.workload) == (("longer",), "cost", None)


def test_a_larger_award_is_planned_with_its_smaller_one(site: Site) -> None:
    practice = next(one for one in matched(site, "data practice").stacks)
    assert practice.view.key == "data-practice"
    assert practice.path is not None
    assert sorted(practice.path.take) == ["charts", "ethics", "sql"]
    assert practice.path.credits == Decimal(10)
    assert not practice.path.is_proved


def test_no_way_is_said_where_there_is_none(site: Site) -> None:
    publish_stacks(
        site.database, institution_key="harbour", text=CHOICE, actor="test", now=site.now
    )
    closed = next(one for one in matched(site, "closed to all").stacks)
    assert closed.view.key == "closed"
    assert closed.path is None


def test_an_institution_that_is_not_there(site: Site) -> None:
    with pytest.raises(NotFoundError):
        matched(site, "data", institution="nobody")


def describe(site: Site) -> None:
    describe_achievements(
        site.database,
        institution_key="harbour",
        descriptions=read_descriptions(WORK),
        pictures={},
        actor="test",
        now=site.now,
    )
