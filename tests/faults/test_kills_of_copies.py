"""SIGKILL in the middle of a backup, a restore and a migration, which are then done again."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text

from lti_tool.persistence import schema
from lti_tool.persistence.base import Base, Database
from lti_tool.services.back_up import back_up
from lti_tool.services.restore_backup import check_backup
from tests.faults.scale import mostly, say, scaled
from tests.faults.world import COMPETENCIES, World, open_world

KILLS = scaled(3, 100)
MIGRATIONS = scaled(1, 40)

Maker = Callable[[bool], str]
"""Makes a database and gives its address: with tables but no rows, or with nothing at all."""


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    with open_world(database) as found:
        grades = {competency: found.grade() for competency in COMPETENCIES}
        items = [found.told("ada", competency, grade) for competency, grade in grades.items()]
        found.order("report", items=items)
        found.order("work")
        yield found


@pytest.fixture
def another(database: Database, tmp_path: Path, sqlite_template: bytes) -> Iterator[Maker]:
    """Make databases beside the one of the test, on the same engine."""
    made: list[str] = []

    def on_sqlite(is_migrated: bool) -> str:
        path = tmp_path / f"{uuid4().hex}.sqlite3"
        if is_migrated:
            path.write_bytes(sqlite_template)
        return f"sqlite:///{path}"

    def on_postgresql(is_migrated: bool) -> str:
        name = f"t{uuid4().hex}"
        template = "quoin_template" if is_migrated else "template0"
        _administer(database, f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append(name)
        return database.engine.url.set(database=name).render_as_string(hide_password=False)

    yield on_sqlite if database.is_sqlite else on_postgresql
    for name in made:
        _administer(database, f"DROP DATABASE {name} WITH (FORCE)")


@mostly("sqlite")
@pytest.mark.timeout(1800)
def test_a_backup_has_its_name_only_when_it_is_whole(world: World, tmp_path: Path) -> None:
    whole = tmp_path / "whole.gz"
    points = world.order("backup", path=str(whole))["passed"]
    kills = Counter[str]()
    for number, point in enumerate(_some(points, KILLS)):
        path = tmp_path / f"{number}.gz"
        assert "killed" in world.order("backup", point, path=str(path))
        kills[point.partition("#")[0]] += 1
        assert point.startswith("rename") or not path.exists()
        world.order("backup", path=str(path))
        assert path.read_bytes() == whole.read_bytes()
        assert check_backup(path).rows["completions"] == len(COMPETENCIES)
    _tell(world, "backup", kills)


@mostly("sqlite")
@pytest.mark.timeout(1800)
def test_a_restore_is_whole_or_nothing(world: World, another: Maker, tmp_path: Path) -> None:
    whole = tmp_path / "whole.gz"
    world.order("backup", path=str(whole))
    points = world.order("restore", path=str(whole), into=another(True))["passed"]
    kills = Counter[str]()
    for number, point in enumerate(_some(points, KILLS)):
        into = another(True)
        assert "killed" in world.order("restore", point, path=str(whole), into=into)
        kills[point.partition("#")[0]] += 1
        world.order("restore", path=str(whole), into=into)
        again = tmp_path / f"again{number}.gz"
        _back_up(world, into, again)
        assert again.read_bytes() == whole.read_bytes()
    _tell(world, "restore", kills)


@mostly("sqlite")
@pytest.mark.timeout(1800)
def test_a_migration_is_whole_or_nothing(world: World, another: Maker) -> None:
    points = world.order("migrate", url=another(False))["passed"]
    kills = Counter[str]()
    for point in _some(points, MIGRATIONS):
        url = another(False)
        assert "killed" in world.order("migrate", point, url=url)
        kills[point.partition("#")[0]] += 1
        assert world.order("migrate", url=url)["answer"] == schema.head()
        database = Database(url)
        with database.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        database.dispose()
    _tell(world, "migrate", kills)


def _some(points: list[str], count: int) -> list[str]:
    """Return so many points, the commit among them."""
    commits = [point for point in points if "commit" in point or "rename" in point]
    return [*commits[-2:], *random.Random(8).choices(points, k=count)][:count]


def _back_up(world: World, url: str, path: Path) -> None:
    database = Database(url)
    back_up(database, path, release="1", now=world.now, tell=lambda _name, _rows: None)
    database.dispose()


def _tell(world: World, step: str, kills: Counter[str]) -> None:
    engine = world.database.engine.dialect.name
    say(f"{engine}: {step} killed {kills.total()} times at {len(kills)} kinds of points")


def _administer(database: Database, statement: str) -> None:
    engine = create_engine(
        database.engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
