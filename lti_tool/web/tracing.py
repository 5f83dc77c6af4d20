"""A trace of each request for an OpenTelemetry collector; off unless QUOIN_OTLP_ENDPOINT is set.

A span has the route, method, status, our code of a refusal, and the reference that the log has.
By hand and not by the instrumentation for Flask: that keeps addresses, which name people's rows.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from flask import Flask, Response, g, request

from lti_tool.errors import ConfigurationError
from lti_tool.release import release
from lti_tool.web.access_log import reference

MISSING = "QUOIN_OTLP_ENDPOINT needs packages more: pip install 'quoin[otel]'"


def register(app: Flask, endpoint: str, *, exporter: Any = None) -> None:
    """Trace what ``app`` answers, if there is an ``endpoint``.

    ``exporter`` takes the place of the network in tests. ``ConfigurationError`` without the extra.
    """
    if not endpoint and exporter is None:
        return
    if find_spec("opentelemetry") is None:
        raise ConfigurationError(MISSING)
    tracer = _tracer(endpoint, exporter)

    def begin() -> None:
        g.span = tracer.start_span(request.endpoint or "none")

    def end(response: Response) -> Response:
        span = g.pop("span", None)
        if span is not None:
            span.set_attributes(_attributes(response))
            span.end()
        return response

    app.before_request(begin)
    app.after_request(end)


def _tracer(endpoint: str, exporter: Any) -> Any:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor

    resource = Resource({"service.name": "quoin", "service.version": release()})
    provider = TracerProvider(resource=resource)
    if exporter is not None:
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        return provider.get_tracer("quoin")
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    made = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(made))
    return provider.get_tracer("quoin")


def _attributes(response: Response) -> dict[str, str | int]:
    found: dict[str, str | int] = {
        "http.request.method": request.method,
        "http.response.status_code": response.status_code,
        "http.route": request.url_rule.rule if request.url_rule else "none",
        "quoin.reference": reference(),
    }
    return {**found, "error.type": g.error_code} if "error_code" in g else found
