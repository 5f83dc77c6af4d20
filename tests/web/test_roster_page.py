"""The teacher's page, its forms and its live cells, rendered from values."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from lti_tool.errors import InvalidInputError, LTIServiceError
from lti_tool.persistence.courses import Context
from lti_tool.web import decisions, roster
from tests.web.values import roster_view, uuid_of
from tests.web.world import World


class Fake:
    """A use case that remembers what it was asked and answers, or raises, what it is told."""

    def __init__(self, answer: object = None) -> None:
        self.asked: list[dict[str, Any]] = []
        self.answer = answer

    def __call__(self, *_parts: object, **values: Any) -> object:
        self.asked.append(values)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture(autouse=True)
def sync(monkeypatch: pytest.MonkeyPatch, world: World) -> Fake:
    """The platform's list; the roster itself is fresh."""
    view = replace(roster_view(), synced_at=world.now)
    monkeypatch.setattr(roster, "show_roster", Fake(view))
    fake = Fake(SimpleNamespace(is_complete=True))
    monkeypatch.setattr(roster, "sync_roster", fake)
    with world.database.writing() as session:
        session.get_one(Context, world.context_of("harbour")).roster_synced_at = world.now
    return fake


@pytest.fixture
def recording(monkeypatch: pytest.MonkeyPatch) -> Fake:
    """What records completions."""
    fake = Fake()
    monkeypatch.setattr(decisions, "record_in_course", fake)
    return fake


def _entry(**changed: str) -> dict[str, str]:
    return {
        "form_id": str(uuid4()),
        "learner": str(uuid_of("amara")),
        "achievement": str(uuid_of("sql")),
        "grade": "82",
        "completed_on": "2026-05-12",
        "note": "Oral exam",
    } | changed


def test_the_page_shows_learners_awards_queue_and_reviews(world: World) -> None:
    page = world.teacher.get("roster").text
    for words in (
        "Amara Nwosu",
        "فريد الحداد",
        "Has left the course",
        "Evidence to decide (1)",
        "Awards under review",
        "Score in the gradebook",
        "The gradebook answered 403.",
        "Withdrawn",
    ):
        assert words in page, words


def test_a_fresh_list_is_not_asked_for_again(world: World, sync: Fake) -> None:
    world.teacher.get("roster")
    assert sync.asked == []


def test_a_list_older_than_five_minutes_is_asked_for(world: World, sync: Fake) -> None:
    world.now += timedelta(minutes=5, seconds=1)
    world.teacher.get("roster")
    assert len(sync.asked) == 1


def test_when_the_platform_is_silent_the_last_list_is_shown_with_its_date(
    world: World, sync: Fake
) -> None:
    sync.answer = LTIServiceError("The platform did not answer.")
    world.now += timedelta(hours=2)
    page = world.teacher.get("roster").text
    assert "The list may be out of date: The platform did not answer." in page
    assert "The list is from 30 June 2026, 12:00 UTC" in page
    assert "Amara Nwosu" in page


def test_what_the_platform_answered_is_marked_as_english(world: World, sync: Fake) -> None:
    sync.answer = LTIServiceError("The platform did not answer.")
    world.now += timedelta(hours=2)
    page = world.come_as("ingrid", is_instructor=True, locale="de").get("roster").text
    assert "Die Liste ist vielleicht veraltet." in page
    assert '<span lang="en" dir="ltr">The platform did not answer.</span>' in page


def test_a_platform_without_lists_and_a_list_cut_short_are_told_apart(
    world: World, sync: Fake
) -> None:
    world.now += timedelta(hours=2)
    sync.answer = LTIServiceError("Your platform offers no list.", code="lti-no-roster")
    page = world.teacher.get("roster").text
    assert "Your platform offers no list." in page
    assert "out of date" not in page
    sync.answer = SimpleNamespace(is_complete=False)
    assert "a part of the list only" in world.teacher.get("roster").text


