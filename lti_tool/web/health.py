"""Whether this process answers, whether it can serve pages, and its metrics: for machines."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, abort, current_app, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST

from lti_tool.services.check_readiness import Readiness, check_readiness
from lti_tool.web import access_log
from lti_tool.web.metrics import EXTENSION, Metrics
from lti_tool.web.parts import current_parts
from lti_tool.web.problems import problem
from lti_tool.web.session import BEARER, public

blueprint = Blueprint("health", __name__)

NOT_READY, UNAUTHORIZED, NOT_FOUND = 503, 401, 404


@blueprint.get("/healthz")
@public
def alive() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def ready() -> Response:
    """Say whether database, its shape, the signing key and the worker are as they have to be."""
    parts = current_parts()
    try:
        found = check_readiness(parts.database, now=parts.clock())
    except Exception as error:  # noqa: BLE001 - whatever it is, the answer is "not ready"
        access_log.note_surprise(error)
        return _not_ready({"database": "The database does not answer."})
    wrong = {
        **_wrong(found),
        **({} if not found.is_schema_current or _has_key() else {"signing_key": NO_KEY}),
    }
    if wrong:
        return _not_ready(wrong)
    return jsonify(
        status="ready",
        database=True,
        schema=True,
        signing_key=True,
        oldest_undelivered_seconds=found.oldest_seconds,
    )


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """Give the metrics to whoever has the token of the settings; without one there are none."""
    known: Metrics | None = current_app.extensions.get(EXTENSION)
    if known is None:
        abort(NOT_FOUND)
    header = request.headers.get("Authorization", "")
    given = header.removeprefix(BEARER).encode() if header.startswith(BEARER) else b""
    if not hmac.compare_digest(given, current_parts().config.metrics_token):
        refused = problem(
            UNAUTHORIZED,
            code="metrics-token",
            title="Metrics need their token",
            detail="Send the token of QUOIN_METRICS_TOKEN as a bearer token.",
        )
        refused.headers["WWW-Authenticate"] = "Bearer"
        return refused
    return Response(known.text(), content_type=CONTENT_TYPE_LATEST)


NO_KEY = "The signing key cannot be opened; the log says more."


def _wrong(found: Readiness) -> dict[str, str]:
    if not found.is_schema_current:
        return {"schema": "The database is not at this release: run 'quoin db upgrade'."}
    if not found.is_worked:
        waits = f"Due work waits since {found.oldest_seconds} seconds"
        return {"worker": f"{waits}; no worker takes it."}
    return {}


def _has_key() -> bool:
    """Return whether we can sign; the very first key is made for it."""
    try:
        current_parts().keyring.current()
    except Exception as error:  # noqa: BLE001 - whatever it is, nothing can be signed
        access_log.note_surprise(error)
        return False
    return True


def _not_ready(wrong: dict[str, str]) -> Response:
    return problem(
        NOT_READY,
        code="not-ready",
        title="Not ready",
        detail=" ".join(wrong.values()),
        errors=wrong,
    )
