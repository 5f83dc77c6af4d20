"""Answers of handlers that are no ``json_handler``: those that apps read with GET."""

from __future__ import annotations

import json
from typing import Any

from webob import Response


def json_answer(content: Any) -> Response:
    """Give ``content`` as JSON."""
    return Response(json.dumps(content), content_type="application/json", charset="UTF-8")
