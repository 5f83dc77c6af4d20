"""The course team chooses from the catalogue, and is told at the field what cannot work."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test.utils import override_settings
from workbench.runtime import WorkbenchRuntime
from workbench.scenarios import get_scenarios

from tests.block.inside.conftest import CHARTS, LESSONS, Workbench
from tests.block.small_tool import KEYS, NAMES, SmallTool


def save(workbench: Workbench, values: dict[str, Any], **more: Any) -> Any:
    more.setdefault("student", "staff")
    return workbench.post(LESSONS, "submit_studio_edits", {"values": values}, **more)


def wrong_fields(answer: Any) -> dict[str, str]:
    return {message["field"]: message["text"] for message in answer["error"]["messages"]}


def test_the_picker_is_filled_from_the_tool(workbench: Workbench, tool: SmallTool) -> None:
    found = workbench.done(LESSONS, "studio_catalog", student="staff")

    assert found["is_reachable"] is True
    assert {row["key"]: row["title"] for row in found["competencies"]} == NAMES
    assert [row["key"] for row in found["stacks"]] == ["data-explorer", "data-practitioner"]


def test_without_the_tool_a_key_is_typed(workbench: Workbench, tool: SmallTool) -> None:
    tool.problem = 503
    found = workbench.done(LESSONS, "studio_catalog", student="staff")
    status, _ = save(workbench, {"competency_id": "typed-by-hand"})

    assert found == {
        "is_reachable": False,
        "said": "Quoin cannot be reached just now. Type the key.",
    }
    assert status == 200
    assert workbench.block(LESSONS).competency_id == "typed-by-hand"


def test_a_site_that_is_not_connected_says_so(workbench: Workbench) -> None:
    with override_settings(QUOIN_XBLOCK={}):
        found = workbench.done(LESSONS, "studio_catalog", student="staff")

    assert found["said"] == "This site is not connected to Quoin. Type the key."


@pytest.mark.parametrize("student", ["amy", "nobody"])
@pytest.mark.parametrize("handler", ["studio_catalog", "submit_studio_edits"])
def test_learners_are_kept_out(
    workbench: Workbench, tool: SmallTool, handler: str, student: str
) -> None:
    data = {"values": {"competency_id": "ethics"}}
    status, _ = workbench.post(LESSONS, handler, data, student=student)

    assert status == 403
    assert workbench.block(LESSONS).competency_id == "cleaning"
    assert tool.requests == []


def test_an_unknown_competency_is_refused_at_its_field(workbench: Workbench) -> None:
    status, answer = save(workbench, {"competency_id": "astrology", "stack_id": "no-such"})

    assert status == 400
    assert wrong_fields(answer) == {
        "competency_id": "Quoin does not know this competency. Choose another.",
        "stack_id": "Quoin does not know this stack. Choose another.",
    }
    assert workbench.block(LESSONS).competency_id == "cleaning"


@pytest.mark.parametrize("typed", ["-1", "100.1", "120", "abc", "", "nan", "inf", None, [5]])
def test_a_threshold_outside_0_to_100_percent_is_refused_at_its_field(
    workbench: Workbench, typed: Any
) -> None:
    status, answer = save(workbench, {"mode": "score", "threshold": typed})

    assert status == 400
    assert wrong_fields(answer) == {"threshold": "Enter a percentage from 0 to 100."}
    assert workbench.block(LESSONS).threshold == 0.8


@pytest.mark.parametrize(
    ("typed", "stored"), [("0", 0.0), ("83", 0.83), ("82,5 %", 0.825), ("100", 1.0), (7, 0.07)]
)
def test_percent_are_shown_and_a_share_is_stored(
    workbench: Workbench, typed: Any, stored: float
) -> None:
    assert save(workbench, {"mode": "score", "threshold": typed})[0] == 200
    assert workbench.block(LESSONS).threshold == stored
    page = workbench.view("demo_quiz.0", "student_view", student="ben")
    assert f"Reach {stored * 100:g} % on average in this unit." in page


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"competency_id": ""}, "competency_id"),
        ({"competency_id": "two words"}, "competency_id"),
        ({"mode": "telepathy"}, "mode"),
        ({"watch_scope": "everywhere"}, "watch_scope"),
        ({"mode": "checklist", "checklist": " \n "}, "checklist"),
        (
            {"mode": "checklist", "checklist": "x\n" * 3 + "\n".join(map(str, range(30)))},
            "checklist",
        ),
        ({"watch_scope": "listed", "watched": ""}, "watched"),
        ({"is_scored": True, "weight": "0"}, "weight"),
        ({"display_name": "x" * 256}, "display_name"),
    ],
)
def test_what_cannot_work_is_refused_at_its_field(
    workbench: Workbench, values: dict[str, Any], field: str
) -> None:
    status, answer = save(workbench, values)

    assert status == 400
    assert list(wrong_fields(answer)) == [field]


@pytest.mark.parametrize("data", [{}, {"values": []}, [], {"values": "x"}])
def test_nothing_to_save_is_a_bad_request(workbench: Workbench, data: Any) -> None:
    assert workbench.post(LESSONS, "submit_studio_edits", data, student="staff")[0] == 400


def test_listed_parts_alone_are_watched(workbench: Workbench) -> None:
    key = f"{LESSONS}.demo_lesson.d1.u0"
    assert save(workbench, {"watch_scope": "listed", "watched": f"{key}\n"})[0] == 200
    workbench.watch(1)

    assert workbench.done(LESSONS, "record")["is_met"] is True


def test_a_listed_part_that_is_gone_is_never_complete(workbench: Workbench) -> None:
    save(workbench, {"watch_scope": "listed", "watched": "gone.demo_lesson.d0.u0"})
    answer = workbench.done(LESSONS, "record")

    assert answer["is_met"] is False
    assert "gone.demo_lesson.d0.u0" in answer["html"]


def test_the_panel_refuses_an_unknown_stack(workbench: Workbench) -> None:
    status, answer = save(workbench, {"stack_id": "no-such"}, block="quoin_progress.d0.u0")
    good, _ = save(workbench, {"stack_id": "data-explorer"}, block="quoin_progress.d0.u0")

    assert (status, list(wrong_fields(answer)), good) == (400, ["stack_id"], 200)


def test_studios_page_checks_without_asking_the_tool(workbench: Workbench, tool: SmallTool) -> None:
    block = workbench.block(LESSONS)
    block.competency_id = ""
    texts = [message.text for message in block.validate().messages]

    assert texts == ["Choose the competency that this proves."]
    assert tool.requests == []


def test_an_exported_course_holds_no_secret_no_address_and_no_learner(
    workbench: Workbench, tool: SmallTool
) -> None:
    workbench.done(LESSONS, "studio_catalog", student="staff")
    save(workbench, {"competency_id": "sql", "mode": "score", "threshold": "70"})
    workbench.done(
        CHARTS, "hand_in", {"name": "A bar chart of your own data", "link": "https://e.edu/1"}
    )
    workbench.watch_all()
    workbench.done(LESSONS, "record")
    workbench.done(LESSONS, "refresh")
    cache.clear()
    exported = "".join(_export(name) for name in ("demo_quiz.0", "demo_quiz.2"))

    assert 'competency_id="sql"' in exported
    assert 'threshold="0.7"' in exported
    for kept_inside in (
        *KEYS,
        *KEYS.values(),
        tool.url,
        "https://",
        "last_seen",
        "outbox",
        "amy",
        "e.edu",
    ):
        assert kept_inside not in exported


def _export(scenario: str) -> str:
    from io import BytesIO

    runtime = WorkbenchRuntime("amy")
    output = BytesIO()
    runtime.export_to_xml(runtime.get_block(get_scenarios()[scenario].usage_id), output)
    return output.getvalue().decode()
