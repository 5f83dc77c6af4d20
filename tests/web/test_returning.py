"""A session that is over: back to the same place after a relaunch, with what was typed."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from lti_tool.entering.opened import SESSION_LIFE, Landing, LaunchAccepted
from lti_tool.persistence.base import Database
from lti_tool.web.answers import first_page, set_session
from lti_tool.web.returning import place_of
from tests.web.world import ORIGIN, Person, World

TYPED = "I led the survey of the river,\nand wrote <b>the report</b> about it."


@pytest.fixture
def world(sqlite_database: Database, now: datetime) -> World:
    """A course whose sessions are over."""
    made = World(sqlite_database, now)
    made.now += SESSION_LIFE + timedelta(minutes=1)
    return made


def cookies(answer: TestResponse) -> str:
    """Return what the browser keeps of an answer's place, as it would send it."""
    kept = [c.split(";")[0] for c in answer.headers.getlist("Set-Cookie") if "-place-" in c]
    return "; ".join(kept)


def led_to(world: World, person: Person, landing: str, kept: str) -> str:
    """Return where a launch of this person leads a browser that kept so much."""
    accepted = LaunchAccepted(person.context_uuid, "token", landing)
    with world.app.test_request_context(headers={"Cookie": kept}):
        return first_page(accepted)


def test_the_relaunch_leads_to_the_page_that_was_asked_for(world: World) -> None:
    answer = world.learner.get("what-if?stack=data-basics&planned=sql")
    assert answer.status_code == 401
    assert "leads back to where you were" in answer.text
    there = f"{world.learner.course}/what-if?stack=data-basics&planned=sql"
    assert led_to(world, world.learner, Landing.PROGRESS, cookies(answer)) == there


def test_after_a_form_it_is_the_page_of_the_form_and_the_text_can_be_copied(world: World) -> None:
    page = f"{ORIGIN}{world.learner.course}/evidence/{world.achievement('sql')}"
    form = {"form_id": str(uuid4()), "csrf_token": "x" * 64, "text": TYPED, "url": ""}
    answer = world.learner.send(
        "POST",
        f"evidence/{world.achievement('sql')}",
        data=form,
        headers={"Origin": ORIGIN, "Referer": page},
    )
    assert answer.status_code == 401
    assert "and wrote &lt;b&gt;the report&lt;/b&gt; about it." in answer.text
    assert form["form_id"] not in answer.text
    assert form["csrf_token"] not in answer.text
    assert ORIGIN + led_to(world, world.learner, "progress", cookies(answer)) == page


def test_what_another_site_sent_is_not_shown(world: World) -> None:
    answer = world.learner.send(
        "POST", "requests/new", data={"text": TYPED}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 401
    assert "survey" not in answer.text


def test_a_part_of_a_page_leads_to_the_page(world: World) -> None:
    shown = f"{ORIGIN}{world.teacher.course}/roster?status=stalled"
    answer = world.teacher.get("analytics", **{"HX-Request": "true", "HX-Current-URL": shown})
    assert ORIGIN + led_to(world, world.teacher, "roster", cookies(answer)) == shown


@pytest.mark.parametrize(
    "landing", [Landing.LINK, Landing.PRIVACY, "learners/0b1c2d3e-0000-4000-8000-000000000001"]
)
def test_what_was_opened_for_a_purpose_stays_what_it_is(world: World, landing: str) -> None:
    kept = cookies(world.teacher.get("roster"))
    assert led_to(world, world.teacher, landing, kept) == f"{world.teacher.course}/{landing}"


def test_nobody_is_led_to_a_page_that_their_role_does_not_open(world: World) -> None:
    kept = cookies(world.teacher.get("analytics"))
    assert led_to(world, world.learner, "progress", kept) == f"{world.learner.course}/progress"


@pytest.mark.parametrize(
    "place",
    [
        "//evil.example/courses/{course}/progress",
        "https://evil.example/",
        "/courses/{other}/progress",
        "/courses/{course}/nowhere",
        "/courses/{course}/../../admin",
        "/admin/",
        "",
    ],
)
def test_a_place_that_is_none_of_the_course_is_ignored(world: World, place: str) -> None:
    course, other = world.learner.context_uuid, world.other_learner.context_uuid
    kept = cookies(world.learner.get("progress")).split("=")[0]
    assert kept
    value = place.format(course=course, other=other)
    assert led_to(world, world.learner, "progress", f"{kept}={value}") == (
        f"{world.learner.course}/progress"
    )


def test_a_page_whose_session_is_there_notes_nothing(world: World) -> None:
    world.now -= SESSION_LIFE
    assert world.learner.get("progress").status_code == 200
    assert not cookies(world.learner.get("progress"))


def test_it_is_returned_to_once(world: World) -> None:
    kept = cookies(world.learner.get("credentials"))
    accepted = LaunchAccepted(world.learner.context_uuid, "token", "progress")
    with world.app.test_request_context(headers={"Cookie": kept}):
        assert place_of(accepted) is not None
        response = world.app.make_response("")
        set_session(response, accepted)
    gone = [c for c in response.headers.getlist("Set-Cookie") if "-place-" in c]
    assert len(gone) == 1
    assert "Max-Age=0" in gone[0]
