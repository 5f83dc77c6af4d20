"""Telling a Sentry server of errors that nobody foresaw; off unless QUOIN_SENTRY_DSN is set.

What leaves is built from the few things named here: the kind of error, where in the code it
arose, the release, and the reference that the log has, too. Messages, values, addresses,
requests, and the name of the machine stay here: people's data may stand in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from lti_tool.errors import ConfigurationError

KEPT = ("event_id", "timestamp", "level", "platform", "release", "tags")
OF_A_FRAME = ("module", "function", "lineno")
MISSING = "QUOIN_SENTRY_DSN needs a package more: pip install 'quoin[sentry]'"


class _Reports:
    """Where errors are told; ``client`` is None where nobody wants to know."""

    client: Any = None


def need_package() -> None:
    """Raise ``ConfigurationError`` where the extra is not installed."""
    if find_spec("sentry_sdk") is None:
        raise ConfigurationError(MISSING)


def begin(dsn: str, *, release: str, transport: Any = None) -> None:
    """Tell errors of this process to ``dsn`` from now on; with "" to nobody.

    ``transport`` takes the place of the network in tests.
    """
    if _Reports.client is not None:
        _Reports.client.close(timeout=2.0)
        _Reports.client = None
    if not dsn:
        return
    need_package()
    from sentry_sdk import Client
    from sentry_sdk.utils import BadDsn

    try:
        _Reports.client = Client(
            dsn=dsn,
            release=release,
            transport=transport,
            default_integrations=False,
            include_local_variables=False,
            include_source_context=False,
            max_breadcrumbs=0,
            before_send=_before_send,
        )
    except BadDsn:
        raise ConfigurationError("QUOIN_SENTRY_DSN is no DSN; Sentry shows it") from None


def tell(error: BaseException, *, tags: Mapping[str, str] | None = None) -> None:
    """Tell of one error; ``tags`` must name nobody. Nothing waits for its being sent."""
    if _Reports.client is None:
        return
    from sentry_sdk.utils import event_from_exception

    event, hint = event_from_exception(error, client_options=_Reports.client.options)
    event["tags"] = dict(tags or {})
    _Reports.client.capture_event(event, hint)


def scrub(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may leave of an event."""
    values = event.get("exception", {}).get("values", [])
    kept = {name: event[name] for name in KEPT if name in event}
    return {**kept, "exception": {"values": [_exception(value) for value in values]}}


def _before_send(event: Any, _hint: object) -> Any:
    return scrub(event)


def _exception(value: Mapping[str, Any]) -> dict[str, Any]:
    frames = (value.get("stacktrace") or {}).get("frames", [])
    kept = [{name: frame.get(name) for name in OF_A_FRAME} for frame in frames]
    return {"type": value.get("type"), "stacktrace": {"frames": kept}}
