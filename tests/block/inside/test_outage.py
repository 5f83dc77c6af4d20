"""A tool that is away slows nobody down, and nothing is lost of what was met meanwhile."""

from __future__ import annotations

import time

import pytest
from django.core.cache import cache
from django.test.utils import override_settings

from tests.block.inside.conftest import LESSONS, Workbench
from tests.block.small_tool import SmallTool


def our_log(caplog: pytest.LogCaptureFixture) -> str:
    """Give what our package logged: the workbench itself names the student."""
    ours = [r for r in caplog.records if r.name.startswith("quoin_xblock")]
    return "\n".join(record.getMessage() for record in ours)


def meet(workbench: Workbench, student: str = "amy") -> None:
    workbench.watch_all(student)
    workbench.done(LESSONS, "record", student=student)


@pytest.mark.parametrize("status", [500, 503, 429, 401, 403])
def test_a_completion_waits_until_the_tool_takes_it(
    workbench: Workbench, tool: SmallTool, status: int
) -> None:
    meet(workbench)
    tool.problem = status
    away = workbench.done(LESSONS, "refresh")
    page = workbench.view("demo_quiz.0")
    tool.problem = 0
    cache.clear()
    back = workbench.done(LESSONS, "refresh")

    assert "It is kept here until Quoin can be reached" in away["html"]
    assert "It is kept here" in page
    assert "Recorded on" in back["html"]
    assert len(tool.completions) == 1


def test_what_was_seen_last_stays_when_the_tool_is_away(
    workbench: Workbench, tool: SmallTool
) -> None:
    workbench.done(LESSONS, "refresh")
    before = workbench.block(LESSONS).last_seen
    tool.problem = 500
    cache.clear()
    answer = workbench.done(LESSONS, "refresh")

    assert answer["look"] == "away"
    assert "Data explorer" in answer["html"]
    assert workbench.block(LESSONS).last_seen == before


def test_a_tool_that_hangs_is_waited_for_once_and_then_left_alone(
    workbench: Workbench, tool: SmallTool
) -> None:
    tool.delay = 5.0
    with override_settings(QUOIN_XBLOCK={**_settings(), "TIMEOUT": 0.2}):
        started = time.monotonic()
        for _ in range(10):
            assert workbench.done(LESSONS, "refresh")["look"] == "away"
        seconds = time.monotonic() - started

    assert len(tool.requests) == 3
    assert seconds < 4


def _settings() -> dict[str, object]:
    from django.conf import settings

    return dict(settings.QUOIN_XBLOCK)


def test_one_page_with_many_blocks_asks_once(workbench: Workbench, tool: SmallTool) -> None:
    workbench.done(LESSONS, "refresh")
    workbench.done(LESSONS, "refresh", block="quoin_progress.d0.u0")

    assert len(tool.requests) == 1


def test_an_answer_that_has_not_changed_is_not_sent_again(
    workbench: Workbench, tool: SmallTool
) -> None:
    workbench.done(LESSONS, "refresh")
    seen = workbench.block(LESSONS).last_seen
    cache.clear()
    assert workbench.done(LESSONS, "refresh")["look"] == "seen"
    again = workbench.block(LESSONS).last_seen

    assert again["as_of"] > seen["as_of"]
    assert again["progress"] == seen["progress"]


def test_the_second_key_serves_while_the_first_is_no_longer_good(
    workbench: Workbench, tool: SmallTool
) -> None:
    del tool.keys["key-1"]
    meet(workbench)

    assert workbench.done(LESSONS, "refresh")["look"] == "seen"
    assert len(tool.completions) == 1


def test_somebody_without_an_lti_id_is_told_so_and_their_completion_waits(
    workbench: Workbench, tool: SmallTool
) -> None:
    meet(workbench, "new-noor")
    answer = workbench.done(LESSONS, "refresh", student="new-noor")

    assert answer["look"] == "not-linked"
    assert len(workbench.block(LESSONS, "new-noor").outbox) == 1
    assert tool.requests == []


def test_a_site_without_a_tool_works_and_keeps_what_is_met(workbench: Workbench) -> None:
    with override_settings(QUOIN_XBLOCK={}):
        meet(workbench)
        answer = workbench.done(LESSONS, "refresh")

    assert answer["look"] == "not-connected"
    assert "It is kept here" in answer["html"]


def test_what_the_tool_refuses_for_good_is_not_sent_for_ever(
    workbench: Workbench, tool: SmallTool, caplog: pytest.LogCaptureFixture
) -> None:
    block = workbench.block(LESSONS)
    block.competency_id = "unknown"
    block.save()
    meet(workbench)
    for _ in range(3):
        workbench.done(LESSONS, "refresh")

    assert [request for request in tool.requests if request[0] == "POST"] == [
        ("POST", "/api/v1/completions")
    ]
    assert "The tool refused completion" in our_log(caplog)
    assert "amy" not in our_log(caplog)


def test_no_secret_and_no_subject_is_logged(
    workbench: Workbench, tool: SmallTool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    meet(workbench)
    workbench.done(LESSONS, "refresh")
    tool.problem = 403
    cache.clear()
    workbench.done(LESSONS, "refresh")
    (item,) = tool.completions.values()

    assert "The tool refuses" in our_log(caplog)
    for kept in (item["subject"], "first secret", "amy"):
        assert kept not in our_log(caplog)
