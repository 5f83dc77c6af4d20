"""make demo-xblock: the blocks in the workbench and the tool itself, from a lesson to an award."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import ROOT, _free_port

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(300)]
pytest.importorskip("xblock.core")
pytest.importorskip("lti_tool.cli.api_keys", reason="the tool gives no keys for its JSON API")


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[str]:
    port, tool_port, lms_port = _free_port(), _free_port(), _free_port()
    command = [sys.executable, "-W", "ignore", "-m", "demo_workbench.demo", "--port", str(port)]
    command += ["--tool-port", str(tool_port), "--lms-port", str(lms_port)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    url = f"http://localhost:{port}"
    with (tmp_path / "demo.out").open("wb") as log:
        process = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=log, stderr=log)
        try:
            _wait_for(url, process, tmp_path / "demo.out")
            yield url
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 150
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=20).close()
        except OSError:
            time.sleep(0.3)
        else:
            return
    pytest.fail(f"The demo did not become ready:\n{log.read_text()[-3000:]}")


def test_from_a_lesson_to_an_award_and_a_larger_one(workbench: str, browser: Any) -> None:
    page = browser.new_context(viewport={"width": 1000, "height": 900}, locale="en").new_page()

    def open_unit(number: int) -> Any:
        page.goto(f"{workbench}/scenario/demo_quiz.{number}/?student=amy")
        return page.locator(".quoin").first

    competency = open_unit(0)
    for button in page.get_by_role("button", name="I have watched it").all():
        button.click()
    competency.get_by_text("Recorded on").wait_for()

    competency = open_unit(1)
    page.get_by_label("LEFT JOIN").check()
    page.get_by_role("button", name="Check").click()
    competency.get_by_text("Recorded on").wait_for()
    competency.get_by_text("2 of 3 parts").first.wait_for()

    competency = open_unit(2)
    for name in ("bar", "line"):
        row = competency.locator("li", has_text=f"A {name} chart")
        row.get_by_role("textbox").fill(f"https://example.edu/{name}.png")
        row.get_by_role("button", name="Hand in").click()
        row.get_by_text("Handed in: ").wait_for()
    competency.get_by_text("Recorded on").wait_for()
    competency.get_by_text("Awarded on").wait_for()
    award = page.locator(".quoin-panel article").first
    award.get_by_text("Awarded on").wait_for()
    assert "Data explorer" in award.inner_text()

    competency = open_unit(4)
    for button in page.get_by_role("button", name="I have watched it").all():
        button.click()
    competency.get_by_text("Recorded on").wait_for()
    larger = competency.locator("li", has_text="Data practitioner")
    larger.get_by_text("Awarded on").wait_for()
    if folder := os.environ.get("QUOIN_TEST_PICTURES"):
        page.screenshot(path=f"{folder}/block-awards.png", full_page=True)

    credential = _download(page)
    assert credential["type"] == ["VerifiableCredential", "AchievementCredential"]
    assert credential["proof"][0]["cryptosuite"] == "eddsa-rdfc-2022"

    page.goto(f"{workbench}/scenario/quoin_competency.0/studio_view/?student=staff")
    page.locator("select[name=competency_id]").first.wait_for()
    options = page.locator("select[name=competency_id]").first.inner_text()
    assert "Everyday statistics" in options


def _download(page: Any) -> dict[str, Any]:
    """Look again until the credential is issued, and take it along."""
    link = page.get_by_role("link", name="Download the credential").first
    deadline = time.monotonic() + 60
    while not link.count() and time.monotonic() < deadline:
        page.get_by_role("button", name="Look again").first.click()
        page.wait_for_timeout(1000)
    with page.expect_download() as found:
        link.click()
    content: dict[str, Any] = json.loads(Path(found.value.path()).read_text("utf-8"))
    return content
