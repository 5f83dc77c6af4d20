"""A competency is decided on the server, recorded once, and never of the wrong person."""

from __future__ import annotations

from typing import Any

import pytest
from workbench.runtime import WorkbenchRuntime

from demo_workbench.models import Reported
from tests.block.inside.conftest import CHARTS, ETHICS, ISSUER, LESSONS, QUIZ, WHOLE, Workbench
from tests.block.small_tool import SmallTool


def competencies(tool: SmallTool) -> list[str]:
    return [item["competency"] for item in tool.completions.values()]


def test_both_lessons_watched_are_a_competency_and_reach_the_tool(
    workbench: Workbench, tool: SmallTool
) -> None:
    workbench.watch(0)
    half = workbench.done(LESSONS, "record")
    workbench.watch(1)
    whole = workbench.done(LESSONS, "record")
    seen = workbench.done(LESSONS, "refresh")

    assert (half["is_met"], whole["is_met"], whole["is_new"]) == (False, True, True)
    assert "1 of 2 parts" in half["html"]
    assert "Saying what was done" in half["html"]
    (item,) = tool.completions.values()
    assert (item["issuer"], item["competency"]) == (ISSUER, "cleaning")
    assert "Recorded on" in seen["html"]
    assert "1 of 3 parts" in seen["html"]


def test_recording_and_sending_again_change_nothing(workbench: Workbench, tool: SmallTool) -> None:
    workbench.watch_all()
    for _ in range(3):
        workbench.done(LESSONS, "record")
        workbench.done(LESSONS, "refresh")

    assert competencies(tool) == ["cleaning"]
    assert [r for r in tool.requests if r[0] == "POST"] == [("POST", "/api/v1/completions")]


def test_what_the_browser_claims_is_not_asked(workbench: Workbench, tool: SmallTool) -> None:
    claim = {"is_met": True, "state": "met", "completion": 1.0, "competency_id": "ethics"}
    answer = workbench.done(LESSONS, "record", claim)
    workbench.done(LESSONS, "refresh", claim)

    assert answer["is_met"] is False
    assert tool.completions == {}


def test_completion_rises_with_the_parts_and_stays(workbench: Workbench) -> None:
    workbench.watch(0)
    workbench.done(LESSONS, "record")
    assert workbench.completion(LESSONS) == 0.5
    workbench.watch(1)
    workbench.done(LESSONS, "record")
    Reported.objects.filter(usage__contains="demo_lesson").update(completion=0.0)
    answer = workbench.done(LESSONS, "record")

    assert answer["is_met"] is True
    assert workbench.completion(LESSONS) == 1.0


def test_a_competency_chosen_later_has_to_be_proved_anew(
    workbench: Workbench, tool: SmallTool
) -> None:
    workbench.watch_all()
    workbench.done(LESSONS, "record")
    Reported.objects.filter(usage__contains="demo_lesson.d0").update(completion=0.0)
    block = workbench.block(LESSONS)
    block.competency_id = "statistics"
    block.save()
    again = workbench.done(LESSONS, "record")
    workbench.watch(0)
    workbench.done(LESSONS, "record")
    workbench.done(LESSONS, "refresh")

    assert again["is_met"] is False
    assert workbench.completion(LESSONS) == 1.0
    assert sorted(competencies(tool)) == ["cleaning", "statistics"]


def test_a_competency_may_watch_the_other_units_of_its_subsection(workbench: Workbench) -> None:
    workbench.watch(1, course=WHOLE)
    half = workbench.done(WHOLE, "record")
    workbench.watch(0, course=WHOLE)

    assert half["is_met"] is False
    assert "Why tables go wrong" in half["html"]
    assert workbench.done(WHOLE, "record")["is_met"] is True


def test_a_score_under_the_threshold_does_not_do(workbench: Workbench, tool: SmallTool) -> None:
    untried = workbench.done(QUIZ, "record")
    workbench.answer(0)
    wrong = workbench.done(QUIZ, "record")
    assert (untried["is_met"], wrong["is_met"]) == (False, False)
    # The lesson of the unit has no score and does not count against the learner.
    assert "0 of 1 part" in untried["html"]
    workbench.answer(1)
    assert workbench.done(QUIZ, "record")["is_met"] is True
    workbench.done(QUIZ, "refresh")

    (item,) = tool.completions.values()
    assert (item["competency"], item["grade"]) == ("sql", "100")


def test_a_checklist_needs_a_link_for_every_artefact(workbench: Workbench, tool: SmallTool) -> None:
    names = workbench.block(CHARTS).checklist
    first = {"name": names[0], "link": "https://example.edu/bar.png"}
    assert workbench.done(CHARTS, "hand_in", first)["is_met"] is False
    last = {"name": names[1], "link": "https://example.edu/line.png"}
    assert workbench.done(CHARTS, "hand_in", last)["is_new"] is True
    workbench.done(CHARTS, "refresh")

    (item,) = tool.completions.values()
    assert item["evidence"] == [
        {"text": names[0], "url": "https://example.edu/bar.png"},
        {"text": names[1], "url": "https://example.edu/line.png"},
    ]


