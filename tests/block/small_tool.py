"""A small tool on a real port: checks every signature and keeps completions in memory.

It speaks the JSON API as the tool documents it, with one award ("data-explorer", any three of five
competencies) and a larger one that builds on it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEYS = {"key-1": "first secret", "key-2": "second secret"}
NAMES = {
    "cleaning": "Data cleaning",
    "sql": "Queries in SQL",
    "charts": "Honest charts",
    "statistics": "Everyday statistics",
    "ethics": "Data ethics",
}
STACKS = {"data-explorer": "Data explorer", "data-practitioner": "Data practitioner"}
DAY = "2026-06-30"
AWARDS = {
    "data-explorer": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
    "data-practitioner": "6f9619ff-8b86-4d01-b42d-00cf4fc96400",
}


@dataclass
class SmallTool:
    """What a test sees of the tool, and how it makes it fail."""

    url: str = ""
    keys: dict[str, str] = field(default_factory=lambda: dict(KEYS))
    completions: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    problem: int = 0
    """A status that every request gets."""
    delay: float = 0.0
    trickle: float = 0.0
    """Seconds between the bytes of an answer."""

    def held(self, subject: str) -> set[str]:
        """Give the competencies of somebody."""
        found = self.completions.values()
        return {item["competency"] for item in found if item["subject"] == subject}


@contextmanager
def running_tool(port: int = 0) -> Iterator[SmallTool]:
    """Serve a small tool on ``port`` (0: a free one) until the block ends."""
    tool = SmallTool()
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(tool))
    tool.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield tool
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(tool: SmallTool) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            tool.requests.append((self.command, self.path))
            time.sleep(tool.delay)
            if tool.problem or not _is_signed(tool, self.headers, self.command, self.path, body):
                self._send(tool.problem or 401, {"title": "Refused", "status": 401})
                return
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self._send(*_found(tool, self.command, parts.path, query, body))

        def _send(self, status: int, content: Any) -> None:
            body = json.dumps(content).encode()
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if status == 200 and self.headers.get("If-None-Match") == etag:
                status, body = 304, b""
            self.send_response(status)
            self.send_header("ETag", etag)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            _write(tool, self.wfile, body)

    return Handler


def _found(
    tool: SmallTool, method: str, path: str, query: dict[str, str], body: bytes
) -> tuple[int, Any]:
    before, _, award = path.partition("/credentials/")
    if award:
        return _credential(tool, query, award)
    return 200, _ROUTES[method, before](tool, query, body)


def _write(tool: SmallTool, file: Any, body: bytes) -> None:
    for piece in [bytes([each]) for each in body] if tool.trickle else [body]:
        time.sleep(tool.trickle)
        try:
            file.write(piece)
        except OSError:
            return


def _is_signed(tool: SmallTool, headers: Any, method: str, target: str, body: bytes) -> bool:
    secret = tool.keys.get(headers.get("Quoin-Key-Id", ""))
    timestamp, nonce = headers.get("Quoin-Timestamp", "0"), headers.get("Quoin-Nonce", "")
    if secret is None or nonce in tool.nonces or abs(time.time() - int(timestamp)) > 300:
        return False
    text = f"{method}\n{target}\n{timestamp}\n{nonce}\n{hashlib.sha256(body).hexdigest()}"
    wanted = "v1=" + hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    tool.nonces.add(nonce)
    return len(nonce) == 32 and hmac.compare_digest(wanted, headers.get("Quoin-Signature", ""))


def _receive(tool: SmallTool, _query: dict[str, str], body: bytes) -> dict[str, Any]:
    return {"results": [_one(tool, item) for item in json.loads(body)["completions"]]}


def _one(tool: SmallTool, item: dict[str, Any]) -> dict[str, Any]:
    known = tool.completions.get(item["key"])
    if item["competency"] not in NAMES or known not in (None, item):
        return {"key": item["key"], "status": "refused", "problem": {"title": "Refused"}}
    tool.completions[item["key"]] = item
    return {"key": item["key"], "status": "recorded" if known is None else "repeated"}


def _catalogue(_tool: SmallTool, _query: dict[str, str], _body: bytes) -> dict[str, Any]:
    return {
        "institution": {"key": "harbour", "name": "Harbour University"},
        "competencies": [{"key": key, "title": title} for key, title in NAMES.items()],
        "stacks": [{"key": key, "title": title} for key, title in STACKS.items()],
    }


def _progress(tool: SmallTool, query: dict[str, str], _body: bytes) -> dict[str, Any]:
    held = tool.held(query["subject"])
    is_explorer = len(held) >= 3
    parts = [_part(key, NAMES[key], is_met=key in held) for key in NAMES]
    first = _stack("data-explorer", parts, min(len(held), 3), 3)
    award = _part("data-explorer", STACKS["data-explorer"], is_met=is_explorer)
    ethics = _part("ethics", NAMES["ethics"], is_met="ethics" in held)
    second = _stack("data-practitioner", [award, ethics], is_explorer + ("ethics" in held), 2)
    first["met_until"] = "2028-06-30" if is_explorer else None
    stacks = [s for s in (first, second) if query.get("stack") in (None, s["key"])]
    return {"learner": None, "as_of": DAY, "stacks": stacks}


def _stack(key: str, parts: list[dict[str, Any]], have: int, need: int) -> dict[str, Any]:
    is_met = have >= need
    missing = [part["achievement"] for part in parts if part["status"] != "met"]
    kind = "complete-any" if key == "data-explorer" else "complete"
    step = {"kind": kind, "options": missing, "count": need - have, "credits": None, "grade": None}
    return {
        "key": key,
        "title": STACKS[key],
        "status": "met" if is_met else "not-met",
        "met_until": None,
        "award": _award(key) if is_met else None,
        "requirement": {
            "status": "met" if is_met else "not-met",
            "have": str(have),
            "need": str(need),
            "unit": "parts",
            "title": "",
            "achievement": None,
            "counted": [],
            "unused": [],
            "parts": parts,
        },
        "next_steps": [] if is_met else [step],
    }


def _award(key: str) -> dict[str, Any]:
    said = {"awarded_on": DAY, "version": 1, "is_under_review": False, "has_credential": True}
    return {"uuid": AWARDS[key], **said}


def _credential(tool: SmallTool, query: dict[str, str], award: str) -> tuple[int, Any]:
    if award not in AWARDS.values() or len(tool.held(query["subject"])) < 3:
        return 404, {"title": "Not found", "status": 404}
    return 200, {"id": f"{tool.url}/{award}", "type": ["VerifiableCredential"], "name": "é"}


def _part(key: str, title: str, *, is_met: bool) -> dict[str, Any]:
    named = {"key": key, "title": title}
    fact = {"achievement": named, "on": DAY, "grade": None}
    return {
        "status": "met" if is_met else "not-met",
        "have": str(int(is_met)),
        "need": "1",
        "unit": "items",
        "title": "",
        "achievement": named,
        "counted": [fact] if is_met else [],
        "unused": [],
        "parts": [],
    }


_ROUTES = {
    ("POST", "/api/v1/completions"): _receive,
    ("GET", "/api/v1/catalogue"): _catalogue,
    ("GET", "/api/v1/progress"): _progress,
}
