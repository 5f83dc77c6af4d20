"""The previous release works on the schema of today: it still serves while the new one starts."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import inspect

from lti_tool.persistence import schema
from lti_tool.persistence.base import Database

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/releases.md").read_text("utf-8")
SAME_TABLES = "test_migrations_make_the_tables_that_the_code_declares"
"""Of a release alone: a later one may have added to its tables."""

NEEDED = ("lti_tool", "stacking_rules", "tests", "setup.cfg", "pyproject.toml")
RELEASE = re.compile(r"^\| ([\d.]+) \| [\d-]+ \| `(\w{40})` \| `(\w+)` \|$", re.MULTILINE)
FINISHED = re.compile(r"^\| `([\w.]+)` \| [\d.]+ \| `\w+` \|$", re.MULTILINE)


@dataclass(frozen=True)
class Column:
    """A column as the database tells it."""

    kind: str
    is_nullable: bool
    has_default: bool


@dataclass(frozen=True)
class Table:
    """A table: its columns by name, and what must be unique in it."""

    columns: dict[str, Column]
    unique: frozenset[tuple[str, ...]]


def test_its_own_tests_of_the_database_pass_on_the_schema_of_today(tmp_path: Path) -> None:
    """Its code and tests come from git, the migrations from here."""
    archive = _git("archive", _last_release(), "--", *NEEDED)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(tmp_path, filter="data")
    shutil.copytree(ROOT / "migrations", tmp_path / "lti_tool" / "migrations")
    environ = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    environ.pop("PYTEST_ADDOPTS", None)
    command = ["-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider"]
    command += ["tests/persistence", "-k", f"not {SAME_TABLES}"]
    done = subprocess.run(
        [sys.executable, *command],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert re.search(r"\d+ passed", done.stdout), done.stdout


def test_migrations_since_then_only_add(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/quoin.sqlite3")
    _, _, revision = _rows()[-1]
    schema.upgrade(database, revision)
    before = _shape(database)
    schema.upgrade(database)
    found = [what for what in _taken(before, _shape(database)) if what not in _finished()]
    database.dispose()
    assert found == [], "docs/releases.md has the rule for migrations"


def test_the_comparison_notices_what_a_migration_must_not_do() -> None:
    usual, needed = Column("INTEGER", True, False), Column("INTEGER", False, False)
    filled = Column("INTEGER", False, True)
    before = {"t": Table({"a": usual, "b": usual}, frozenset()), "u": Table({}, frozenset())}

    def now(unique: tuple[str, ...] = (), **columns: Column) -> list[str]:
        found = Table(columns, frozenset([unique] if unique else []))
        return _taken(before, {"t": found, "u": before["u"], "new": found})

    assert now(a=usual, b=usual, c=usual, d=filled) == []
    assert now(a=usual) == ["t.b"]
    assert now(a=usual, b=usual, c=needed) == ["t.c"]
    assert now(a=usual, b=needed) == ["t.b"]
    assert now(a=usual, b=Column("TEXT", True, False)) == ["t.b"]
    assert now(("a", "b"), a=usual, b=usual) == ["t.a.b"]
    assert _taken(before, {"t": before["t"]}) == ["u"]


def test_the_releases_are_listed() -> None:
    tags = _git("tag", "--list", "v*").decode().split()
    listed = {f"v{version}": commit for version, commit, _ in _rows()}
    # The newest may have been tagged just now: its row is a commit of its own.
    for tag in sorted(tags)[:-1]:
        assert tag in listed
    for tag in set(tags) & set(listed):
        assert _git("rev-parse", f"{tag}^{{commit}}").decode().strip() == listed[tag]


def _rows() -> list[tuple[str, str, str]]:
    """Return version, commit and last migration of every release of the page, oldest first."""
    found = [(row[0], row[1], row[2]) for row in RELEASE.findall(PAGE)]
    return sorted(found, key=lambda row: [int(part) for part in row[0].split(".")])


def _finished() -> set[str]:
    """Return what the page lists as the end of an earlier release's change."""
    return set(FINISHED.findall(PAGE))


def _last_release() -> str:
    """Return the commit of the last release; skip where git does not have it."""
    tags = _git("tag", "--list", "v*", "--merged", "HEAD", "--sort=v:refname").decode().split()
    commit = tags[-1] if tags else _rows()[-1][1]
    try:
        _git("cat-file", "-e", f"{commit}^{{commit}}")
    except subprocess.CalledProcessError:
        pytest.skip("the history of this clone is too short to have the last release")
    return commit


def _git(*arguments: str) -> bytes:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("the last release is taken from git, and this is no clone")
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, check=True)
    return done.stdout


def _shape(database: Database) -> dict[str, Table]:
    """Return the tables of a database as they are."""
    asked = inspect(database.engine)
    return {
        table: Table(
            {
                column["name"]: Column(
                    str(column["type"]), bool(column["nullable"]), column["default"] is not None
                )
                for column in asked.get_columns(table)
            },
            frozenset(
                tuple(str(name) for name in one["column_names"])
                for one in (*asked.get_unique_constraints(table), *asked.get_indexes(table))
                if one.get("unique", True)
            ),
        )
        for table in asked.get_table_names()
    }


def _taken(before: dict[str, Table], after: dict[str, Table]) -> list[str]:
    """Return what the previous release would miss, or could not write any more."""
    found = [name for name in before if name not in after]
    for name in set(before) & set(after):
        known, new = before[name], after[name]
        for column, was in known.columns.items():
            now = new.columns.get(column)
            if now is None or now.kind != was.kind or (was.is_nullable and not now.is_nullable):
                found.append(f"{name}.{column}")
        found += [
            f"{name}.{column}"
            for column, now in new.columns.items()
            if column not in known.columns and not now.is_nullable and not now.has_default
        ]
        found += [".".join((name, *columns)) for columns in new.unique - known.unique]
    return sorted(found)
