"""The log: JSON lines on standard error, and of an error never more than its kind and its place.

An error's message and the variables around it may hold people's data: they stay out.
"""

from __future__ import annotations

import sys
import traceback
from typing import Any, TextIO

import structlog

FRAMES = 12


def prepare_logs(stream: TextIO | None = None) -> None:
    """Let everything that is not a page's own line be written so, to ``stream`` (stderr)."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_words,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
    )


def where_of(error: BaseException) -> list[str]:
    """Return file, line and function of the innermost frames in which an error arose."""
    return [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-FRAMES:]
    ]


def _without_words(_logger: object, _method: str, values: Any) -> Any:
    """Put the kind and place of an error where the log would put its message and variables."""
    given = values.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if error is not None:
        values |= {"error": type(error).__name__, "where": where_of(error)}
    return values
