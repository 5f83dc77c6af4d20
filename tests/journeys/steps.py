"""What people do in more than one journey."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.journeys.conftest import ROOT, Demo


def settings_of(demo: Demo, folder: Path) -> dict[str, str]:
    """The settings with which the tool of a demo in ``folder`` runs."""
    home = folder / "var" / "demo" / str(urlsplit(demo.lms).port)
    return {
        "QUOIN_DATABASE_URL": f"sqlite:///{home / 'quoin.sqlite3'}",
        "QUOIN_PUBLIC_URL": demo.tool,
        "QUOIN_SECRET_KEY_FILE": str(home / "secret.key"),
    }


def type_command(settings: dict[str, str], *words: str) -> str:
    """Type a command of ``quoin`` as an operator would; return what it prints."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    command = [sys.executable, "-m", "lti_tool.cli", *words]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def sign_in(browser: Any, demo: Demo, name: str, *, width: int = 1000) -> Any:
    return enter(browser.new_context(viewport={"width": width, "height": 900}), demo, name)


def enter(context: Any, demo: Demo, name: str) -> Any:
    """Sign in as this person in a browser's context, and go to the course."""
    page = context.new_page()
    page.goto(demo.lms)
    page.get_by_text(name).first.click()
    page.wait_for_url("**/courses")
    page.goto(f"{demo.lms}/courses/algorithms")
    return page


def _frame_of_course(page: Any, demo: Demo, seconds: int) -> Any:
    for _ in range(seconds * 5):
        for frame in page.frames:
            if frame.url.startswith(f"{demo.tool}/courses/"):
                frame.wait_for_load_state()
                return frame
        page.wait_for_timeout(200)
    return None


def tool(page: Any, demo: Demo) -> Any:
    """The tool's frame inside the page, once it shows a page of the course.

    The page is loaded again once: at times the driver is not told of a frame that went to another
    process, though the tool has answered with the page of the course.
    """
    for seconds in (15, 20):
        frame = _frame_of_course(page, demo, seconds)
        if frame is not None:
            return frame
        if "/links/" in page.url:
            page.reload()
    pytest.fail(f"the tool did not open: {[frame.url for frame in page.frames]}")


def row_of(page: Any, demo: Demo, name: str, *, full: str) -> str:
    """The learner's row of the gradebook, once it holds the score ``full``."""
    for _ in range(60):
        page.goto(f"{demo.lms}/courses/algorithms/grades")
        row: str = page.locator("tr", has_text=name).inner_text()
        if full in row.split():
            return row
        page.wait_for_timeout(500)
    pytest.fail(f"the score did not reach the gradebook: {row}")


def picture(page: Any, name: str) -> None:
    """Keep how a page looks, where ``QUOIN_TEST_PICTURES`` names a folder for it."""
    if folder := os.environ.get("QUOIN_TEST_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
