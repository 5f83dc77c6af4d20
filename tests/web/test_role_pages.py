"""What mentors, previews, assistants and administrators of personal data see and may do."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import uuid4

import pytest

from lti_tool.persistence.base import Database
from tests.web.scores import promise
from tests.web.world import World


@pytest.fixture
def world(database: Database, now: datetime) -> World:
    return World(database, now)


def _completion(world: World) -> dict[str, object]:
    return {
        "learner": world.learner.learner_uuid,
        "achievement": world.achievement("sql"),
        "grade": "80",
        "completed_on": "2026-06-01",
        "form_id": uuid4(),
    }


def test_a_mentor_reads_the_progress_of_those_named_and_of_nobody_else(world: World) -> None:
    other = world.come_as("ben")
    mentor = world.come_as("grace", role="mentor", mentees=[world.learner.learner_id])
    page = mentor.get("mentees")
    assert "Amara" in page.text
    assert "Ben" not in page.text
    assert "Progress of Amara" in mentor.get(f"mentees/{world.learner.learner_uuid}").text
    assert mentor.get(f"mentees/{other.learner_uuid}").status_code == 404
    assert mentor.get(f"learners/{world.learner.learner_uuid}").status_code == 403
    assert mentor.get("roster").status_code == 403


def test_a_mentor_without_a_list_reads_that_nobody_is_there_yet(world: World) -> None:
    page = world.come_as("grace", role="mentor")
    assert "Nobody yet" in page.get("mentees").text


def test_a_preview_says_so_and_records_nothing(world: World) -> None:
    preview = world.come_as("student", purpose="preview")
    assert "Nothing is recorded" in preview.get("progress").text
    form = {"text": "I did it", "url": "", "form_id": str(uuid4())}
    answer = preview.post(f"evidence/{world.achievement('sql')}", form)
    assert answer.status_code == 403
    assert "preview" in answer.text
    assert "Nothing is handed in yet" in preview.get("progress").text


def test_a_role_without_the_right_may_read_and_not_record(world: World) -> None:
    world.allow(learner=[], instructor=[])
    with_rights = world.teacher.post("completions", _completion(world))
    assert with_rights.status_code == 403  # sessions of these tests have the role "learner"
    assert "role-rights" in with_rights.text
    assert world.teacher.get("roster").status_code == 200
    world.allow()
    assert world.teacher.post("completions", _completion(world)).status_code == 303


def test_staff_without_the_right_to_record_see_no_button_of_it(world: World) -> None:
    world.teacher.post("completions", _completion(world))
    world.learner.post(
        f"evidence/{world.achievement('charts')}",
        {"text": "My chart", "url": "", "form_id": str(uuid4())},
    )
    promise(world, "ethics", state="failed", reason="refused", last_answer="Refused.")
    paths = ("roster", "scores", f"learners/{world.learner.learner_uuid}")
    words = ("Record a completion", "Withdraw this", "Return with the note", "Send again")

    def shown() -> str:
        answers = [world.teacher.get(path) for path in paths]
        assert {answer.status_code for answer in answers} == {200}
        return "".join(answer.text for answer in answers)

    pages = shown()
    assert all(word in pages for word in words)
    world.allow(learner=["link"])
    pages = shown()
    assert not any(word in pages for word in words)
    assert "My chart" in pages
    assert "read, and not record" in pages


def test_a_review_begins_with_what_was_handed_in(world: World) -> None:
    reviewer = world.come_as("grader", is_instructor=True, subject_id=world.learner.learner_id)
    path = f"learners/{world.learner.learner_uuid}"
    assert "Nothing is handed in yet.</p>" in reviewer.get(path).text
    form = {"text": "My query", "url": "", "form_id": str(uuid4())}
    world.learner.post(f"evidence/{world.achievement('sql')}", form)
    page = reviewer.get(path).text
    assert "Return with the note" in page
    assert page.index("My query") < page.index("Next step")
    page = world.teacher.get(path).text
    assert page.index("Next step") < page.index("My query")


def test_a_score_is_sent_again_by_staff_who_may_record_alone(world: World) -> None:
    score = promise(world, "sql", state="failed", reason="refused", last_answer="Refused.")
    world.allow(learner=["link"])
    refused = world.teacher.post(f"scores/{score}/again")
    assert (refused.status_code, "role-rights" in refused.text) == (403, True)
    world.allow(learner=["record"])
    assert world.teacher.post(f"scores/{score}/again").status_code == 303


def test_everybody_may_take_along_what_is_kept_about_them(world: World) -> None:
    world.teacher.post("completions", _completion(world))
    answer = world.learner.post("my-data")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    data = json.loads(answer.text)
    assert [c["achievement"] for c in data["completions"]] == ["SQL foundations"]
    assert data["completions"][0]["grade"] == "80"
    assert "Maria" not in answer.text


def test_an_administrator_gives_out_and_erases_the_data_of_the_person_named(world: World) -> None:
    world.teacher.post("completions", _completion(world))
    admin = world.come_as("admin", purpose="privacy", subject_id=world.learner.learner_id)
    assert "Amara" in admin.get("privacy").text
    assert json.loads(admin.post("privacy/export").text)["learner"]["name"] == "Amara"
    unconfirmed = admin.post("privacy/erasure")
    assert unconfirmed.status_code in (400, 422)
    assert world.learner.get("progress").status_code == 200
    assert "erased" in admin.post("privacy/erasure", {"confirm": "erase"}).text
    assert world.learner.get("progress").status_code == 401
    assert "Amara" not in world.teacher.get("roster").text


def test_an_administrator_who_came_for_data_opens_no_course_page(world: World) -> None:
    admin = world.come_as("admin", purpose="privacy")
    assert "Nothing is kept about this person" in admin.get("privacy").text
    assert admin.get("progress").status_code == 403
    assert admin.post("privacy/export").status_code == 404
