"""JSON answers: exact numbers as text, and a tag by which an unchanged answer is not sent again."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any

from flask import Response, request

from lti_tool.errors import InvalidInputError

LONGEST_PARAMETER = 255


def answer(document: dict[str, Any]) -> Response:
    """Return a document that may be asked for again by its tag; 304 where it is the same."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    response = Response(text, content_type="application/json")
    response.set_etag(hashlib.sha256(text.encode()).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response


def number(value: Decimal) -> str:
    """Return an exact number without an exponent and needless zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def parameters(*needed: str, optional: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the parameters of the query; ``InvalidInputError`` names one that is not right.

    Each stands there once with 1 to 255 characters, and no other one is there.
    """
    found = request.args.to_dict(flat=False)
    for name in (*needed, *found):
        if name not in (*needed, *optional):
            raise InvalidInputError("There is no such parameter.", field=name[:100])
        values = found.get(name, [""])
        if len(values) != 1 or not 0 < len(values[0]) <= LONGEST_PARAMETER:
            raise InvalidInputError(
                f"The parameter '{name}' stands here once, with 1 to {LONGEST_PARAMETER} "
                "characters.",
                field=name,
            )
        if not values[0].isprintable():
            raise InvalidInputError(f"The parameter '{name}' is no text.", field=name)
    return {name: values[0] for name, values in found.items()}
