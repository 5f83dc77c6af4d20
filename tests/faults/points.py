"""Named points of a use case, and a death at one of them.

A point is "NAME#N": the Nth time that NAME is passed. Names are "before-commit", "after-commit",
"before-send:METHOD", "after-send:METHOD", "signing", "rename" and, for each statement that the
database has carried out, "VERB:TABLE". All of it listens from outside: the product has no hooks.
"""

from __future__ import annotations

import os
import re
import signal
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from lti_tool.credentials import data_integrity
from lti_tool.lti.http_client import HTTPClient
from lti_tool.services import issue_credentials, issue_transcript

_STATEMENT = re.compile(
    r"\s*(?:WITH\b.*?)?(INSERT|UPDATE|DELETE|SELECT|CREATE|ALTER|DROP|PRAGMA)"
    r"(?:.*?(?:INTO|FROM|TABLE|INDEX|UPDATE|TRIGGER)\s+\"?(\w+))?",
    re.DOTALL,
)


class Points:
    """Counts the points that a process passes, and kills it (SIGKILL) at ``deadly``."""

    def __init__(self) -> None:
        self.passed: Counter[str] = Counter()
        self.order: list[str] = []
        self.deadly: str | None = None

    def start(self, deadly: str | None) -> None:
        """Forget what was passed; die at this point."""
        self.passed.clear()
        self.order.clear()
        self.deadly = deadly

    def __call__(self, name: str) -> None:
        """Pass a point."""
        self.passed[name] += 1
        point = f"{name}#{self.passed[name]}"
        if point == self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        self.order.append(point)


def watch(points: Points) -> None:
    """Let this process pass its points from now on."""
    event.listen(Engine, "after_cursor_execute", lambda *at: points(_name_of(at[2])))
    _around(DefaultDialect, "do_commit", points, "before-commit", "after-commit")
    signing = data_integrity.add_proof
    for module in (issue_credentials, issue_transcript):
        setattr(module, "add_proof", _after(signing, points, "signing"))  # noqa: B010
    Path.rename = _after(Path.rename, points, "rename")  # type: ignore[method-assign]
    request = HTTPClient.request

    def send(self: HTTPClient, method: str, *rest: Any, **more: Any) -> Any:
        points(f"before-send:{method}")
        answer = request(self, method, *rest, **more)
        points(f"after-send:{method}")
        return answer

    HTTPClient.request = send  # type: ignore[method-assign]


def _around(owner: Any, name: str, points: Points, before: str, after: str) -> None:
    work = getattr(owner, name)

    def watched(*values: Any, **more: Any) -> Any:
        points(before)
        found = work(*values, **more)
        points(after)
        return found

    setattr(owner, name, watched)


def _after(work: Any, points: Points, name: str) -> Any:
    def watched(*values: Any, **more: Any) -> Any:
        found = work(*values, **more)
        points(name)
        return found

    return watched


def _name_of(statement: str) -> str:
    found = _STATEMENT.match(statement)
    if found is None:
        return "other"
    return f"{found[1].lower()}:{found[2] or ''}".rstrip(":")
