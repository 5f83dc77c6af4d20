"""The page of figures over HTTP: tables and bars, groups alone, and who may see it."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.web.course import BOTH, of_test
from tests.web.test_class_list import fill
from tests.web.world import World


@pytest.fixture
def world(request: pytest.FixtureRequest, now: datetime) -> World:
    """A course in which 12 hold the award, 15 lack one part, and 11 (with Amara) have nothing."""
    found = World(of_test(request), now)
    both = {"sql": date(2026, 3, 1), "charts": date(2026, 4, 10)}
    people: dict[str, dict[str, date]] = {f"h{i}": both for i in range(12)}
    people |= {f"s{i}": {"sql": date(2026, 5, 1)} for i in range(15)}
    people |= {f"n{i}": {} for i in range(10)}
    fill(found, people)
    return found


@BOTH
def test_the_figures_are_those_of_the_course(world: World, engine: str) -> None:
    page = world.teacher.get("analytics")
    assert "Nothing is computed yet." in page.text
    assert "The progress of 38 learners has changed" in page.text
    assert world.teacher.post("analytics", {"stack": "data-basics"}).status_code == 303
    page = world.teacher.get("analytics?stack=data-basics")
    for words in (
        '<th scope="row">In the course</th><td>38</td>',
        '<th scope="row">Have something that counts</th><td>27</td>',
        '<th scope="row">Hold the award</th><td>12</td>',
        '<th scope="row">Charts that tell the truth</th><td>15 of 15</td><td>60</td><td>60</td>',
        "Half of the 12 learners who hold it took 40 days at most",
        '<th scope="row">31 to 90 days</th><td>12</td>',
    ):
        assert words in page.text, words
    assert 'height="15"' in page.text
    assert "Compute now" not in page.text


def test_few_people_are_not_told_and_names_never(world: World) -> None:
    world.teacher.post("analytics")
    page = world.teacher.get("analytics?stack=data-practice").text
    assert "Fewer than 10 learners of this course hold the award." in page
    assert "Amara" not in page
    world.other_teacher.post("analytics")
    assert world.other_teacher.get("analytics").text.count("Not told") == 5


def test_staff_who_may_not_record_may_look_and_nobody_else(world: World) -> None:
    world.allow(assistant=[])
    assistant = world.come_as("tom", is_instructor=True, role="assistant")
    assert assistant.get("analytics").status_code == 200
    assert world.learner.get("analytics").status_code == 403
    assert world.come_as("mo", role="mentor").post("analytics").status_code == 403
