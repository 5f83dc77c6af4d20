"""From an event of the platform to the database of the real tool, over real HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from lti_tool.persistence.base import Database
from tests.api import site as api

pytest.importorskip("edx_django_utils", reason="the packages of the LMS are not installed")
ROOT = Path(__file__).resolve().parents[2]
COURSE = "course-v1:Harbour+SQL+2026"
RULES = [
    {"when": "course_passed", "competency": "charts"},
    {"when": "course_grade", "at_least": 0.5, "competency": "sql"},
]
LEARNERS, GRADES = 20, 49

Lms = Callable[..., str]


@pytest.fixture
def site(sqlite_database: Database) -> Any:
    """The tool, with stacks and a key for this LMS."""
    return api.Site(sqlite_database, datetime.now(UTC))


@contextmanager
def served(site: Any, port: int = 0) -> Iterator[int]:
    """Serve the tool as ``quoin serve`` does."""
    from lti_tool.cli.processes import listen
    from lti_tool.cli.server import create_server

    server = create_server(site.app, listen(port), threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield int(server.effective_port)
    server.task_dispatcher.shutdown()
    server.trigger.pull_trigger(server.close)
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def lms(site: Any, tmp_path: Path) -> Callable[[int], Lms]:
    """Give, for the tool's port, a function that runs a module in the LMS's environment."""

    def connect(port: int) -> Lms:
        connection = {
            "TOOL_URL": f"http://127.0.0.1:{port}",
            "KEYS": [{"KEY_ID": site.key.id, "SECRET": site.key.secret}],
            "ISSUER": api.ISSUER,
            "MAPPING": {COURSE: RULES},
            "GATHER_SECONDS": 0,
        }
        env = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "tests.django_block.plugin.lms_site.settings",
            "QUOIN_TEST_DJANGO_DATABASE": f"sqlite:///{tmp_path / 'lms.sqlite3'}",
            "QUOIN_TEST_XBLOCK": json.dumps(connection),
        }

        def run(*arguments: str) -> str:
            command = [sys.executable, "-W", "ignore", "-m", *arguments]
            done = subprocess.run(
                command, cwd=ROOT, env=env, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
            return done.stdout

        run("django", "migrate", "--run-syncdb", "-v", "0")
        return run

    return connect


def test_a_passed_course_becomes_a_microcredential(site: Any, lms: Callable[[int], Lms]) -> None:
    with served(site) as port:
        (subject,) = json.loads(lms(port)("tests.django_block.plugin.fire", "1", "1"))

    (basics, practice) = site.progress(subject)["stacks"]
    assert (basics["key"], basics["status"]) == ("data-basics", "met")
    assert (practice["key"], practice["status"]) == ("data-practice", "not-met")


def test_a_tool_away_while_a_whole_course_passes_has_every_completion_once_afterwards(
    site: Any, lms: Callable[[int], Lms]
) -> None:
    with served(site) as port:
        pass
    run = lms(port)
    subjects = json.loads(run("tests.django_block.plugin.fire", str(LEARNERS), str(GRADES)))
    assert count(site) == 0

    with served(site, port):
        # Rows that were tried in vain come due by and by; quoin_resync makes them due at once.
        run("django", "quoin_resync", "--course", COURSE)
        run("django", "quoin_flush")
        health = json.loads(run("django", "quoin_health", "--json"))
        run("django", "quoin_resync", "--course", COURSE)
        run("django", "quoin_flush")

    assert (health["waiting"], health["dead"]) == (0, 0)
    assert count(site) == LEARNERS * (GRADES + 1)
    assert {site.progress(subject)["stacks"][0]["status"] for subject in subjects} == {"met"}


def count(site: Any) -> int:
    with site.database.engine.connect() as connection:
        found: int = connection.execute(text("SELECT count(*) FROM completions")).scalar_one()
    return found
