"""Bringing a database to the shape that the code expects, by the migrations in the package."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from lti_tool.persistence.base import Database


def upgrade(database: Database, revision: str = "head") -> None:
    """Migrate ``database`` up to ``revision``; does nothing when it is there."""
    _run(database, lambda config: command.upgrade(config, revision))


def downgrade(database: Database, revision: str) -> None:
    """Migrate ``database`` down to ``revision`` ("base" is an empty database)."""
    _run(database, lambda config: command.downgrade(config, revision))


def head() -> str | None:
    """Return the newest revision of the code."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def revisions() -> list[str]:
    """Return every revision of the code, the oldest first."""
    found = ScriptDirectory.from_config(_config()).walk_revisions()
    return [one.revision for one in found][::-1]


def current(database: Database) -> str | None:
    """Return the revision the database is at, None when it is empty."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current(database: Database) -> bool:
    """Return whether the database has the shape that this code expects."""
    return current(database) == head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("lti_tool.migrations")))
    return config


def _run(database: Database, work: Callable[[Config], None]) -> None:
    config = _config()
    config.attributes["engine"] = database.engine
    work(config)
