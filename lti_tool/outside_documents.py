"""Documents of other issuers, fetched with care and kept for a moment."""

from __future__ import annotations

import threading
import time

from lti_tool.credentials.recognition.documents import LARGEST, Fetched
from lti_tool.errors import LTIServiceError
from lti_tool.lti.http_client import HTTPClient, Patience

KEPT_SECONDS = 60.0
"""How long an answer is used again: a revocation is seen after this time at the latest."""

MOST_KEPT = 500
PATIENCE = Patience(connect=3.0, read=5.0, total=5.0)


class OutsideDocuments:
    """Fetches what checks of credentials ask for, whoever hands the credentials in.

    No private host is allowed here, whatever the settings allow for platforms: the addresses
    come from strangers. Why an address does not answer is never told.
    """

    def __init__(self, http: HTTPClient | None = None) -> None:
        self._http = http or HTTPClient(patience=PATIENCE)
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, Fetched]] = {}

    def fetch(self, url: str) -> Fetched:
        """Return what stands at an https address, status 0 when nothing came."""
        now = time.monotonic()
        with self._lock:
            until, found = self._kept.get(url, (0.0, Fetched(0)))
        if now < until:
            return found
        found = self._fetch(url)
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[url] = (now + KEPT_SECONDS, found)
        return found

    def _fetch(self, url: str) -> Fetched:
        try:
            answer = self._http.request("GET", url, max_bytes=LARGEST)
        except LTIServiceError:
            return Fetched(0)
        return Fetched(answer.status, answer.body if answer.status == 200 else b"")
