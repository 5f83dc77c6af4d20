"""What commands share: our errors as one line, the text of a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from lti_tool.errors import QuoinError, StackTextError


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


def read_text(file: str) -> str:
    """Return the text of a UTF-8 file; a sentence and exit code 1 for anything else."""
    try:
        return Path(file).read_text("utf-8")
    except UnicodeDecodeError:
        raise click.ClickException(f"{file} is not UTF-8 text.") from None
