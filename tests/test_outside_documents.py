"""Documents of other issuers: never from inside, never for long, and no word of why not."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest

from lti_tool import outside_documents
from lti_tool.credentials.recognition.documents import Fetched
from lti_tool.errors import LTIServiceError
from lti_tool.lti import guarded_connection
from lti_tool.lti.http_client import Answer, HTTPClient
from lti_tool.outside_documents import OutsideDocuments

URL = "https://credentials.uni.example/.well-known/did.json"


class Counting(HTTPClient):
    """Answers everything and counts."""

    def __init__(self, status: int = 200) -> None:
        super().__init__()
        self.calls, self._status = 0, status

    def request(self, _method: str, url: str, **_: Any) -> Answer:  # type: ignore[override]
        """Answer without calling anybody."""
        self.calls += 1
        if not self._status:
            raise LTIServiceError("credentials.uni.example:443 did not answer (ConnectTimeout).")
        return Answer(url, self._status, {}, b"secret words of an error page")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"],
)
def test_a_public_name_at_a_private_address_is_not_connected_to(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = [(kind, socket.SOCK_STREAM, 6, "", (address, 443))]
    connected: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(
        guarded_connection, "create_connection", lambda *given, **_: connected.append(given)
    )
    assert OutsideDocuments().fetch(URL) == Fetched(0)
    assert connected == []


@pytest.mark.parametrize("status", [0, 404, 410, 500])
def test_why_there_is_no_document_is_not_told(status: int) -> None:
    assert OutsideDocuments(Counting(status)).fetch(URL) == Fetched(status)


def test_an_answer_is_kept_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    http = Counting()
    outside = OutsideDocuments(http)
    first = outside.fetch(URL)
    assert outside.fetch(URL) is first
    assert http.calls == 1
    later = time.monotonic() + outside_documents.KEPT_SECONDS + 1
    monkeypatch.setattr(outside_documents.time, "monotonic", lambda: later)
    outside.fetch(URL)
    assert http.calls == 2


def test_no_more_is_kept_than_fits() -> None:
    outside = OutsideDocuments(Counting())
    for number in range(outside_documents.MOST_KEPT + 1):
        outside.fetch(f"{URL}?{number}")
    assert len(outside._kept) == 1
