"""The learner's page and the evidence form, rendered from values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from lti_tool.errors import InvalidInputError, NotFoundError
from lti_tool.services.show_handing_in import HandingIn
from lti_tool.services.show_progress import ProgressView
from lti_tool.web import evidence, progress
from stacking_rules import LearnerRecord
from tests.web.values import STACKS, progress_view, stack_view, uuid_of
from tests.web.world import World


class FakeSubmission:
    """Takes evidence and remembers it; refuses with ``error`` when there is one."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.error: InvalidInputError | None = None

    def __call__(self, _database: object, **values: Any) -> None:
        if self.error:
            raise self.error
        self.taken.append(values)


@pytest.fixture(autouse=True)
def view(monkeypatch: pytest.MonkeyPatch) -> ProgressView:
    """What the use cases answer."""
    found = progress_view()
    monkeypatch.setattr(progress, "show_progress", lambda _database, **_values: found)

    def handing_in(_database: object, *, achievement_uuid: UUID, **_values: Any) -> HandingIn:
        options = {one.uuid: one for one in found.competencies}
        if achievement_uuid not in options:
            raise NotFoundError("There is no such competency in this course.")
        pieces = [one for one in found.evidence if one.achievement_uuid == achievement_uuid]
        return HandingIn(options[achievement_uuid], tuple(pieces))

    monkeypatch.setattr(evidence, "show_handing_in", handing_in)
    return found


@pytest.fixture
def submission(monkeypatch: pytest.MonkeyPatch) -> FakeSubmission:
    """What takes the evidence."""
    fake = FakeSubmission()
    monkeypatch.setattr(evidence, "submit_evidence", fake)
    return fake


FORM = f"evidence/{uuid_of('cleaning')}"


def test_the_page_says_where_i_stand_why_and_what_next(world: World) -> None:
    page = world.learner.get("progress").text
    assert "You hold 1 of 3 awards." in page
    assert "0 of 3 parts counted, 2.5 of 7.5 credits" in page
    assert "Effort: 2.5 credits. This is the first of 3 steps to this award." in page
    assert "Awarded on 12 May 2026, rule version 2" in page
    assert "Counts toward Computing Practitioner" in page
    assert "Complete one of these with 60 of 100 or better" in page
    assert "Not counted here: the grade is below 60 of 100." in page
    assert "Worked out just now (20 May 2026, 14:05 UTC)" in page


def test_evidence_shows_its_state_and_the_note(world: World) -> None:
    page = world.learner.get("progress").text
    assert "Handed in, waiting for a decision" in page
    assert "Returned" in page
    assert "Please show the units of each column." in page


def test_a_new_learner_sees_what_to_do_and_no_award(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = LearnerRecord()
    stacks = tuple(stack_view(stack, nothing) for stack in STACKS)
    empty = progress_view(stacks=stacks, record=nothing, handed_in=())
    monkeypatch.setattr(progress, "show_progress", lambda _database, **_values: empty)
    page = world.learner.get("progress").text
    assert "You hold none of 3 awards yet." in page
    assert 'class="award"' not in page
    assert "Nothing is handed in yet." in page


def test_an_award_under_review_is_kept_and_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = progress_view().stacks
    assert first.award is not None
    shaken = replace(first, award=replace(first.award, is_under_review=True))
    found = progress_view(stacks=(shaken, *others))
    monkeypatch.setattr(progress, "show_progress", lambda _database, **_values: found)
    assert "Under review" in world.learner.get("progress").text


def test_what_people_typed_is_shown_as_text(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    view = progress_view()
    piece = replace(view.evidence[0], text="<script>alert(1)</script>", url="javascript:alert(1)")
    found = replace(view, evidence=(piece,))
    monkeypatch.setattr(progress, "show_progress", lambda _database, **_values: found)
    page = world.learner.get("progress").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "javascript:" not in page


def test_a_notice_is_chosen_from_known_ones(world: World) -> None:
    assert "Your evidence is handed in." in world.learner.get("progress?notice=evidence-sent").text
    assert "Send money" not in world.learner.get("progress?notice=Send+money").text


def test_evidence_is_taken_once_and_leads_back(world: World, submission: FakeSubmission) -> None:
    form_id = str(uuid4())
    sent = {"form_id": form_id, "text": " My notebook\r\nStep 2 ", "url": "https://e.org/x"}
    answer = world.learner.post(FORM, sent)
    assert answer.status_code == 303
    assert answer.location == f"{world.learner.course}/progress?notice=evidence-sent"
    (taken,) = submission.taken
    assert taken["text"] == "My notebook\nStep 2"
    assert taken["url"] == "https://e.org/x"
    assert taken["form_id"] == form_id
    assert taken["learner_id"] == world.learner.learner_id


def test_a_refused_link_is_shown_at_its_field_with_all_input_kept(
    world: World, submission: FakeSubmission
) -> None:
    submission.error = InvalidInputError("The link must begin with https://.", field="url")
    sent = {"form_id": str(uuid4()), "text": "My notebook", "url": "ftp://e.org"}
    answer = world.learner.post(FORM, sent)
    assert answer.status_code == 422
    page = answer.text
    assert '<a href="#evidence-url">The link must begin with https://.</a>' in page
    assert 'aria-invalid="true"' in page
    assert 'value="ftp://e.org"' in page
    assert "My notebook" in page
    assert sent["form_id"] in page


def test_a_refused_form_is_a_problem_document_for_a_program(
    world: World, submission: FakeSubmission
) -> None:
    submission.error = InvalidInputError("The link must begin with https://.", field="url")
    sent = {"form_id": str(uuid4()), "text": "x", "url": "ftp://e.org"}
    answer = world.learner.post(FORM, sent, Accept="application/json")
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["errors"] == [
        {"pointer": "#/url", "detail": "The link must begin with https://."}
    ]


def test_too_long_a_text_is_refused_before_anything_is_kept(
    world: World, submission: FakeSubmission
) -> None:
    answer = world.learner.post(FORM, {"form_id": str(uuid4()), "text": "x" * 5001})
    assert answer.status_code == 422
    assert "Shorten this to 5,000 characters" in answer.text
    assert submission.taken == []


def test_a_form_without_its_id_is_refused(world: World, submission: FakeSubmission) -> None:
    answer = world.learner.post(FORM, {"text": "x"})
    assert answer.status_code == 422
    assert "This form is incomplete." in answer.text
    assert submission.taken == []


def test_there_is_no_form_for_an_unknown_competency(world: World) -> None:
    assert world.learner.get(f"evidence/{uuid4()}").status_code == 404


def test_a_page_of_the_course_may_be_framed_by_its_platform_alone(world: World) -> None:
    answer = world.learner.get("progress")
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://lms.example" in policy
    assert 'data-platforms="https://lms.example"' in answer.text
