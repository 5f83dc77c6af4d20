"""The database goes away under the tool: connections cut and ended, a file locked by others."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, make_url, text

from lti_tool.persistence.base import Database
from lti_tool.persistence.outages import is_outage
from lti_tool.worker import LEASE, run_once
from tests.faults.client import Client
from tests.faults.found import list_undone
from tests.faults.proxy import CuttingProxy
from tests.faults.scale import say, scaled
from tests.faults.steps import Tool
from tests.faults.world import Grades, differences, prepare

DISCONNECTS = scaled(12, 200)
LOCKS = scaled(5, 200)

HOLDER = """
import random, sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
for number in range(int(sys.argv[2])):
    connection.execute("BEGIN IMMEDIATE")
    time.sleep(random.uniform(0.02, 0.15))
    connection.execute("ROLLBACK")
    time.sleep(random.uniform(0.0, 0.05))
"""


class Busy:
    """Two clients and a worker at work until ``stop``; what they stumble over is counted."""

    def __init__(self, setup: dict[str, object]) -> None:
        grades = Grades()
        self.clients = [Client(Tool(dict(setup)), name, grades) for name in ("one", "two")]
        self.worker = Tool(dict(setup))
        self.stop = threading.Event()
        self.stumbles: Counter[str] = Counter()
        self.failures: list[BaseException] = []
        tasks = [*(client.tell for client in self.clients), self._pass]
        self.threads = [threading.Thread(target=self._repeat, args=(task,)) for task in tasks]

    def _repeat(self, task: object) -> None:
        try:
            while not self.stop.is_set():
                task()  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001 - the test fails for it
            self.failures.append(error)

    def _pass(self) -> None:
        """As ``lti_tool.worker.run`` does: a lost database is waited out, and nothing else."""
        try:
            run_once(self.worker.database, self.worker.handlers, clock=lambda: datetime.now(UTC))
        except Exception as error:
            if not is_outage(error):
                raise
            self.stumbles[type(error).__name__] += 1
        time.sleep(0.02)

    def __enter__(self) -> Busy:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(90)
        for client in self.clients:
            client.tool.database.dispose()
        self.worker.database.dispose()

    @property
    def answers(self) -> Counter[int]:
        """How often which status was answered."""
        return sum((client.answers for client in self.clients), Counter[int]())


@pytest.fixture
def proxy(postgresql_database: Database) -> Iterator[CuttingProxy]:
    folder = postgresql_database.engine.url.query["host"]
    found = CuttingProxy(f"{folder}/.s.PGSQL.5432")
    yield found
    found.close()


@pytest.mark.postgresql
@pytest.mark.timeout(900)
def test_connections_that_are_cut_or_ended_lose_nothing(
    postgresql_database: Database, proxy: CuttingProxy
) -> None:
    setup = prepare(postgresql_database, datetime.now(UTC))
    url = postgresql_database.engine.url
    through = url.set(host="127.0.0.1", port=proxy.port, query={})
    setup["database"] = through.render_as_string(hide_password=False)
    draw, ended = random.Random(8), 0
    admin = create_engine(make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with Busy(setup) as busy, admin.connect() as connection:
        while proxy.cuts + ended < DISCONNECTS and not busy.failures:
            time.sleep(draw.uniform(0.005, 0.1))
            if draw.random() < 0.4:
                proxy.cut()
                continue
            query = text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name "
                "ORDER BY random() LIMIT 1"
            )
            ended += len(connection.execute(query, {"name": url.database}).all())
    admin.dispose()
    assert not busy.failures, busy.failures
    say(
        f"postgresql: disconnects {proxy.cuts + ended} (cut {proxy.cuts}, ended {ended}), "
        f"answers {dict(busy.answers)}, worker {dict(busy.stumbles)}"
    )
    check(postgresql_database, busy)
    assert set(busy.answers) <= {200, 503}


@pytest.mark.timeout(900)
def test_a_file_that_another_process_locks_is_waited_for(sqlite_database: Database) -> None:
    setup = prepare(sqlite_database, datetime.now(UTC))
    path = str(sqlite_database.engine.url.database)
    with Busy(setup) as busy:
        holder = subprocess.run([sys.executable, "-c", HOLDER, path, str(LOCKS)], check=False)
    assert holder.returncode == 0
    assert not busy.failures, busy.failures
    say(f"sqlite: locks {LOCKS}, answers {dict(busy.answers)}, worker {dict(busy.stumbles)}")
    check(sqlite_database, busy)
    assert set(busy.answers) == {200}
    assert not busy.stumbles


def test_a_file_that_stays_locked_is_refused_clearly_and_taken_later(
    sqlite_database: Database, tmp_path: Path
) -> None:
    client = Client(Tool(prepare(sqlite_database, datetime.now(UTC))), "one", Grades())
    # The thirty seconds of the product would be long here.
    event.listen(
        client.tool.database.engine,
        "connect",
        lambda connection, _: connection.execute("PRAGMA busy_timeout=50"),
    )
    client.tell()
    facts, items = client.draw()
    with _locked(sqlite_database):
        assert not client.try_once(facts, items)
    assert client.try_once(facts, items)
    client.tool.database.dispose()
    assert client.answers == {200: 2, 503: 1}
    difference = differences(sqlite_database, client.events)
    assert not difference, str(difference)


@contextlib.contextmanager
def _locked(database: Database) -> Iterator[None]:
    import sqlite3

    other = sqlite3.connect(str(database.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


def check(database: Database, busy: Busy) -> None:
    """Let the outbox come to its end, and compare all with a replay."""
    later = Tool({**busy.worker.setup, "database": _url(database)})
    # The clients' clocks run ahead, and what a worker had leased waits for the lease to end.
    later.now = max(datetime.now(UTC), *(client.tool.now for client in busy.clients)) + 2 * LEASE
    while run_once(later.database, later.handlers, clock=lambda: later.now):
        pass
    later.database.dispose()
    events = [one for client in busy.clients for one in client.events]
    difference = differences(database, events)
    assert not difference, str(difference)
    assert not list_undone(database)


def _url(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)
