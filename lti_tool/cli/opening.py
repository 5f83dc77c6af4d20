"""What commands on a database share: the open database, the act they do, a progress bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from lti_tool.config import Config
from lti_tool.errors import ConflictError
from lti_tool.persistence import schema
from lti_tool.persistence.base import Database

Outcome = TypeVar("Outcome")

ERRORS = Console(stderr=True)


def open_database(*, check: bool = True) -> Database:
    """Open the database of the settings; it is closed when the command ends.

    ``ConflictError`` when its shape is not this release's, unless ``check`` is false.
    """
    database = Database(Config.from_environ().database_url)
    click.get_current_context().call_on_close(database.dispose)
    if check and not schema.is_current(database):
        raise ConflictError("The database is not at this release: run 'quoin db upgrade' first.")
    return database


def carry_out(use_case: Callable[..., Outcome], *values: Any, **named: Any) -> Outcome:
    """Run a use case on the database now, by the name of the command that was typed.

    ``values`` and ``named`` are what it wants beside ``database``, ``actor`` and ``now``.
    """
    command = click.get_current_context()
    group = command.parent.info_name if command.parent else ""
    return use_case(
        open_database(),
        *values,
        actor=f"cli:{group} {command.info_name}",
        now=datetime.now(UTC),
        **named,
    )


@contextmanager
def progress_bar(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on stderr (``total`` None: not known); give what advances it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=ERRORS) as progress:
        task = progress.add_task(what, total=total)
        yield lambda count: progress.advance(task, count)
