"""A registrar registers the tool inside the LMS's own page, in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.journeys.accessibility import violations
from tests.journeys.conftest import Demo
from tests.journeys.steps import settings_of, type_command

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def _invite(demo: Demo, folder: Path) -> str:
    words = ["platform", "invite", "--institution", "harbour", "--allow-loopback"]
    return type_command(settings_of(demo, folder), *words)


def test_the_frame_registers_says_what_comes_next_and_closes(
    demo: Demo, browser: Any, tmp_path: Path
) -> None:
    page = browser.new_context(viewport={"width": 900, "height": 900}).new_page()
    page.goto(demo.lms)
    page.get_by_text("Ingrid Solheim").first.click()
    page.get_by_role("link", name="Tools").click()
    page.get_by_label("Registration address of the tool").fill(_invite(demo, tmp_path))
    page.get_by_role("button", name="Register").click()

    frame = page.frame_locator("iframe.tool")
    frame.get_by_role("button", name="Register Quoin").wait_for()
    (inside,) = [found for found in page.frames if found.url.startswith(demo.tool)]
    assert violations(inside) == []
    frame.get_by_role("button", name="Register Quoin").click()
    frame.get_by_role("heading", name="Quoin is registered").wait_for()
    assert "Activate" in frame.locator("main").inner_text()
    assert violations(inside) == []
    frame.get_by_role("button", name="Finish").click()
    page.wait_for_url("**/admin/tools")
    assert "moodle, pending" in page.inner_text("main")
    page.get_by_role("button", name="Activate").click()
    page.wait_for_url("**/admin/tools")
    assert "pending" not in page.inner_text("main")
