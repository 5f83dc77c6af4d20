"""A real HTTP server in place of the tool: checks each signature by itself, takes a key once."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

KEYS = {"edx-1": "first secret", "edx-2": "second secret"}
Reply = tuple[int, dict[str, Any]]


class LocalTool:
    """Answers as the tool's API does; ``answer`` may be replaced to make it misbehave."""

    def __init__(self, keys: dict[str, str] | None = None) -> None:
        self.keys = dict(KEYS if keys is None else keys)
        self.received: list[dict[str, Any]] = []
        self.erased: list[dict[str, Any]] = []
        self.counts: Counter[str] = Counter()
        self.batches: list[int] = []
        self.nonces: set[str] = set()
        self.refused_signatures = 0
        self.headers: dict[str, str] = {}
        self.refuse: Callable[[dict[str, Any]], str | None] = lambda item: None
        self.answer: Callable[[str, dict[str, Any]], Reply] = self.take
        self.port = 0
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen; a second time at the same port as before."""
        handler = type("Handler", (_Handler,), {"tool": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def take(self, path: str, content: dict[str, Any]) -> Reply:
        if path == "/api/v1/erasures":
            self.erased.append(content)
            return 200, {}
        items = content["completions"]
        self.batches.append(len(items))
        return 200, {"results": [self._take_item(item) for item in items]}

    def _take_item(self, item: dict[str, Any]) -> dict[str, Any]:
        problem = self.refuse(item)
        if problem is not None:
            return {"key": item["key"], "status": "refused", "problem": {"detail": problem}}
        self.counts[item["key"]] += 1
        if self.counts[item["key"]] > 1:
            return {"key": item["key"], "status": "repeated"}
        self.received.append(item)
        return {"key": item["key"], "status": "recorded"}

    def is_signed(self, method: str, target: str, headers: Any, body: bytes) -> bool:
        """Check a request by the words of the agreement, without any code of the plugin."""
        nonce = headers["Quoin-Nonce"]
        secret = self.keys.get(headers["Quoin-Key-Id"])
        digest = hashlib.sha256(body).hexdigest()
        text = f"{method}\n{target}\n{headers['Quoin-Timestamp']}\n{nonce}\n{digest}"
        if secret is None or nonce in self.nonces or len(bytes.fromhex(nonce)) != 16:
            return False
        self.nonces.add(nonce)
        wanted = hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()
        return hmac.compare_digest(headers["Quoin-Signature"], f"v1={wanted}")


class _Handler(BaseHTTPRequestHandler):
    tool: LocalTool

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.tool.headers = dict(self.headers)
        if self.tool.is_signed("POST", self.path, self.headers, body):
            status, content = self.tool.answer(urlsplit(self.path).path, json.loads(body))
        else:
            self.tool.refused_signatures += 1
            status, content = 401, {"title": "The signature is not known."}
        data = json.dumps(content).encode()
        self.send_response(status)
        for name, value in content.pop("headers", {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass
