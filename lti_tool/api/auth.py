"""Who calls: the four headers of a signed request, and the policy of every route here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from flask import request

from lti_tool.api.parts import current_parts
from lti_tool.errors import ConfigurationError
from lti_tool.services.admit_request import admit_request
from lti_tool.signatures import SignedRequest

LARGEST_BODY = 8 * 1024 * 1024
"""Bytes of a body; a larger one is answered 413 and not read."""


def signed(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let in whoever signed the request with a key of ours; the view gets the ``Caller`` first."""

    @wraps(view)
    def guarded(**values: Any) -> Any:
        parts = current_parts()
        request.max_content_length = LARGEST_BODY
        caller = admit_request(
            parts.database, parts.config.secret_key, _as_sent(), now=parts.clock()
        )
        return view(caller, **values)

    cast(Any, guarded).policy = "signed"
    return guarded


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view that anybody may open."""
    cast(Any, view).policy = "public"
    return view


def _as_sent() -> SignedRequest:
    headers = request.headers
    return SignedRequest(
        key_id=headers.get("Quoin-Key-Id", ""),
        timestamp=headers.get("Quoin-Timestamp", ""),
        nonce=headers.get("Quoin-Nonce", ""),
        signature=headers.get("Quoin-Signature", ""),
        method=request.method,
        target=_target(),
        body=request.get_data(),
    )


def _target() -> str:
    """Return path and query as they stand in the request line.

    They cannot be made again from the decoded path: %2F, +, and an empty query would be lost.
    """
    # waitress tells it by the first name, gunicorn by the second.
    target = request.environ.get("REQUEST_URI") or request.environ.get("RAW_URI")
    if not target:
        raise ConfigurationError("This web server does not tell the address as it was sent.")
    return str(target)
