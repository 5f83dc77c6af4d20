"""Two quoin serve over one PostgreSQL, as behind a balancer: one session, one outbox."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from sqlalchemy import func, select

from demo_lms.demo import INSTITUTION, seed
from demo_lms.testing import RunningLMS
from lti_tool.awarding import NewCompletion
from lti_tool.config import Config
from lti_tool.persistence.awards import Award
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution, list_achievements
from lti_tool.persistence.credentials import Credential
from lti_tool.persistence.deliveries import Delivery, DeliveryState
from lti_tool.persistence.learners import ensure_learner
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.record_completions import record_completions
from tests.crash.test_kill import COMPETENCY, ROOT, Teacher

pytestmark = [pytest.mark.postgresql, pytest.mark.timeout(180)]

CROWD = 300
UUID = r"[0-9a-f]{8}-[0-9a-f-]{27}"
STACK = """quoin: 2
achievements:
  swimming: {name: Swimming}
stacks:
- {key: swimmer, title: Swimmer, requires: {all: [swimming]}}
"""


class Server:
    """A process with pages and a worker; all of them have the public address of the first."""

    def __init__(self, name: str, port: int, environ: dict[str, str], folder: Path) -> None:
        self.url, self.log = f"http://127.0.0.1:{port}", folder / f"{name}.log"
        command = [sys.executable, "-m", "lti_tool.cli", "serve", "--port", str(port)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)

    def answers(self) -> bool:
        """Say whether it serves pages."""
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).status_code == 200
        except (requests.ConnectionError, requests.Timeout):
            return False

    def delivered(self) -> list[str]:
        """The deliveries that its worker has tried, by its log."""
        lines = [
            line for line in self.log.read_text("utf-8").splitlines() if "worker.delivery" in line
        ]
        return [found for line in lines for found in re.findall(UUID, line)]


class World:
    """A practice LMS, a database with its institution, and two servers over it."""

    def __init__(self, folder: Path, database: Database, lms: RunningLMS, ports: list[int]) -> None:
        url = f"http://127.0.0.1:{ports[0]}"
        environ = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "QUOIN_DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
            "QUOIN_PUBLIC_URL": url,
            "QUOIN_SECRET_KEY": "k" * 40,
            "QUOIN_POLL_SECONDS": "0.1",
        }
        self.database, self.lms, self.url = database, lms, url
        seed(Config.from_environ(environ), lms.url)
        self.servers = [
            Server(name, port, environ, folder) for name, port in zip("ab", ports, strict=True)
        ]

    def end(self) -> None:
        """Kill both servers."""
        for server in self.servers:
            server.process.kill()
            server.process.wait(10)

    def read(self, query: Any) -> list[Any]:
        """Return the rows of a query."""
        with self.database.reading() as session:
            return list(session.execute(query))

    def is_drained(self) -> bool:
        """Say whether nothing waits in the outbox."""
        query = select(func.count()).where(Delivery.state != DeliveryState.DONE)
        return self.read(query)[0][0] == 0


@pytest.fixture
def world(tmp_path: Path, postgresql_database: Database) -> Iterator[World]:
    ports = free_ports()
    with RunningLMS(f"http://127.0.0.1:{ports[0]}") as lms:
        found = World(tmp_path, postgresql_database, lms, ports)
        try:
            until(lambda: all(server.answers() for server in found.servers))
            yield found
        finally:
            found.end()


def free_ports() -> list[int]:
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        return [one.getsockname()[1], other.getsockname()[1]]


def until(is_so: Callable[[], bool], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.1)


def record_a_crowd(database: Database) -> None:
    """Let many learners earn an award at once, in one transaction."""
    now = datetime.now(UTC)
    publish_stacks(database, institution_key=INSTITUTION, text=STACK, actor="test", now=now)
    with database.writing() as session:
        institution = get_institution(session, INSTITUTION).id
        (swimming,) = [a.id for a in list_achievements(session, institution) if a.key == "swimming"]
        learners = [
            ensure_learner(session, institution, "crowd", f"user-{n}", now).id for n in range(CROWD)
        ]
    entries = [NewCompletion(one, swimming, now.date(), "test", f"crowd:{one}") for one in learners]
    record_completions(database, institution_id=institution, entries=entries, actor="test", now=now)


def test_who_logs_in_at_one_is_known_to_the_other(world: World) -> None:
    first, other = world.servers
    teacher = Teacher(world)  # type: ignore[arg-type]  # it wants an LMS and the address
    assert teacher.roster.startswith(first.url)
    page = teacher.browser.get(other.url + urlsplit(teacher.roster).path, timeout=20)
    assert page.status_code == 200
    assert COMPETENCY in page.text
    # A form that one of them gave is taken by the other, whose worker or ours sends the score.
    teacher.url = other.url
    answer = teacher.browser.post(
        other.url + teacher.action, data=teacher.form, headers={"Origin": world.url}, timeout=20
    )
    assert answer.status_code == 200
    until(world.is_drained)
    columns = [c for c in world.lms.state()["columns"] if COMPETENCY in str(c)]
    assert [len(column["scores"]) for column in columns] == [1]


def test_two_workers_share_an_outbox_and_do_nothing_twice(world: World) -> None:
    until(world.is_drained)
    before = [set(server.delivered()) for server in world.servers]
    record_a_crowd(world.database)
    until(world.is_drained)
    tried = [
        [one for one in server.delivered() if one not in known]
        for server, known in zip(world.servers, before, strict=True)
    ]
    assert all(tried), "one of them had nothing to do"
    assert len(tried[0]) + len(tried[1]) == len({*tried[0], *tried[1]}) == CROWD
    assert {row.attempts for row in world.read(select(Delivery.attempts))} == {1}
    counts = [world.read(select(func.count(table.id)))[0][0] for table in (Credential, Award)]
    assert counts[0] == counts[1] > CROWD
