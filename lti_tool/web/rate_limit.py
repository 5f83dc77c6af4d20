"""A count of calls per name and minute, kept in this process."""

from __future__ import annotations

import threading
from datetime import datetime

MOST_NAMES = 10_000


class RateLimit:
    """Allows ``per_minute`` calls of each name in each minute of the clock."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._lock = threading.Lock()
        self._minute = 0
        self._counts: dict[str, int] = {}

    def allows(self, name: str, now: datetime) -> bool:
        """Count a call and return whether it may go on.

        With too many names in one minute everything is allowed again from zero: the limit
        slows a flood down and must never hold memory for it.
        """
        minute = int(now.timestamp() // 60)
        with self._lock:
            if minute != self._minute or len(self._counts) > MOST_NAMES:
                self._minute, self._counts = minute, {}
            self._counts[name] = self._counts.get(name, 0) + 1
            return self._counts[name] <= self._per_minute