def test_the_button_asks_for_the_list_now(world: World, sync: Fake) -> None:
    answer = world.teacher.post("roster")
    assert answer.status_code == 303
    assert len(sync.asked) == 1
    sync.answer = LTIServiceError("The platform did not answer.")
    assert "did not answer" in world.teacher.post("roster").text


def test_a_completion_is_recorded_with_what_was_typed(world: World, recording: Fake) -> None:
    answer = world.teacher.post("completions", _entry())
    assert answer.status_code == 303
    (asked,) = recording.asked
    assert asked["learner_uuid"] == uuid_of("amara")
    assert asked["grade"] == "82"
    assert asked["recorded_by"] == world.teacher.learner_id
    assert asked["completed_on"].isoformat() == "2026-05-12"


def test_an_impossible_entry_names_every_field_and_records_nothing(
    world: World, recording: Fake
) -> None:
    wrong = _entry(learner="", achievement="x", completed_on="12/5/2026")
    answer = world.teacher.post("completions", wrong)
    assert answer.status_code == 422
    for field in ("learner", "achievement", "completed_on"):
        assert f'href="#record-{field}"' in answer.text
        assert f'id="record-{field}"' in answer.text
    assert recording.asked == []


def test_a_grade_outside_its_scale_comes_back_at_its_field(world: World, recording: Fake) -> None:
    recording.answer = InvalidInputError("The grade must be between 0 and 100.", field="grade")
    answer = world.teacher.post("completions", _entry(grade="120"))
    assert answer.status_code == 422
    assert '<a href="#record-grade">The grade must be between 0 and 100.</a>' in answer.text
    assert 'value="120"' in answer.text
    assert 'value="2026-05-12"' in answer.text
    assert "selected" in answer.text


def test_evidence_is_accepted_with_a_grade_or_returned_with_a_note(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = Fake()
    monkeypatch.setattr(decisions, "decide_evidence", fake)
    path = f"evidence/{uuid_of('evidence:charts:submitted')}/decision"
    assert world.teacher.post(path, {"decision": "accept", "grade": "80"}).status_code == 303
    assert world.teacher.post(path, {"decision": "return", "note": "Units"}).status_code == 303
    assert [asked["is_accepted"] for asked in fake.asked] == [True, False]
    fake.answer = InvalidInputError("Say what is missing.", field="note")
    answer = world.teacher.post(path, {"decision": "return", "note": ""})
    assert answer.status_code == 422
    assert 'href="#decide-' in answer.text
    assert world.teacher.post(path, {"decision": "burn"}).status_code == 422


def test_a_withdrawal_needs_a_reason_and_says_when_awards_wait_for_review(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = Fake(InvalidInputError("Say why the completion is withdrawn.", field="reason"))
    monkeypatch.setattr(decisions, "withdraw_completion", fake)
    path = f"completions/{uuid_of('completion:sorting')}/withdrawal"
    answer = world.teacher.post(path, {"reason": ""})
    assert answer.status_code == 422
    assert "<details open>" in answer.text
    fake.answer = SimpleNamespace(reviews=1)
    answer = world.teacher.post(path, {"reason": "Wrong person"})
    assert "completion-withdrawn-review" in (answer.location or "")


def test_a_score_on_its_way_asks_again_and_a_settled_one_does_not(world: World) -> None:
    pending = world.teacher.get(f"scores/{uuid_of('completion:graphs')}").text
    assert 'hx-trigger="every 2s"' in pending
    assert "Check again" in pending
    settled = world.teacher.get(f"scores/{uuid_of('completion:sorting')}").text
    assert "hx-get" not in settled
    assert "Score in the gradebook" in settled


def test_a_cell_that_fails_stays_a_cell(world: World) -> None:
    answer = world.teacher.get(f"scores/{uuid4()}", **{"HX-Request": "true"})
    assert answer.status_code == 404
    assert answer.text.startswith('<span class="score failed">')
