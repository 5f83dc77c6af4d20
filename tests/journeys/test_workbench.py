"""A learner in a course: watches, completes, sees the microcredential, then the larger award."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.block.small_tool import SmallTool, running_tool
from tests.journeys.accessibility import violations
from tests.journeys.conftest import ROOT, _free_port

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
pytest.importorskip("xblock.core")

LESSONS, QUIZ, CHARTS, ETHICS = (f"demo_quiz.{number}" for number in range(4))


@dataclass
class Workbench:
    """A workbench in a process of its own, and the tool that it talks to."""

    url: str
    tool: SmallTool
    browser: Any
    errors: list[str] = field(default_factory=list)

    def open(
        self, scenario: str, *, student: str = "amy", view: str = "student_view", **more: Any
    ) -> Any:
        """Open a scenario in a browser of one's own; errors of its scripts are noted."""
        options = {"viewport": {"width": more.pop("width", 1000), "height": 900}, "locale": "en"}
        page = self.browser.new_context(**{**options, **more}).new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(f"{self.url}/scenario/{scenario}/{view}/?student={student}")
        return page


@pytest.fixture
def workbench(tmp_path: Path, browser: Any) -> Iterator[Workbench]:
    port = _free_port()
    with running_tool() as tool, (tmp_path / "workbench.out").open("wb") as log:
        command = [sys.executable, "-m", "demo_workbench", "--folder", str(tmp_path)]
        command += ["--port", str(port), "--tool-url", tool.url, "--key-id", "key-1"]
        env = {**os.environ, "QUOIN_WORKBENCH_SECRET": tool.keys["key-1"], "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            found = Workbench(f"http://localhost:{port}", tool, browser)
            _wait_for(found.url, process, tmp_path / "workbench.out")
            yield found
            assert found.errors == []
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=10).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"The workbench did not become ready:\n{log.read_text()[-3000:]}")


def competency(page: Any) -> Any:
    return page.locator(".quoin").first


def panel(page: Any) -> Any:
    return page.locator(".quoin-panel")


def watch_both(page: Any) -> None:
    for button in page.get_by_role("button", name="I have watched it").all():
        button.click()


def test_watch_complete_and_see_what_follows(workbench: Workbench) -> None:
    page = workbench.open(LESSONS)
    competency(page).get_by_text("Why tables go wrong").wait_for()
    assert violations(page) == []
    watch_both(page)
    competency(page).get_by_text("Recorded on").wait_for()
    panel(page).get_by_text("1 of 3 parts").first.wait_for()
    assert competency(page).get_by_role("status").inner_text() == "Competency recorded."
    assert violations(page) == []

    page = workbench.open(QUIZ)
    page.get_by_label("LEFT JOIN").check()
    page.get_by_role("button", name="Check").click()
    competency(page).get_by_text("Recorded on").wait_for()
    panel(page).get_by_text("2 of 3 parts").first.wait_for()

    page = workbench.open(CHARTS, width=360)
    for name in ("bar", "line"):
        row = competency(page).locator("li", has_text=f"A {name} chart")
        row.get_by_role("textbox").fill(f"https://example.edu/{name}.png")
        row.get_by_role("button", name="Hand in").click()
        row.get_by_text("Handed in: ").wait_for()
    competency(page).get_by_text("Recorded on").wait_for()
    # The form that had the focus is gone; a reader goes on from the heading.
    assert page.evaluate("document.activeElement.textContent") == "Honest charts"
    panel(page).get_by_text("You hold 1 of 2 awards.").wait_for()
    award = panel(page).locator("article", has_text="Data explorer").first
    assert "Awarded on" in award.inner_text()
    assert "Expires on" in award.inner_text()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    page = workbench.open(ETHICS)
    # The SDK's store keeps what was written last: two pages of one learner would race in it.
    page.wait_for_load_state("networkidle")
    page.close()
    teacher = workbench.open(ETHICS, student="staff")
    teacher.get_by_label("Username of the learner").fill("amy")
    teacher.get_by_role("button", name="Attest").click()
    teacher.get_by_text("Attested for amy.").wait_for()

    page = workbench.open(ETHICS)
    competency(page).get_by_text("Recorded on").wait_for()
    panel(page).get_by_text("You hold 2 of 2 awards.").wait_for()
    assert panel(page).get_by_text("Data practitioner").count() >= 1
    assert {item["competency"] for item in workbench.tool.completions.values()} == {
        "cleaning",
        "sql",
        "charts",
        "ethics",
    }


