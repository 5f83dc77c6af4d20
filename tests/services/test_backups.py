"""Backups: everything out and in again, on either engine, and nothing that is damaged."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lti_tool.backup_format import Held
from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.persistence import schema
from lti_tool.persistence.base import Database
from lti_tool.services.back_up import back_up
from lti_tool.services.change_status import StatusAct, change_status
from lti_tool.services.restore_backup import check_backup, restore_backup
from lti_tool.services.switch_four_eyes import switch_four_eyes
from lti_tool.services.verify_audit import verify_audit
from tests.credentials.issuing import IssuingWorld

QUIET: Callable[[str, int], None] = lambda _name, _rows: None  # noqa: E731


@pytest.fixture
def world(database: Database, now: datetime) -> IssuingWorld:
    """An institution in use: awards, credentials, one revoked, four eyes demanded."""
    made = IssuingWorld(database, now)
    for learner_id in (made.learner.learner_id, *made.strangers(3)):
        made.complete(learner_id)
    made.work()
    change_status(
        database,
        institution_key="harbour",
        award_uuid=made.awards(made.learner.learner_id)[0],
        act=StatusAct.REVOKE,
        reason="„Quoted“ … 学习 \u200f",
        actor="test",
        now=now,
    )
    switch_four_eyes(database, "harbour", is_demanded=True, actor="test", now=now)
    return made


@pytest.fixture
def empty(tmp_path: Path) -> Database:
    """An empty database of SQLite."""
    return Database(f"sqlite:///{tmp_path / 'other.sqlite3'}")


def _backed_up(world: IssuingWorld, path: Path) -> Held:
    return back_up(world.database, path, release="1", now=world.now, tell=QUIET)


def test_what_is_restored_is_what_was_there(
    world: IssuingWorld, empty: Database, tmp_path: Path
) -> None:
    first, second = tmp_path / "a.gz", tmp_path / "b.gz"
    held = _backed_up(world, first)
    assert held.rows["awards"] == 8
    assert check_backup(first) == held
    assert first.stat().st_mode & 0o777 == 0o600
    assert restore_backup(empty, first, tell=QUIET) == held
    back_up(empty, second, release="1", now=world.now, tell=QUIET)
    assert first.read_bytes() == second.read_bytes()
    assert verify_audit(empty, now=world.now).holds
    empty.dispose()


def test_a_backup_of_sqlite_can_be_restored_into_postgresql_and_lived_in(
    sqlite_database: Database, postgresql_database: Database, now: datetime, tmp_path: Path
) -> None:
    world = IssuingWorld(sqlite_database, now)
    world.complete(world.learner.learner_id)
    world.work()
    path = tmp_path / "a.gz"
    _backed_up(world, path)
    schema.downgrade(postgresql_database, "base")
    restore_backup(postgresql_database, path, tell=QUIET)
    second = tmp_path / "b.gz"
    back_up(postgresql_database, second, release="1", now=now, tell=QUIET)
    assert path.read_bytes() == second.read_bytes()
    world.database = postgresql_database
    (stranger,) = world.strangers(1)
    world.complete(stranger)
    assert len(world.awards(stranger)) == 2


def test_the_guards_of_the_database_stand_again(
    world: IssuingWorld, empty: Database, tmp_path: Path
) -> None:
    _backed_up(world, tmp_path / "a.gz")
    restore_backup(empty, tmp_path / "a.gz", tell=QUIET)
    for change in ("DELETE FROM awards", "UPDATE completions SET note = 'x'"):
        with pytest.raises(DBAPIError, match="append-only"), empty.writing() as session:
            session.execute(text(change))
    empty.dispose()


def test_nothing_is_written_over(world: IssuingWorld, tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    _backed_up(world, path)
    with pytest.raises(ConflictError, match="is there already"):
        _backed_up(world, path)
    with pytest.raises(ConflictError, match="not empty"):
        restore_backup(world.database, path, tell=QUIET)


def _lines(path: Path) -> list[bytes]:
    return gzip.decompress(path.read_bytes()).splitlines(keepends=True)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda lines: lines[:-1], "ends too early"),
        (lambda lines: lines[: len(lines) // 2], "ends too early"),
        (lambda lines: [*lines[:5], lines[5][:-9] + b"\n", *lines[6:]], "damaged"),
        (
            lambda lines: [line.replace(b"SQL found", b"SQL Found") for line in lines],
            "rows are not those",
        ),
        (lambda lines: [*lines, b"{}\n"], "something follows"),
        (lambda lines: [b"{}\n", *lines[1:]], "not a backup"),
        (lambda lines: [line for line in lines if b"harbour" not in line], "damaged"),
    ],
)
def test_what_is_damaged_is_refused_and_leaves_nothing(
    sqlite_database: Database,
    empty: Database,
    now: datetime,
    tmp_path: Path,
    damage: Callable[[list[bytes]], list[bytes]],
    says: str,
) -> None:
    world = IssuingWorld(sqlite_database, now)
    path = tmp_path / "a.gz"
    _backed_up(world, path)
    path.write_bytes(gzip.compress(b"".join(damage(_lines(path)))))
    for read in (check_backup, lambda p: restore_backup(empty, p, tell=QUIET)):
        with pytest.raises(InvalidInputError, match=says):
            read(path)
    schema.upgrade(empty)
    with empty.reading() as session:
        assert session.execute(text("SELECT count(*) FROM institutions")).scalar() == 0
    empty.dispose()


def test_what_is_no_file_of_ours_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    for content in (b"", b"no gzip", gzip.compress(b"\xff\xfe")):
        path.write_bytes(content)
        with pytest.raises(InvalidInputError):
            check_backup(path)


def test_a_backup_of_another_release_says_what_to_do(
    world: IssuingWorld, empty: Database, tmp_path: Path
) -> None:
    path = tmp_path / "a.gz"
    _backed_up(world, path)
    lines = [line.replace(str(schema.head()).encode(), b"0001_old") for line in _lines(path)]
    path.write_bytes(gzip.compress(b"".join(lines)))
    with pytest.raises(ConflictError, match="quoin db upgrade"):
        restore_backup(empty, path, tell=QUIET)
    empty.dispose()
