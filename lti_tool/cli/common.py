"""What commands share: our errors as one line, the open database, a progress bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from lti_tool.config import Config
from lti_tool.errors import ConflictError, QuoinError, StackTextError
from lti_tool.persistence import schema
from lti_tool.persistence.base import Database

ERRORS = Console(stderr=True)


def friendly(work: Callable[..., Any]) -> Callable[..., Any]:
    """Turn our own errors into one line on stderr and exit code 1."""

    @wraps(work)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return work(*args, **kwargs)
        except StackTextError as error:
            where = f"{kwargs.get('file', '')}:{error.line}:{error.column}"
            raise click.ClickException(
                f"{where}: {error.address or '/'}: {error.message}"
            ) from None
        except QuoinError as error:
            raise click.ClickException(f"{error.message} ({error.code})") from None

    return run


def open_database(*, check: bool = True) -> Database:
    """Open the database of the settings; it is closed when the command ends.

    ``ConflictError`` when its shape is not this release's, unless ``check`` is false.
    """
    database = Database(Config.from_environ().database_url)
    click.get_current_context().call_on_close(database.dispose)
    if check and not schema.is_current(database):
        raise ConflictError("The database is not at this release: run 'quoin db upgrade' first.")
    return database


def read_text(file: str) -> str:
    """Return the text of a UTF-8 file; a sentence and exit code 1 for anything else."""
    try:
        return Path(file).read_text("utf-8")
    except UnicodeDecodeError:
        raise click.ClickException(f"{file} is not UTF-8 text.") from None


@contextmanager
def progress_bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on stderr; give the function that advances it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=ERRORS) as progress:
        task = progress.add_task(what, total=total)
        yield lambda count: progress.advance(task, count)
