"""One JSON line per request, and one per surprise: no values, tokens, names or addresses in it."""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Flask, Response, g, request

from lti_tool import error_reports
from lti_tool.logs import where_of

LOGGER = "quoin.web"
log = logging.getLogger(LOGGER)


def register(app: Flask) -> None:
    """Give every request its reference and write its line."""
    _prepare_logger()
    app.before_request(_begin)
    app.after_request(_end)


def note_surprise(error: BaseException) -> None:
    """Write where an unforeseen error arose.

    Its message stays out: database errors and the like carry people's data in theirs.
    """
    error_reports.tell(error, tags={"reference": reference(), "route": request.endpoint or "none"})
    _write(
        logging.ERROR,
        "surprise",
        {"error": type(error).__name__, "where": where_of(error), "reference": reference()},
    )


def note_notices(outcomes: Mapping[str, int]) -> None:
    """Write how many notices of a batch were acted on, known before, or refused by which code."""
    _write(logging.INFO, "notices", {**outcomes, "reference": reference()})


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
    line = {
        "method": request.method,
        "route": request.url_rule.rule if request.url_rule else None,
        "status": response.status_code,
        "ms": round((time.monotonic() - started) * 1000, 1),
        "reference": number,
    }
    if "error_code" in g:
        line["code"] = g.error_code
    _write(logging.INFO, "request", line)
    response.headers["X-Request-ID"] = number
    return response


def _write(level: int, event: str, values: Mapping[str, object]) -> None:
    """Write one line, in the form that the worker's log has."""
    # Not by structlog, which the worker has: every answer waits for this, and it takes twice as
    # long there.
    now = datetime.now(UTC).isoformat()
    named = logging.getLevelName(level).lower()
    log.log(level, json.dumps({**values, "event": event, "timestamp": now, "level": named}))


def _prepare_logger() -> None:
    """Send the lines to standard error, once, however many applications are made."""
    log.setLevel(logging.INFO)
    if not log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(message)s"))
        log.addHandler(handler)
