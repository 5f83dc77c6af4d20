"""Every view answers at once, asks nobody over the network, and shows each reader their own."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

import pytest
from workbench.scenarios import get_scenarios

from tests.block.inside.conftest import CHARTS, LESSONS, Workbench
from tests.block.small_tool import SmallTool

SCENARIOS = [f"quoin_competency.{n}" for n in range(4)] + [f"quoin_progress.{n}" for n in range(2)]
VIEWS = ["student_view", "public_view", "author_view", "studio_view"]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_view_is_shown_without_any_call_to_the_tool(
    workbench: Workbench, tool: SmallTool, scenario: str, view: str
) -> None:
    assert 'class="quoin' in workbench.view(scenario, view, student="staff")
    assert 'class="quoin' in workbench.view(scenario, view)
    assert tool.requests == []


def test_every_scenario_of_ours_is_tried_here(workbench: Workbench) -> None:
    ours = [name for name in get_scenarios() if name.startswith("quoin_")]

    assert sorted(ours) == sorted(SCENARIOS)


def test_what_was_seen_last_is_shown_with_its_date(workbench: Workbench, tool: SmallTool) -> None:
    assert "has not been fetched yet" in workbench.view("demo_quiz.0")
    workbench.done(LESSONS, "refresh")
    tool.requests.clear()
    page = workbench.view("demo_quiz.0")

    assert "As of " in page
    assert "Data practitioner" in page
    assert tool.requests == []


def test_visitors_are_asked_to_sign_in_and_get_no_script(workbench: Workbench) -> None:
    page = workbench.view("quoin_competency.0", student="nobody")

    assert page.count("Sign in and enrol") == 2
    assert "data-init='QuoinBlock'" not in page


@pytest.mark.parametrize(
    ("student", "note"),
    [("staff", "You view this as course team."), ("staff-as-amy", "as somebody else")],
)
def test_staff_are_told_that_nothing_is_recorded(
    workbench: Workbench, student: str, note: str
) -> None:
    page = workbench.view("quoin_competency.1", student=student)

    assert note in page
    assert '"records": false' in page
    assert '"looks": false' in page
    assert "Hand in</button>" not in page


def test_what_authors_and_learners_wrote_is_shown_as_text(workbench: Workbench) -> None:
    block = workbench.block(CHARTS)
    block.display_name = "<script>alert(1)</script>"
    block.checklist = ['"><img src=x>']
    block.save()
    page = workbench.view("demo_quiz.2")

    assert "<script>alert(1)" not in page
    assert "<img src=x>" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_arabic_is_written_from_right_to_left_in_arabic_words(workbench: Workbench) -> None:
    workbench.watch_all()
    workbench.done(LESSONS, "record")
    workbench.done(LESSONS, "refresh")
    workbench.done(LESSONS, "refresh", block="quoin_progress.d0.u0")
    page = workbench.view("demo_quiz.0", language="ar")

    assert '<div class="quoin" lang="ar" dir="rtl">' in page
    assert "سُجِّلت في" in page
    assert "الخطوة التالية" in page
    assert "لديك 0 من شهادتين." in page
    for english in ("Recorded on", "Next step", "Look again", "Still missing"):
        assert english not in page


def test_the_editor_is_in_arabic_too(workbench: Workbench) -> None:
    page = workbench.view("quoin_competency.1", "studio_view", student="staff", language="ar")

    assert 'class="quoin quoin-editor" lang="ar" dir="rtl"' in page
    assert "كيف تُثبَت" in page
    assert "How it is proved" not in page


def test_what_changes_is_said_in_a_live_region(workbench: Workbench) -> None:
    for scenario in ("quoin_competency.0", "quoin_progress.0"):
        page = workbench.view(scenario)
        assert '<p class="quoin-said" role="status" aria-live="polite"></p>' in page


def test_nothing_is_fixed_to_the_window(workbench: Workbench) -> None:
    page = workbench.view("demo_quiz.0") + workbench.view(
        "quoin_competency.0", "studio_view", student="staff"
    )

    assert "position: fixed" not in page
    assert "100vh" not in page


def test_awards_that_are_held_come_first_then_the_nearest(
    workbench: Workbench, tool: SmallTool
) -> None:
    for number, key in enumerate(("cleaning", "sql", "charts")):
        subject = str(uuid5(NAMESPACE_URL, "lti:amy"))
        tool.completions[str(number)] = {"subject": subject, "competency": key}
    workbench.done(LESSONS, "refresh", block="quoin_progress.d0.u0")
    page = workbench.view("demo_quiz.0")

    assert page.index("Awarded on June 30, 2026") < page.index("1 of 2 parts")
    assert "Expires on June 30, 2028" in page
    assert page.count("Not needed</span>") == 2
    assert page.count("<details open>") == 1
    assert page.count("<details>") == 1