@pytest.mark.parametrize(
    "link", ["", "done", "javascript:alert(1)", "https://", "https://a b", "https://e/" + "x" * 500]
)
def test_a_checklist_takes_no_bare_word(workbench: Workbench, link: str) -> None:
    name = workbench.block(CHARTS).checklist[0]
    status, answer = workbench.post(CHARTS, "hand_in", {"name": name, "link": link})

    assert status == 400
    assert "Enter a link" in answer["error"]
    assert workbench.block(CHARTS).handed_in == {}


@pytest.mark.parametrize("data", [{"name": "Another", "link": "https://e.edu"}, [], {"name": 3}])
def test_an_artefact_that_nobody_asked_for_is_refused(workbench: Workbench, data: Any) -> None:
    assert workbench.post(CHARTS, "hand_in", data)[0] == 400


def test_the_course_teams_word_is_a_competency(workbench: Workbench, tool: SmallTool) -> None:
    workbench.view("demo_quiz.3")
    assert workbench.done(ETHICS, "record")["is_met"] is False
    said = workbench.done(ETHICS, "attest", {"username": "amy"}, student="staff")["said"]
    attested_at = next(iter(workbench.block(ETHICS).attested.values()))
    answer = workbench.done(ETHICS, "record")
    workbench.done(ETHICS, "refresh")

    assert said == "Attested for amy."
    assert answer["is_new"] is True
    (item,) = tool.completions.values()
    assert (item["competency"], item["completed_at"]) == ("ethics", attested_at)
    assert workbench.done(ETHICS, "record", student="ben")["is_met"] is False


@pytest.mark.parametrize("student", ["amy", "staff-as-amy", "nobody"])
def test_nobody_attests_but_the_course_team(workbench: Workbench, student: str) -> None:
    workbench.view("demo_quiz.3")
    status, _ = workbench.post(ETHICS, "attest", {"username": "amy"}, student=student)

    assert status == 403
    assert workbench.block(ETHICS).attested == {}


@pytest.mark.parametrize("username", ["", "zoe", None, 7])
def test_an_attestation_needs_somebody_in_the_course(workbench: Workbench, username: Any) -> None:
    status, answer = workbench.post(ETHICS, "attest", {"username": username}, student="staff")

    assert (status, answer["error"]) == (400, "Nobody has that username.")


@pytest.mark.parametrize("student", ["staff", "staff-as-amy"])
def test_of_staff_and_masquerades_nothing_is_recorded(
    workbench: Workbench, tool: SmallTool, student: str
) -> None:
    workbench.watch_all()
    workbench.watch_all("staff")
    workbench.done(LESSONS, "record", student=student)
    workbench.done(LESSONS, "refresh", student=student)
    name = workbench.block(CHARTS).checklist[0]
    data = {"name": name, "link": "https://e.edu"}
    workbench.done(CHARTS, "hand_in", data, student=student)
    block = workbench.block(LESSONS, student)

    assert (block.state, block.found, block.last_seen, block.outbox) == ("open", {}, {}, [])
    assert workbench.block(CHARTS, student).handed_in == {}
    assert workbench.completion(LESSONS) is None
    assert workbench.completion(LESSONS, "staff") is None
    assert tool.requests == []


@pytest.mark.parametrize("handler", ["record", "refresh", "hand_in", "attest"])
def test_visitors_may_do_nothing(workbench: Workbench, tool: SmallTool, handler: str) -> None:
    status, answer = workbench.post(LESSONS, handler, student="nobody")

    assert (status, answer["error"]) == (403, "Sign in first.")
    assert tool.requests == []


def test_two_learners_have_nothing_of_each_other(workbench: Workbench, tool: SmallTool) -> None:
    workbench.watch_all("amy")
    workbench.done(LESSONS, "record", student="amy")
    workbench.done(LESSONS, "refresh", student="amy")
    ben = workbench.done(LESSONS, "record", student="ben")
    bens = workbench.done(LESSONS, "refresh", student="ben")

    assert ben["is_met"] is False
    assert "0 of 3 parts" in bens["html"]
    assert "Recorded on" not in workbench.view("demo_quiz.0", student="ben")
    assert "Recorded on" in workbench.view("demo_quiz.0", student="amy")
    assert len({item["subject"] for item in tool.completions.values()}) == 1


def test_a_score_is_published_where_the_course_team_wants_one(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = []
    block = workbench.block(LESSONS)
    block.is_scored, block.weight = True, 5.0
    block.save()
    workbench.watch_all()
    monkeypatch.setattr(
        WorkbenchRuntime,
        "publish",
        lambda _self, _block, event, data: published.append((event, data)),
    )
    workbench.done(LESSONS, "record")
    workbench.done(LESSONS, "record")

    assert published == [
        ("completion", {"completion": 1.0}),
        ("grade", {"value": 5.0, "max_value": 5.0, "only_if_higher": True}),
    ]
