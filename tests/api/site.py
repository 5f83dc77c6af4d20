"""An Open edX site that speaks to the JSON API, as it would with the standard library alone."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from werkzeug.test import TestResponse

from lti_tool.app import create_app
from lti_tool.config import Config
from lti_tool.persistence.base import Database
from lti_tool.services.add_api_key import add_api_key
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.web.parts import build_parts
from lti_tool.worker import build_handlers, run_once

ORIGIN = "http://127.0.0.1:8000"
ISSUER = "https://learn.example.edu"
SECRET = b"k" * 32
CONFIG = Config(database_url="unused", public_url=ORIGIN, secret_key=SECRET)
STACKS = """
quoin: 2
achievements:
  sql: {name: SQL foundations, credits: 2.5, description: Ask a database.}
  charts: {name: Charts that tell the truth, credits: 2.5}
  ethics: {name: Data ethics, credits: 5, scale: 1-5}
stacks:
- {key: data-basics, title: Data basics, requires: {all: [{completed: sql, grade: 60}, charts]}}
- {key: data-practice, title: Data practice, requires: {all: [{award: data-basics}, ethics]}}
"""


@dataclass(frozen=True)
class Key:
    """What ``quoin api-key add`` prints."""

    id: str
    secret: str

    def headers(
        self, method: str, target: str, body: bytes, *, at: int, nonce: str | None = None
    ) -> dict[str, str]:
        """Sign a request by the words of the documentation, with no code of the tool."""
        nonce = nonce or secrets.token_hex(16)
        lines = [method, target, str(at), nonce, hashlib.sha256(body).hexdigest()]
        made = hmac.new(self.secret.encode(), "\n".join(lines).encode(), hashlib.sha256)
        return {
            "Quoin-Key-Id": self.id,
            "Quoin-Timestamp": str(at),
            "Quoin-Nonce": nonce,
            "Quoin-Signature": f"v1={made.hexdigest()}",
        }


class Site:
    """An institution with two stacks, the application over it, and a key of its site."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database, self.now = database, now
        self.institution_id = open_institution(database, key="harbour", name="Harbour", now=now)
        publish_stacks(database, institution_key="harbour", text=STACKS, actor="test", now=now)
        self.parts = build_parts(CONFIG, database=database, clock=lambda: self.now)
        self.app: Flask = create_app(CONFIG, parts=self.parts)
        self.key = self.add_key()

    def add_key(self, *issuers: str, institution: str = "harbour") -> Key:
        """Make a key; for the site's own issuer by default."""
        made = add_api_key(
            self.database,
            SECRET,
            institution_key=institution,
            issuers=issuers or (ISSUER,),
            actor="test",
            now=self.now,
        )
        return Key(made.key_id, made.secret)

    def send(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        *,
        key: Key | None = None,
        headers: dict[str, str] | None = None,
    ) -> TestResponse:
        """Sign and send; ``headers`` stand in the place of those that were signed."""
        at = int(self.now.timestamp())
        signed = (key or self.key).headers(method, target, body, at=at)
        return self.send_as(method, target, body, signed | (headers or {}))

    def send_as(
        self, method: str, target: str, body: bytes, headers: dict[str, str]
    ) -> TestResponse:
        """Send exactly these headers."""
        client = self.app.test_client(use_cookies=False)
        kind = {"Content-Type": "application/json"} if body else {}
        return client.open(
            target, method=method, data=body, headers=kind | headers, base_url=ORIGIN
        )

    def report(self, *items: Any, **options: Any) -> list[dict[str, Any]]:
        """Report completions and return their results."""
        body = json.dumps({"completions": items}).encode()
        answer = self.send("POST", "/api/v1/completions", body, **options)
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.get_json()["results"]
        return results

    def work(self) -> None:
        """Let the worker issue what was promised."""
        handlers = build_handlers(self.database, self.parts.platforms, self.parts.signing)
        while run_once(self.database, handlers, clock=lambda: self.now):
            pass

    def progress(self, subject: str = "ada", **query: str) -> dict[str, Any]:
        """Return the progress of a person."""
        asked = urlencode({"issuer": ISSUER, "subject": subject} | query)
        answer = self.send("GET", f"/api/v1/progress?{asked}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.get_json()
        return found


def item(key: str = "k1", **changed: Any) -> dict[str, Any]:
    """Return a completion as the LMS reports it; a member that is None is left out."""
    found = {
        "key": key,
        "issuer": ISSUER,
        "subject": "ada",
        "competency": "sql",
        "completed_at": "2026-06-01T10:00:00Z",
    }
    return {name: value for name, value in (found | changed).items() if value is not None}
