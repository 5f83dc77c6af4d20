"""POST /api/v1/completions: a batch of completions, each answered on its own."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response

from lti_tool.api import errors
from lti_tool.api.auth import signed
from lti_tool.api.parts import current_parts
from lti_tool.api.reading import LONGEST_KEY, read_item
from lti_tool.api.requests import read_body
from lti_tool.errors import InvalidInputError
from lti_tool.services.receive_completions import Outcome, receive_completions
from lti_tool.signatures import Caller

blueprint = Blueprint("api_completions", __name__)
errors.register(blueprint)

MOST = 10_000


@blueprint.post("/api/v1/completions")
@signed
def receive(caller: Caller) -> Response:
    """Take a batch; a bad completion among them keeps no good one out."""
    items = _read_batch()
    parts = current_parts()
    reports = [read_item(item) for item in items]
    outcomes = receive_completions(parts.database, caller, reports, now=parts.clock())
    results = [_result(item, outcome) for item, outcome in zip(items, outcomes, strict=True)]
    return Response(json.dumps({"results": results}), content_type="application/json")


def _read_batch() -> list[Any]:
    body = read_body()
    items = body.pop("completions", None)
    if body or not isinstance(items, list):
        raise InvalidInputError(
            'The body is {"completions": [...]} and nothing else.', field="completions"
        )
    if len(items) > MOST:
        raise InvalidInputError(
            f"A batch has at most {MOST} completions; this one has {len(items)}.",
            code="batch-too-large",
            field="completions",
        )
    return items


def _result(item: object, outcome: Outcome) -> dict[str, object]:
    """Return what became of an item, under the key that it came with (null without one)."""
    key = item.get("key") if isinstance(item, dict) else None
    result: dict[str, object] = {
        "key": key if isinstance(key, str) and len(key) <= LONGEST_KEY else None,
        "status": outcome.status.value,
    }
    if outcome.error is not None:
        result["problem"] = errors.as_problem(outcome.error)
    return result
