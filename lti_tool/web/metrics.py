"""What a monitoring system may know of a running tool: counts and times, nothing of a person.

Requests and launches are counted in each process, and put together; everything else is read from
the database when somebody asks. Without a token in the settings nothing is counted at all.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, g, request
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from lti_tool.config import COUNTS_IN
from lti_tool.persistence.schema import current
from lti_tool.release import release
from lti_tool.services.read_figures import Figures, read_figures
from lti_tool.web.parts import Parts

EXTENSION = "quoin-metrics"
LAUNCH = ("launch.launch", "finishing.finish")
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Seconds of a request."""


class Metrics:
    """The counters of one application."""

    def __init__(self, parts: Parts) -> None:
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "quoin_request_seconds",
            "Time that the tool took to answer, by route.",
            ["route"],
            registry=self.registry,
            buckets=BUCKETS,
        )
        self.answers = Counter(
            "quoin_answers", "Answers by status.", ["status"], registry=self.registry
        )
        self.launches = Counter(
            "quoin_launches",
            "Launches by outcome: accepted, held, or the code of the refusal.",
            ["outcome"],
            registry=self.registry,
        )
        self.read = _FromDatabase(parts)
        self.registry.register(self.read)

    def count(self, response: Response) -> Response:
        """Count the answer that is given; ``app.py`` uses it as ``after_request``."""
        route = request.endpoint or "none"
        took = time.monotonic() - g.get("started", time.monotonic())
        self.requests.labels(route).observe(took)
        self.answers.labels(response.status_code).inc()
        if route in LAUNCH and request.method == "POST":
            # A launch that is let in leads on; one that waits for its browser is a page.
            came = "accepted" if response.status_code == 303 else "held"
            self.launches.labels(g.get("error_code", came)).inc()
        return response

    def text(self) -> bytes:
        """Return everything in the text format that Prometheus reads."""
        if COUNTS_IN not in os.environ:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        collect: Any = multiprocess.MultiProcessCollector
        collect(together)
        together.register(self.read)
        return generate_latest(together)


class _FromDatabase(Collector):
    """Reads figures when they are asked for, so that every process tells the same ones."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def describe(self) -> Iterator[Metric]:
        """Name nothing beforehand: registering must not open the database."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield what the database knows now."""
        parts = self._parts
        build = GaugeMetricFamily(
            "quoin_build", "The release and the database's migration.", labels=["version", "schema"]
        )
        build.add_metric([release(), current(parts.database) or "none"], 1)
        yield build
        yield from _metrics(read_figures(parts.database, now=parts.clock()))


def _metrics(found: Figures) -> Iterator[Metric]:
    for name, count in found.facts.items():
        yield CounterMetricFamily(f"quoin_{name}", f"{name.capitalize()} in all.", value=count)
    deliveries = GaugeMetricFamily(
        "quoin_deliveries", "Deliveries by kind and state.", labels=["kind", "state"]
    )
    for labels, count in sorted(found.deliveries.items()):
        deliveries.add_metric(list(labels), count)
    yield deliveries
    oldest = GaugeMetricFamily(
        "quoin_oldest_delivery_seconds", "Age of the oldest that waits.", labels=["kind"]
    )
    for kind, age in found.oldest.items():
        oldest.add_metric([kind], age)
    yield oldest
    ages = {"worker_beat": found.worker_age, "signing_key": found.key_age}
    for name, since in ages.items():
        if since is not None:
            yield GaugeMetricFamily(f"quoin_{name}_age_seconds", "Seconds since then.", value=since)
    yield GaugeMetricFamily(
        "quoin_database_bytes", "Size of the database.", value=found.database_bytes
    )


def register(app: Flask, parts: Parts) -> None:
    """Count what ``app`` answers, where the settings have a token for it."""
    if parts.config.metrics_token:
        app.extensions[EXTENSION] = metrics = Metrics(parts)
        app.after_request(metrics.count)
