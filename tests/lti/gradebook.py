"""A small LMS on loopback: line items, scores, results and a roster that remember."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.lti.local_server import LocalServer, Reply, Request, json_reply


class GradebookServer:
    """Answers the service calls of a course; ``before`` lets a test interfere first."""

    def __init__(self, server: LocalServer) -> None:
        self.server = server
        self.items: list[dict[str, Any]] = []
        self.scores: list[dict[str, Any]] = []
        self.results: list[dict[str, Any]] = []
        self.score_replies: list[Reply] = []
        self.next_link = ""
        self.after_score: Callable[[], None] = lambda: None
        server.on("POST /token", json_reply({"access_token": "t", "expires_in": 3600}))
        server.on("GET /items", self._list)
        server.on("POST /items", self._create)
        for number in range(1, 5):
            server.on(f"POST /items/{number}/scores", self._score)
            server.on(f"GET /items/{number}/results", lambda _: json_reply(self.results))

    def add_item(self, **members: Any) -> str:
        """Add a line item as the platform itself would and return its address."""
        url = f"{self.server.url}/items/{len(self.items) + 1}"
        self.items.append({"id": url, **members})
        return url

    def _list(self, request: Request) -> Reply:
        wanted = request.query.get("resource_id")
        found = [item for item in self.items if item.get("resourceId") == wanted]
        return json_reply(found, **({"Link": self.next_link} if self.next_link else {}))

    def _create(self, request: Request) -> Reply:
        self.add_item(**request.json)
        return json_reply(self.items[-1], 201)

    def _score(self, request: Request) -> Reply:
        reply = self.score_replies.pop(0) if self.score_replies else Reply(200)
        self.scores.append(request.json)
        self.after_score()
        return reply
