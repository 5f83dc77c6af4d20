"""Fixtures of the LTI tests: a server on loopback and the client that may call it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lti_tool.lti.http_client import HTTPClient
from lti_tool.lti.keys import KeyRing, SigningKey
from lti_tool.lti.platform_client import PlatformClient
from tests.lti.local_server import LocalServer, LoopbackClient, serve
from tests.lti.platform import NOW, make_key


class Clock:
    """A clock that tests set; ``slept`` is what a client would have waited."""

    def __init__(self) -> None:
        self.now = NOW
        self.slept: list[float] = []

    def __call__(self):
        return self.now


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with serve() as found:
        yield found


@pytest.fixture
def http(server: LocalServer) -> Iterator[HTTPClient]:
    client = LoopbackClient()
    yield client
    client.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keyring() -> KeyRing:
    return KeyRing(lambda: [SigningKey("our-key", make_key(3))])


@pytest.fixture
def client(http: HTTPClient, keyring: KeyRing, clock: Clock) -> PlatformClient:
    return PlatformClient(http, keyring, clock=clock, sleep=clock.slept.append, jitter=lambda: 0.5)
