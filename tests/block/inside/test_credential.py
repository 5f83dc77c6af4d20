"""The credential of an award: a link in the course, a file for its learner and nobody else."""

from __future__ import annotations

import html
import json
import re

import pytest

from tests.block.inside.conftest import LESSONS, Workbench
from tests.block.small_tool import AWARDS, SmallTool

PANEL = "quoin_progress.d0.u0"


@pytest.fixture
def link(workbench: Workbench, tool: SmallTool) -> str:
    """The link that amy sees after three competencies."""
    workbench.watch_all()
    workbench.done(LESSONS, "record")
    workbench.done(LESSONS, "refresh")
    (known,) = tool.completions.values()
    for key in ("sql", "charts"):
        tool.completions[key] = {**known, "key": key, "competency": key}
    workbench.done(LESSONS, "refresh", {"is_new": True}, block=PANEL)
    page = workbench.view("demo_quiz.0")
    found = re.findall(r'<a href="([^"]*/credential/[^"]*)" download>Download the cred', page)
    assert found
    return html.unescape(found[-1])


def test_the_learner_downloads_what_the_tool_signed(workbench: Workbench, link: str) -> None:
    answer = workbench.client.get(link)

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/vc")
    name = f"credential-{AWARDS['data-explorer']}.json"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert json.loads(answer.content)["name"] == "é"
    assert answer["Cache-Control"] == "private, no-store"


def test_nobody_else_gets_it(workbench: Workbench, link: str) -> None:
    others = [link.replace("student=amy", f"student={who}") for who in ("ben", "staff", "nobody")]

    assert [workbench.client.get(other).status_code for other in others] == [404, 404, 404]


@pytest.mark.parametrize("award", ["1", "..%2Fcatalogue", "6f9619ff-8b86-4d01-b42d-000000000000"])
def test_what_is_no_award_is_not_asked_for_or_not_found(
    workbench: Workbench, tool: SmallTool, link: str, award: str
) -> None:
    tool.requests.clear()
    answer = workbench.client.get(link.replace(AWARDS["data-explorer"], award))

    assert answer.status_code == 404
    assert len(tool.requests) == (len(award) == 36)


def test_a_tool_that_is_away_is_said_in_words(
    workbench: Workbench, tool: SmallTool, link: str
) -> None:
    tool.problem = 503
    answer = workbench.client.get(link)

    assert answer.status_code == 503
    assert answer.content.decode() == "Quoin cannot be reached just now. Try again in a moment."
