"""What commands on a database share: the open database, a progress bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from lti_tool.config import Config
from lti_tool.errors import ConflictError
from lti_tool.persistence import schema
from lti_tool.persistence.base import Database

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


@contextmanager
def progress_bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on stderr; give the function that advances it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=ERRORS) as progress:
        task = progress.add_task(what, total=total)
        yield lambda count: progress.advance(task, count)
