"""No room left: refused clearly, nothing half written, and it goes on when there is room."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text

from lti_tool.persistence.base import Database
from lti_tool.persistence.outages import is_outage
from lti_tool.worker import LEASE, run_once
from tests.faults.client import Client
from tests.faults.found import list_undone
from tests.faults.scale import say, scaled
from tests.faults.steps import Tool
from tests.faults.world import Grades, differences, prepare

TIMES = scaled(1, 20)
REFUSALS = 3
"""So often something else is refused as well before there is room again."""


class Room:
    """The room that a database of SQLite has: ``pages`` is its limit, None for none."""

    def __init__(self, tool: Tool) -> None:
        self.tool, self.pages = tool, 2**30
        event.listen(tool.database.engine, "connect", self._limit)

    def _limit(self, connection: object, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count={self.pages}")  # type: ignore[attr-defined]

    @contextmanager
    def none(self) -> Iterator[None]:
        """Let the database not grow any more while the block lasts."""
        self.pages = 1
        self.tool.database.dispose()
        yield
        self.pages = 2**30
        self.tool.database.dispose()


def test_a_full_sqlite_refuses_and_goes_on_when_there_is_room(sqlite_database: Database) -> None:
    tool = Tool(prepare(sqlite_database, datetime.now(UTC)))
    room = Room(tool)
    refusals, stumbles = _fill_and_free(Client(tool, "one", Grades()), room.none, sqlite_database)
    say(f"sqlite: full {TIMES} times, refused {refusals}, worker stumbled {stumbles}")


@pytest.fixture
def small_postgresql(postgresql_server: str) -> Iterator[tuple[Database, Path]]:
    """A database in a file system of its own with little room; gives the file system, too."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small file system")
    folder = Path(tempfile.mkdtemp(prefix="quoin-small-"))
    folder.chmod(0o755)
    options = "size=80m,mode=0700,uid=pgserver"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)],
        check=False,
        capture_output=True,
        text=True,
    )
    if mounted.returncode:
        folder.rmdir()
        pytest.skip(f"no small file system can be mounted here: {mounted.stderr.strip()}")
    admin = create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE TABLESPACE small LOCATION '{folder}'"))
        connection.execute(
            text(
                "CREATE DATABASE small TEMPLATE quoin_template TABLESPACE small STRATEGY file_copy"
            )
        )
        database = Database(admin.url.set(database="small").render_as_string(hide_password=False))
        yield database, folder
        database.dispose()
        connection.execute(text("DROP DATABASE small WITH (FORCE)"))
        connection.execute(text("DROP TABLESPACE small"))
    admin.dispose()
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
    folder.rmdir()


@pytest.mark.postgresql
def test_a_full_postgresql_refuses_and_goes_on_when_there_is_room(
    small_postgresql: tuple[Database, Path],
) -> None:
    database, folder = small_postgresql
    tool = Tool(prepare(database, datetime.now(UTC)))

    @contextmanager
    def full() -> Iterator[None]:
        ballast = folder / "ballast"
        with ballast.open("wb") as file:
            while True:
                try:
                    file.write(b"0" * 8192)
                    file.flush()
                except OSError:
                    break
        yield
        ballast.unlink()

    refusals, stumbles = _fill_and_free(Client(tool, "one", Grades()), full, database)
    say(f"postgresql: full {TIMES} times, refused {refusals}, worker stumbled {stumbles}")


def _fill_and_free(
    client: Client, full: Callable[[], object], database: Database
) -> tuple[int, int]:
    tool, waiting, stumbles = client.tool, [], 0
    for _ in range(TIMES):
        client.tell()
        with full():  # type: ignore[attr-defined]
            while len(waiting) < REFUSALS:
                # What fits into pages that are there already is taken.
                facts, items = client.draw()
                if not client.try_once(facts, items):
                    waiting.append((facts, items))
            stumbles += _stumbles(tool)
            difference = differences(database, client.events)
            assert not difference, f"something is half written: {difference}"
        for facts, items in waiting:
            assert client.try_once(facts, items), "there is room again"
        waiting.clear()
        while run_once(tool.database, tool.handlers, clock=lambda: tool.now):
            pass
    tool.now += 2 * LEASE
    while run_once(tool.database, tool.handlers, clock=lambda: tool.now):
        pass
    difference = differences(database, client.events)
    tool.database.dispose()
    assert not difference, str(difference)
    assert not list_undone(database)
    assert client.answers[503] == TIMES * REFUSALS
    return client.answers[503], stumbles


def _stumbles(tool: Tool) -> int:
    """Let the worker pass; return 1 where it stumbled over the lack of room."""
    try:
        run_once(tool.database, tool.handlers, clock=lambda: tool.now)
    except Exception as error:
        if not is_outage(error):
            raise
        return 1
    return 0
