"""One HTTP call to the tool with the standard library: signed, timed out, bounded, no redirects."""

from __future__ import annotations

import http.client
import json
import secrets
import ssl
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from quoin_xblock.settings import Key, Settings
from quoin_xblock.signing import signature_headers

LARGEST_ANSWER = 4 * 1024 * 1024
"""Bytes."""


class ToolAwayError(Exception):
    """The tool did not answer, or said that it cannot just now: worth another try later."""


class ToolRefusedError(Exception):
    """The tool answered and refused; ``status`` is of HTTP. Trying again changes nothing."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer; with status 304 there is no ``content``."""

    status: int
    content: Any
    etag: str


def call(
    settings: Settings, method: str, target: str, *, content: object = None, etag: str = ""
) -> Answer:
    """Send one request, signed with the first key that the tool takes, and read its answer.

    ``target`` is path and query below the tool's address. Raises ``ToolAwayError`` and
    ``ToolRefusedError``; neither holds anything of the request.
    """
    *first, last = settings.keys
    for key in first:
        try:
            return _call(settings, key, method, target, content=content, etag=etag)
        except ToolRefusedError as error:
            if error.status != 401:
                raise
    return _call(settings, last, method, target, content=content, etag=etag)


def _call(
    settings: Settings, key: Key, method: str, target: str, *, content: object, etag: str
) -> Answer:
    base = urlsplit(settings.tool_url)
    target = f"{base.path}{target}"
    sent = b"" if content is None else json.dumps(content, ensure_ascii=False).encode()
    headers = _headers(key, method, target, sent, etag)
    connection = _connect(base.scheme, base.hostname or "", base.port, settings.timeout)
    try:
        connection.request(method, target, sent or None, headers)
        with connection.getresponse() as response:
            body = _read_body(response, time.monotonic() + settings.timeout)
            return _read(response.status, response.headers, body)
    except (OSError, http.client.HTTPException) as error:
        raise ToolAwayError(type(error).__name__) from error
    finally:
        connection.close()


def _headers(key: Key, method: str, target: str, body: bytes, etag: str) -> dict[str, str]:
    signed = signature_headers(
        method=method,
        target=target,
        body=body,
        key_id=key.id,
        secret=key.secret,
        timestamp=int(time.time()),
        nonce=secrets.token_hex(16),
    )
    headers = {"Accept": "application/json", "User-Agent": "quoin-xblock", **signed}
    if body:
        headers["Content-Type"] = "application/json"
    if etag:
        headers["If-None-Match"] = etag
    return headers


def _connect(
    scheme: str, host: str, port: int | None, timeout: float
) -> http.client.HTTPConnection:
    if scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=timeout, context=context)
    return http.client.HTTPConnection(host, port, timeout=timeout)


def _read_body(response: http.client.HTTPResponse, deadline: float) -> bytes:
    """Read what there is; an answer that only trickles in is as good as none."""
    body = b""
    while len(body) <= LARGEST_ANSWER and (piece := response.read1(65_536)):
        body += piece
        if time.monotonic() > deadline:
            raise TimeoutError
    return body


def _read(status: int, headers: Any, body: bytes) -> Answer:
    if status == 304:
        return Answer(status, None, headers.get("ETag", ""))
    if status in (408, 425, 429) or status >= 500:
        raise ToolAwayError(f"status {status}")
    if len(body) > LARGEST_ANSWER:
        raise ToolRefusedError(status, "the answer is too long")
    try:
        content = json.loads(body)
    except ValueError as error:
        raise ToolRefusedError(status, "the answer is not JSON") from error
    if status != 200:
        title = content.get("title") if isinstance(content, dict) else ""
        raise ToolRefusedError(status, str(title or "refused")[:200])
    return Answer(status, content, headers.get("ETag", ""))
