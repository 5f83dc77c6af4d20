"""The kinds of transaction, and which of them wait for the disk (decision 10)."""

import pytest
from sqlalchemy import text

from lti_tool.persistence.base import Database

NORMAL, FULL = 1, 2


@pytest.fixture
def sqlite(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'quoin.sqlite3'}")
    with database.writing() as session:
        session.execute(text("CREATE TABLE notes (words TEXT)"))
    yield database
    database.dispose()


def _synchronous(connection):
    return connection.execute(text("PRAGMA synchronous")).scalar_one()


def test_the_ledger_waits_for_the_disk_whatever_its_connection_did_before(sqlite):
    with sqlite.committing() as connection:
        assert _synchronous(connection) == NORMAL
    with sqlite.writing() as session:
        assert _synchronous(session) == FULL
    with sqlite.committing() as connection:
        assert _synchronous(connection) == NORMAL


def test_a_transaction_of_a_launch_is_kept_whole_or_not_at_all(sqlite):
    with sqlite.committing() as connection:
        connection.execute(text("INSERT INTO notes VALUES ('kept')"))

    def fail():
        with sqlite.committing() as connection:
            connection.execute(text("INSERT INTO notes VALUES ('lost')"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with sqlite.connected() as connection:
        assert connection.execute(text("SELECT words FROM notes")).scalars().all() == ["kept"]


def test_a_launch_writes_behind_the_lock_and_waits_for_whoever_has_it(sqlite):
    with sqlite.committing() as connection:
        other = sqlite.engine.raw_connection()
        other.execute("PRAGMA busy_timeout=1")
        with pytest.raises(Exception, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.execute("PRAGMA busy_timeout=30000")
        other.close()
        connection.execute(text("INSERT INTO notes VALUES ('first')"))
    with sqlite.writing() as session:
        assert session.execute(text("SELECT count(*) FROM notes")).scalar_one() == 1
