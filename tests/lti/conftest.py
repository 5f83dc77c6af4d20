"""Fixtures of the LTI tests: a server on loopback and the client that may call it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from lti_tool.lti.grades import LINE_ITEM, LINE_ITEM_READONLY, RESULT_READONLY, SCORE, Gradebook
from lti_tool.lti.http_client import HTTPClient
from lti_tool.lti.keys import KeyRing, SigningKey
from lti_tool.lti.platform_client import PlatformClient
from tests.lti.local_server import LocalServer, LoopbackClient, json_reply, serve
from tests.lti.platform import NOW, TestPlatform, make_key


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


@pytest.fixture
def book(server: LocalServer) -> Gradebook:
    """The gradebook of a course whose launches granted everything."""
    server.on("POST /token", json_reply({"access_token": "t", "expires_in": 3600}))
    registration = replace(
        TestPlatform().registration,
        token_url=f"{server.url}/token",
        authorization_url=f"{server.url}/auth",
        allows_loopback=True,
    )
    return Gradebook(
        registration,
        f"{server.url}/items?type_id=1",
        (LINE_ITEM, LINE_ITEM_READONLY, RESULT_READONLY, SCORE, "https://other/scope"),
    )