def test_while_the_tool_is_away_a_learner_goes_on_and_nothing_is_lost(workbench: Workbench) -> None:
    workbench.tool.problem = 503
    page = workbench.open(LESSONS)
    watch_both(page)
    competency(page).get_by_text("It is kept here until Quoin can be reached.").wait_for()
    assert workbench.tool.completions == {}
    workbench.tool.problem = 0
    # The breaker rests for half a minute; then the button sends what waits.
    page.wait_for_timeout(31_000)
    competency(page).get_by_role("button", name="Look again").click()
    competency(page).get_by_text("Recorded on").wait_for()
    assert len(workbench.tool.completions) == 1


def test_a_wrong_link_is_said_at_once_and_stays_to_be_mended(workbench: Workbench) -> None:
    page = workbench.open(CHARTS)
    competency(page).get_by_text("Hand in each of these").wait_for()
    field = competency(page).get_by_role("textbox").first
    field.fill("my chart")
    competency(page).get_by_role("button", name="Hand in").first.click()
    alert = competency(page).get_by_role("alert").first
    alert.get_by_text("Enter a link that begins with https://").wait_for()

    assert field.get_attribute("aria-invalid") == "true"
    assert field.get_attribute("aria-describedby") == alert.get_attribute("id")
    assert field.input_value() == "my chart"
    assert violations(page) == []


def test_what_somebody_is_typing_stays_while_the_page_changes(workbench: Workbench) -> None:
    workbench.tool.delay = 1.0
    page = workbench.open(CHARTS)
    field = competency(page).get_by_role("textbox").first
    field.fill("https://example.edu/half")
    workbench.tool.delay = 0.0
    competency(page).get_by_text("As of").wait_for()

    assert field.input_value() == "https://example.edu/half"
    assert field.evaluate("field => field === document.activeElement")


def test_an_author_picks_from_the_catalogue_and_is_told_at_the_field(workbench: Workbench) -> None:
    page = workbench.open("quoin_competency.3", student="staff", view="studio_view")
    picker = page.locator("select[name=competency_id]")
    picker.wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Choose the competency that this proves.").wait_for()
    picker.select_option(label="Everyday statistics")
    page.get_by_role("radio", name="Score").check()
    page.get_by_label("Score at least, in percent").fill("120")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Enter a percentage from 0 to 100.").wait_for()
    threshold = page.get_by_label("Score at least, in percent")
    assert threshold.get_attribute("aria-invalid") == "true"
    assert threshold.evaluate("field => field === document.activeElement")
    assert violations(page) == []
    threshold.fill("85")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()

    page = workbench.open("quoin_competency.3", student="ben")
    page.get_by_text("Reach 85 % on average in this unit.").wait_for()


def test_without_the_tool_an_author_types_the_key(workbench: Workbench) -> None:
    workbench.tool.problem = 503
    page = workbench.open("quoin_competency.3", student="staff", view="studio_view")
    page.get_by_text("Quoin cannot be reached just now. Type the key.").wait_for()
    page.get_by_label("Competency").fill("typed")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()


def test_right_to_left_on_a_phone(workbench: Workbench) -> None:
    page = workbench.open(LESSONS, locale="ar", width=360)
    competency(page).get_by_text("لم تُسجَّل بعد").wait_for()
    panel(page).get_by_text("حتى").wait_for()
    frame = competency(page).bounding_box()
    mark = competency(page).locator(".quoin-mark").bounding_box()

    assert mark["x"] > frame["x"] + frame["width"] / 2
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(page) == []


COUNT_OPEN = """
window.sent = []; window.mostOpen = 0;
$(document).on("ajaxSend", (event, request, settings) => {
  if (settings.url.includes("/handler/") && settings.url.includes("quoin_competency")) {
    sent.push(request);
    mostOpen = Math.max(mostOpen, sent.filter((each) => each.state() === "pending").length);
  }
});
"""


def test_a_block_sends_one_request_after_the_other(workbench: Workbench) -> None:
    workbench.tool.delay = 0.5
    page = workbench.open(CHARTS)
    page.evaluate(COUNT_OPEN)
    button = competency(page).get_by_role("button", name="Look again")
    for _ in range(3):
        button.click()
    page.wait_for_function("sent.length >= 3 && sent.every((each) => each.state() !== 'pending')")
    assert page.evaluate("mostOpen") == 1
