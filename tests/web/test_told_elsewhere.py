"""Errors told to Sentry and traces told to a collector: off by default, and nothing of a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from lti_tool import error_reports, worker
from lti_tool.app import create_app
from lti_tool.checked_settings import check_settings
from lti_tool.config import Config
from lti_tool.errors import ConfigurationError
from lti_tool.lti.platform_checks import Verdict
from lti_tool.web import tracing
from tests.web.world import CONFIG, ORIGIN, World

DSN = "https://public@sentry.example.edu/1"
PERSON = "Amara Okafor"
LEARNER = "5c1d7a52-7e6f-4c57-8f0c-2f8c5d0d5a11"


class Kept(Transport):
    """Keeps what would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Any] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        """Keep it."""
        self.events += [item.payload.json for item in envelope.items if item.type == "event"]


@pytest.fixture
def kept() -> Iterator[Kept]:
    transport = Kept()
    error_reports.begin(DSN, release="1.2.3", transport=transport)
    yield transport
    error_reports.begin("", release="1.2.3")


def stumble(person: str) -> None:
    """Fail with personal data in the message, in a variable, and in the cause."""
    try:
        raise KeyError(person)
    except KeyError as error:
        raise RuntimeError(f"no row for {person}") from error


def test_an_error_is_told_without_what_stands_in_it(kept: Kept) -> None:
    with pytest.raises(RuntimeError) as caught:
        stumble(PERSON)
    error_reports.tell(caught.value, tags={"reference": "AB12-CD34"})
    (event,) = kept.events
    assert event["tags"] == {"reference": "AB12-CD34"}
    assert event["release"] == "1.2.3"
    assert {value["type"] for value in event["exception"]["values"]} == {"KeyError", "RuntimeError"}
    frames = event["exception"]["values"][-1]["stacktrace"]["frames"]
    assert frames[-1]["function"] == "stumble"
    assert set(event) <= {*error_reports.KEPT, "exception"}
    assert PERSON not in json.dumps(event)


def test_a_page_that_fails_is_told_with_the_reference_of_its_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(world.app.extensions["quoin"].config, parts=world.app.extensions["quoin"])
    transport = Kept()
    error_reports.begin(DSN, release="1.2.3", transport=transport)
    try:
        monkeypatch.setitem(app.view_functions, "health.alive", lambda: stumble(PERSON))
        answer = app.test_client().get(f"/healthz?learner={LEARNER}", base_url=ORIGIN)
    finally:
        error_reports.begin("", release="1.2.3")
    assert answer.status_code == 500
    (event,) = transport.events
    assert event["tags"] == {"reference": answer.headers["X-Request-ID"], "route": "health.alive"}
    assert PERSON not in json.dumps(event)
    assert LEARNER not in json.dumps(event)


def test_the_worker_tells_what_it_outlives(kept: Kept) -> None:
    class Stop:
        def __init__(self) -> None:
            self.passes = 0

        def wait(self, _seconds: float) -> bool:
            self.passes += 1
            return self.passes > 1

    stop: Any = Stop()
    worker.repeat(
        lambda _now: stumble(PERSON), clock=lambda: datetime.now(UTC), stop=stop, seconds=0
    )
    assert len(kept.events) == 1
    assert PERSON not in json.dumps(kept.events)


def test_without_a_setting_nothing_is_told() -> None:
    error_reports.begin("", release="1")
    error_reports.tell(RuntimeError(PERSON))
    assert Config.from_environ({"QUOIN_DATABASE_URL": "sqlite://"}).sentry_dsn == ""


def test_a_wrong_dsn_and_a_missing_extra_are_named(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = world.app.extensions["quoin"]
    with pytest.raises(ConfigurationError, match="QUOIN_SENTRY_DSN is no DSN"):
        error_reports.begin("https://sentry.example.edu", release="1")
    monkeypatch.setattr("lti_tool.error_reports.find_spec", lambda _name: None)
    with pytest.raises(ConfigurationError, match=r"quoin\[sentry\]"):
        error_reports.begin(DSN, release="1")
    found = {one.topic: one for one in check_settings({"QUOIN_SENTRY_DSN": DSN})}
    assert found["QUOIN_SENTRY_DSN"].verdict is Verdict.FAILURE
    monkeypatch.setattr("lti_tool.web.tracing.find_spec", lambda _name: None)
    with pytest.raises(ConfigurationError, match=r"quoin\[otel\]"):
        tracing.register(create_app(CONFIG, parts=parts), "http://127.0.0.1:4318")


def test_a_trace_has_the_route_and_the_reference_and_no_address(world: World) -> None:
    exporter = InMemorySpanExporter()
    app = create_app(world.app.extensions["quoin"].config, parts=world.app.extensions["quoin"])
    tracing.register(app, "", exporter=exporter)
    answer = app.test_client().get(f"/staff/learners/{LEARNER}?q={PERSON}", base_url=ORIGIN)
    alive = app.test_client().get("/healthz", base_url=ORIGIN)
    refused, well = exporter.get_finished_spans()
    assert dict(well.attributes or {}) == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "http.route": "/healthz",
        "quoin.reference": alive.headers["X-Request-ID"],
    }
    assert (refused.attributes or {})["http.response.status_code"] == answer.status_code
    assert (refused.attributes or {})["error.type"]
    assert LEARNER not in refused.to_json()
    assert "Amara" not in refused.to_json()
