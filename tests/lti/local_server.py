"""A small HTTP server on loopback that answers as a test tells it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from lti_tool.lti.http_client import Answer, HTTPClient


@dataclass(frozen=True)
class Request:
    """What came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What goes out; ``write`` takes the socket over for odd answers."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    write: Callable[[Any], None] | None = None


class LoopbackClient(HTTPClient):
    """A client for which every call is one of a registration that allows loopback."""

    def request(self, method: str, url: str, **options: Any) -> Answer:
        return super().request(method, url, **({"allows_loopback": True} | options))


def json_reply(value: Any, status: int = 200, **headers: str) -> Reply:
    names = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json"} | names)


class LocalServer:
    """Answers by ``"METHOD /path"``: a Reply, a list of them in turn, or a function."""

    def __init__(self, port: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self.url = f"http://{self.host}"
        self.requests: list[Request] = []
        self.routes: dict[str, Any] = {}

    def on(self, route: str, *replies: Any) -> None:
        self.routes[route] = list(replies) if len(replies) > 1 else replies[0]

    def count(self, route: str) -> int:
        return len(self.sent(route))

    def sent(self, route: str) -> list[Request]:
        return [r for r in self.requests if f"{r.method} {r.path}" == route]

    def answer(self, request: Request) -> Reply:
        self.requests.append(request)
        found = self.routes.get(f"{request.method} {request.path}", Reply(404, b"no such route"))
        if isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        if callable(found):
            found = found(request)
        assert isinstance(found, Reply)
        return found


@contextmanager
def serve() -> Iterator[LocalServer]:
    """Run a server on a free port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            request = Request(
                self.command,
                parts.path,
                dict(parse_qsl(parts.query)),
                self.headers,
                self.rfile.read(length),
            )
            reply = server.answer(request)
            if reply.write is not None:
                self.close_connection = True
                reply.write(self.wfile)
                return
            self.send_response(reply.status)
            for name, text in reply.headers.items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = do_PUT = do_DELETE = _any  # noqa: N815 - names of the library

        def log_message(self, *_: Any) -> None:
            pass

        def handle(self) -> None:
            # A client that hangs up early is what some tests are about.
            try:
                super().handle()
            except ConnectionError:
                self.close_connection = True

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server = LocalServer(http.server_address[1])
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
