"""Killed at any moment of the loop and started again: nothing lost, nothing doubled."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from sqlalchemy import func, select

from demo_lms.demo import seed
from demo_lms.testing import RunningLMS, Visitor, read_form
from lti_tool.config import Config
from lti_tool.persistence.awards import Award
from lti_tool.persistence.base import Database
from lti_tool.persistence.completions import Completion
from lti_tool.persistence.placements import Placement

ROOT = Path(__file__).resolve().parent.parent.parent
COMPETENCY = "Dynamic programming and greedy algorithms"
GONE = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)

pytestmark = pytest.mark.timeout(180)


class World:
    """A practice LMS, a seeded database, and the tool as a process that can be killed."""

    def __init__(self, folder: Path, lms: RunningLMS, port: int) -> None:
        self.lms, self.port, self.url = lms, port, f"http://127.0.0.1:{port}"
        self.log = folder / "tool.log"
        self.environ = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "QUOIN_DATABASE_URL": f"sqlite:///{folder / 'quoin.sqlite3'}",
            "QUOIN_PUBLIC_URL": self.url,
            "QUOIN_SECRET_KEY": "k" * 40,
            "QUOIN_POLL_SECONDS": "0.1",
        }
        config = Config.from_environ(self.environ)
        seed(config, lms.url)
        self.database = Database(config.database_url)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, moment: str = "never") -> None:
        """Start the tool, to be killed at ``moment``."""
        command = [sys.executable, "-m", "tests.crash.tool_that_dies", moment, str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environ, stdout=log, stderr=log
            )
        for _ in range(200):
            try:
                requests.get(f"{self.url}/healthz", timeout=1)
            # It listens before it can answer.
            except (*GONE, requests.Timeout):
                time.sleep(0.1)
            else:
                return
        pytest.fail(self.log.read_text()[-2000:])

    def kill(self) -> None:
        """Kill the tool now, if it has not died by itself."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        assert self.process.wait(10) == -signal.SIGKILL

    def wait_until_dead(self) -> None:
        """Wait for the tool to die at its moment."""
        assert self.process is not None
        assert self.process.wait(20) == -signal.SIGKILL

    def count(self, table: type, *conditions: Any) -> int:
        """Count rows."""
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0

    def history(self) -> tuple[int, int]:
        """How many completions and awards there are."""
        return self.count(Completion), self.count(Award)

    def columns(self) -> list[dict[str, Any]]:
        """The gradebook columns of the course."""
        return [c for c in self.lms.state()["columns"] if COMPETENCY in str(c)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with RunningLMS(f"http://127.0.0.1:{port}") as lms:
        found = World(tmp_path, lms, port)
        yield found
        if found.process is not None and found.process.poll() is None:
            found.kill()
        found.database.dispose()


class Teacher:
    """A teacher who has launched the roster and holds a filled form."""

    def __init__(self, world: World) -> None:
        self.browser: Visitor = world.lms.visit("maria")
        start = self.browser.start_link("algorithms")
        answer = self.browser.submit(self.browser.follow_login(start))
        answer.raise_for_status()
        self.roster, page = answer.url, answer.text
        self.action = re.findall(r'action="(/courses/[^"]+/completions)', page)[0]
        self.form = {
            "csrf_token": re.findall(r'name="csrf_token" value="([^"]+)"', page)[0],
            "form_id": str(uuid4()),
            "learner": _option(page, "Amara Nwosu"),
            "achievement": _option(page, COMPETENCY),
            "grade": "92",
            "completed_on": "2026-11-01",
            "note": "",
        }
        self.url = world.url

    def record(self) -> requests.Response:
        """Send the form, as it stands: again means the same form again."""
        return self.browser.post(
            self.url + self.action, data=self.form, headers={"Origin": self.url}, timeout=20
        )


def _option(page: str, text: str) -> str:
    return re.findall(rf'value="([0-9a-f-]{{36}})"[^>]*>\s*{re.escape(text)}', page)[0]


@pytest.mark.parametrize("moment", ["before:completions", "after:completions"])
def test_around_the_commit_of_a_completion(world: World, moment: str) -> None:
    before = world.history()
    world.start()
    teacher = Teacher(world)
    world.kill()
    world.start(moment)
    with pytest.raises(GONE):
        teacher.record()
    world.wait_until_dead()
    kept = (before[0] + 1, before[1] + 2)
    assert world.history() == (before if moment.startswith("before") else kept)
    world.start()
    assert teacher.record().status_code == 200
    assert world.history() == kept
    _score_arrives_once(world)


@pytest.mark.parametrize("service", ["lineitems", "scores"])
def test_after_the_lms_stored_and_before_the_tool_noted(world: World, service: str) -> None:
    world.start()
    teacher = Teacher(world)
    world.lms.fault(service, "hold", method="POST")
    assert teacher.record().status_code == 200
    world.lms.wait_until_held()
    kept = world.history()
    world.kill()
    world.lms.release()
    world.start()
    _score_arrives_once(world)
    assert world.history() == kept


def test_during_a_deep_linking_reply(world: World) -> None:
    world.start()
    with pytest.raises(GONE):
        _place(world, lambda: (world.kill(), world.start("after:placements")))
    world.wait_until_dead()
    world.start()
    reply = read_form(_place(world).text)
    world.lms.visit("maria").submit(reply).raise_for_status()
    assert world.count(Placement) == 1
    assert len(world.columns()) == 1


def _place(world: World, meanwhile: Any = lambda: None) -> requests.Response:
    browser = world.lms.visit("maria")
    picker = browser.submit(browser.follow_login(browser.start_deep_linking("algorithms")))
    form = read_form(picker.text).fields
    chosen = re.findall(r'value="([0-9a-f-]{36})"', picker.text.split(COMPETENCY)[0])[-1]
    meanwhile()
    return browser.post(
        picker.url, data={**form, "achievement": chosen}, headers={"Origin": world.url}, timeout=20
    )


def _score_arrives_once(world: World) -> None:
    """The score stands in one column; a lapsed lease may be waited for."""
    for _ in range(900):
        if any(column["scores"] for column in world.columns()):
            break
        time.sleep(0.1)
    else:
        pytest.fail(f"no score arrived: {world.lms.state()}\n{world.log.read_text()[-3000:]}")
    (column,) = world.columns()
    assert [score["username"] for score in column["scores"]] == ["amara"]
