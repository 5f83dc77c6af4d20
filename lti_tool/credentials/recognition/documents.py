"""Documents of others that a check needs: fetched by whoever runs it, never from here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lti_tool.credentials.recognition.issuer_addresses import is_address
from lti_tool.credentials.recognition.outcomes import FindingError, invalid, uncheckable
from lti_tool.strict_json import StrictJSONError, parse_json

LARGEST = 1024 * 1024
MOST = 20
DEEPEST = 64


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back from an address: ``status`` 0 when nothing did, and why is not told."""

    status: int
    body: bytes = b""


Fetch = Callable[[str], Fetched]


class Documents:
    """Fetches each address once; an honest credential needs few.

    ``home`` is the address of this tool, which may be asked wherever it runs.
    """

    def __init__(self, fetch: Fetch, *, home: str = "") -> None:
        self._fetch = fetch
        self.home = home
        self._held: dict[str, Fetched] = {}

    def get(self, url: str) -> Fetched:
        """Return what stands at an address; ``FindingError`` when it may not be asked."""
        if not is_address(url, home=self.home):
            raise invalid("issuer-address")
        if url not in self._held:
            if len(self._held) >= MOST:
                raise invalid("asks-too-much")
            self._held[url] = self._fetch(url)
        return self._held[url]

    def body(self, url: str, *, missing: str) -> bytes:
        """Return the content; ``FindingError`` with ``missing`` when there is none."""
        found = self.get(url)
        if found.status != 200:
            raise uncheckable(missing)
        return found.body

    def json(self, url: str, *, missing: str, wrong: FindingError | None = None) -> Any:
        """Return the JSON that stands at an address."""
        try:
            return parse_json(self.body(url, missing=missing), max_bytes=LARGEST, max_depth=DEEPEST)
        except StrictJSONError:
            raise wrong or invalid("issuer-document") from None
