"""One JSON line per request, and one per surprise: no values, tokens, names or addresses in it."""

from __future__ import annotations

import logging
import secrets
import time
import traceback
from collections.abc import Mapping
from functools import cache
from typing import Any

import structlog
from flask import Flask, Response, g, request

LOGGER = "quoin.web"
FRAMES = 12


def register(app: Flask) -> None:
    """Give every request its reference and write its line."""
    _prepare_logger()
    app.before_request(_begin)
    app.after_request(_end)


def note_surprise(error: BaseException) -> None:
    """Write where an unforeseen error arose.

    Its message stays out: database errors and the like carry people's data in theirs.
    """
    where = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-FRAMES:]
    ]
    _log().error("surprise", error=type(error).__name__, where=where, reference=reference())


def note_notices(outcomes: Mapping[str, int]) -> None:
    """Write how many notices of a batch were acted on, known before, or refused by which code."""
    _log().info("notices", **outcomes, reference=reference())


def reference() -> str:
    """Return the reference of the present request, made when it is first asked for."""
    if "reference" not in g:
        g.reference = f"{secrets.token_hex(2)}-{secrets.token_hex(2)}".upper()
    return str(g.reference)


def _begin() -> None:
    reference()
    g.started = time.monotonic()


def _end(response: Response) -> Response:
    started: float = g.get("started", time.monotonic())
    number = reference()
    _log().info(
        "request",
        method=request.method,
        route=request.url_rule.rule if request.url_rule else None,
        status=response.status_code,
        ms=round((time.monotonic() - started) * 1000, 1),
        reference=number,
        **({"code": g.error_code} if "error_code" in g else {}),
    )
    response.headers["X-Request-ID"] = number
    return response


@cache
def _log() -> Any:
    return structlog.wrap_logger(
        logging.getLogger(LOGGER),
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.add_log_level,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _prepare_logger() -> None:
    """Send the lines to standard error, once, however many applications are made."""
    logger = logging.getLogger(LOGGER)
    logger.setLevel(logging.INFO)
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(message)s"))
        logger.addHandler(handler)
