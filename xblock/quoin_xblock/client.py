"""The tool as the blocks see it: progress, catalogue, completions; behind a cache and a breaker.

A learner waits for one call and 3 seconds at most. What was fetched is kept for a short time, so
that many blocks on one page ask once.
"""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlencode

from quoin_xblock.breaker import Breaker, Cache
from quoin_xblock.catalogue import Catalogue, parse_catalogue
from quoin_xblock.settings import Settings
from quoin_xblock.transport import Answer, ToolAwayError, call

PROGRESS_FOR, CATALOGUE_FOR = 10, 300
"""Seconds for which an answer serves again."""
PREFIX = "/api/v1"


class Client:
    """Speaks to the tool that ``settings`` name; ``cache`` is Django's."""

    def __init__(self, settings: Settings, cache: Cache) -> None:
        self.settings = settings
        self.cache = cache
        self.breaker = Breaker(cache, settings.tool_url)

    def fetch_progress(self, subject: str, stack: str, *, etag: str = "", is_new: bool) -> Answer:
        """Fetch where a learner stands, in one stack or ("") in all.

        With ``etag`` of what is known already the answer may be 304. ``is_new`` passes the cache
        by: something was just handed over. Raises as ``call`` does.
        """
        query = {"issuer": self.settings.issuer, "subject": subject}
        if stack:
            query["stack"] = stack
        target = f"{PREFIX}/progress?{urlencode(query)}"
        key = self._key("progress", target)
        kept = None if is_new else self.cache.get(key)
        if isinstance(kept, Answer):
            return kept
        answer = self._call("GET", target, etag=etag)
        if answer.status == 200:
            self.cache.set(key, answer, PROGRESS_FOR)
        return answer

    def fetch_credential(self, subject: str, award: str) -> Any:
        """Fetch the signed credential of an award of a learner; raises as ``call`` does."""
        query = urlencode({"issuer": self.settings.issuer, "subject": subject})
        return self._call("GET", f"{PREFIX}/credentials/{award}?{query}").content

    def fetch_catalogue(self) -> Catalogue:
        """Fetch what the institution offers; raises as ``call`` does."""
        known = self.known_catalogue()
        if known is None:
            known = parse_catalogue(self._call("GET", f"{PREFIX}/catalogue").content)
            self.cache.set(self._key("catalogue", ""), known, CATALOGUE_FOR)
        return known

    def known_catalogue(self) -> Catalogue | None:
        """Give the catalogue if it was fetched lately; asks nobody."""
        kept = self.cache.get(self._key("catalogue", ""))
        return kept if isinstance(kept, Catalogue) else None

    def send_completions(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Send completions; give the tool's result for each, in the same order."""
        content = {"completions": items}
        answer = self._call("POST", f"{PREFIX}/completions", content=content).content
        results = answer.get("results") if isinstance(answer, dict) else None
        if not isinstance(results, list) or len(results) != len(items):
            raise ToolAwayError("an answer without a result for each completion")
        return results

    def _call(self, method: str, target: str, **more: Any) -> Answer:
        if self.breaker.is_open():
            raise ToolAwayError("left alone after failures")
        try:
            answer = call(self.settings, method, target, **more)
        except ToolAwayError:
            self.breaker.failed()
            raise
        self.breaker.answered()
        return answer

    def _key(self, kind: str, target: str) -> str:
        """Name a cache entry; a digest, because keys of memcached are short and are logged."""
        text = "\n".join([self.settings.tool_url, self.settings.issuer, kind, target])
        return f"quoin-{hashlib.sha256(text.encode()).hexdigest()}"
