"""One signed request to the tool, with the standard library: timed out, bounded, no redirects."""

from __future__ import annotations

import json
import secrets
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from quoin_xblock.plugin.config import Config, Key
from quoin_xblock.plugin.delivery import Answer
from quoin_xblock.signing import signature_headers

LARGEST_ANSWER = 4 * 1024 * 1024
"""Bytes."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A signature is good for one address: a redirect is an answer, and not followed."""

    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)


def post(config: Config, path: str, content: object) -> Answer:
    """Send ``content`` as JSON to ``path`` of the tool; the next key is tried after a 401.

    Raises nothing of the network: an ``Answer`` without a status says what went wrong.
    """
    body = json.dumps(content, ensure_ascii=False).encode()
    answer = Answer(None, problem="No key is set.")
    for key in config.keys:
        answer = _post(config, key, path, body)
        if answer.status != 401:
            break
    return answer


def _post(config: Config, key: Key, path: str, body: bytes) -> Answer:
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "User-Agent": "quoin-xblock",
        **signature_headers(
            method="POST",
            target=urlsplit(config.tool_url).path + path,
            body=body,
            key_id=key.id,
            secret=key.secret,
            timestamp=int(time.time()),
            nonce=secrets.token_hex(16),
        ),
    }
    # The scheme was checked when the settings were read.
    request = urllib.request.Request(  # noqa: S310
        config.tool_url + path, data=body, headers=headers, method="POST"
    )
    try:
        with _OPENER.open(request, timeout=config.timeout) as response:
            return Answer(response.status, response.read(LARGEST_ANSWER))
    except urllib.error.HTTPError as error:
        with error:
            return _refusal(error)
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        return Answer(None, problem=f"The tool did not answer ({type(reason).__name__}).")


def _refusal(error: urllib.error.HTTPError) -> Answer:
    """Read an answer that is not a success; the body may break off, the status is known."""
    try:
        body = error.read(LARGEST_ANSWER)
    except (OSError, HTTPException):
        body = b""
    return Answer(error.code, body, _seconds(error.headers.get("Retry-After")))


def _seconds(value: str | None) -> float | None:
    """Read Retry-After; a date there is rare, and our own delay serves instead."""
    return float(value) if value is not None and value.isdecimal() else None
