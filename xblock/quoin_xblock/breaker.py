"""Leaves a tool alone that did not answer, so that no learner waits for it again and again.

Three failures in a row open the breaker for half a minute. Its two entries lie in Django's cache,
which the processes of an LMS share.
"""

from __future__ import annotations

from typing import Protocol

FAILURES = 3
REST = 30
"""Seconds for which the tool is not called."""
MEMORY = 300
"""Seconds after which a failure is forgotten."""


class Cache(Protocol):
    """As much of Django's cache as is used."""

    def get(self, key: str, default: object = None) -> object:
        """Give what is kept under ``key``."""

    def set(self, key: str, value: object, timeout: float | None) -> object:
        """Keep ``value`` for ``timeout`` seconds."""

    def delete(self, key: str) -> object:
        """Forget ``key``."""


class Breaker:
    """The breaker of one tool."""

    def __init__(self, cache: Cache, tool_url: str) -> None:
        self.cache = cache
        self._failures = f"quoin-failures-{tool_url}"
        self._open = f"quoin-open-{tool_url}"

    def is_open(self) -> bool:
        """Say whether the tool is left alone just now."""
        return self.cache.get(self._open) is not None

    def failed(self) -> None:
        """Count a call that was not answered."""
        found = self.cache.get(self._failures)
        count = (found if isinstance(found, int) else 0) + 1
        self.cache.set(self._failures, count, MEMORY)
        if count >= FAILURES:
            self.cache.set(self._open, 1, REST)

    def answered(self) -> None:
        """Forget all failures."""
        self.cache.delete(self._failures)
        self.cache.delete(self._open)
