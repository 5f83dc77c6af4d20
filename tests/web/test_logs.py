"""The worker's log: JSON lines, and nothing of what an error says."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog

from lti_tool import worker
from lti_tool.cli.serving import build_app
from lti_tool.logs import prepare_logs

PERSON = "Amara Okafor"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    prepare_logs(stream)
    yield stream
    structlog.reset_defaults()


def fail(_now: object) -> None:
    """Fail with personal data in the message and in a variable."""
    name = PERSON
    raise RuntimeError(f"no row for {name}")


def test_what_the_worker_stumbles_over_is_a_line_without_its_words(written: io.StringIO) -> None:
    stop = threading.Event()

    def once(now: object) -> None:
        stop.set()
        fail(now)

    database: Any = None
    worker.run(
        database, {}, clock=lambda: datetime.now(UTC), stop=stop, poll_seconds=0.01, beat=once
    )
    (line,) = written.getvalue().splitlines()
    found = json.loads(line)
    assert (found["event"], found["level"]) == ("worker.pass_failed", "error")
    assert found["error"] == "RuntimeError"
    assert found["where"][-1].startswith("test_logs.py:")
    assert found["timestamp"]
    assert PERSON not in line


def test_a_line_without_an_error_has_its_values(written: io.StringIO) -> None:
    structlog.get_logger().info("scoring.column_not_renamed", code="x", status=404)
    found = json.loads(written.getvalue())
    assert (found["event"], found["code"], found["status"]) == (
        "scoring.column_not_renamed",
        "x",
        404,
    )
    assert "error" not in found


def test_whoever_serves_or_works_writes_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOIN_DATABASE_URL", "sqlite://")
    monkeypatch.setenv("QUOIN_SECRET_KEY", "k" * 40)
    structlog.reset_defaults()
    build_app()
    try:
        assert structlog.is_configured()
    finally:
        structlog.reset_defaults()
