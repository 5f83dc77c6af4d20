"""Calls to the tool over HTTP: signed, timed out, kept for a while, broken off in time."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from quoin_xblock.client import Client
from quoin_xblock.settings import Settings, parse_settings
from quoin_xblock.transport import ToolAwayError, ToolRefusedError, call
from tests.block.small_tool import KEYS, SmallTool, running_tool


class Memory:
    """As much of Django's cache as is used; its clock stands still."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def get(self, key: str, default: object = None) -> object:
        return self.kept.get(key, default)

    def set(self, key: str, value: object, timeout: float | None) -> object:  # noqa: ARG002
        self.kept[key] = value
        return None

    def delete(self, key: str) -> object:
        return self.kept.pop(key, None)


@pytest.fixture
def tool() -> Iterator[SmallTool]:
    with running_tool() as found:
        yield found


def settings_for(url: str, **more: Any) -> Settings:
    keys = [{"KEY_ID": key, "SECRET": secret} for key, secret in KEYS.items()]
    return parse_settings(
        {"TOOL_URL": url, "KEYS": keys, "ISSUER": "https://lms.example.edu/", "TIMEOUT": 1, **more}
    )


def test_the_catalogue_is_fetched_once(tool: SmallTool) -> None:
    client = Client(settings_for(tool.url), Memory())

    assert client.known_catalogue() is None
    assert client.fetch_catalogue().has_competency("sql")
    assert client.fetch_catalogue().has_stack("data-explorer")
    assert client.known_catalogue() == client.fetch_catalogue()
    assert tool.requests == [("GET", "/api/v1/catalogue")]


def test_a_query_is_signed_as_it_is_sent(tool: SmallTool) -> None:
    client = Client(settings_for(tool.url), Memory())
    answer = client.fetch_progress("a b&c=\u00e9", "data-explorer", is_new=False)

    assert answer.status == 200
    assert tool.requests[0][1] == (
        "/api/v1/progress?issuer=https%3A%2F%2Flms.example.edu"
        "&subject=a+b%26c%3D%C3%A9&stack=data-explorer"
    )


def test_an_unchanged_answer_is_304(tool: SmallTool) -> None:
    settings = settings_for(tool.url)
    first = call(settings, "GET", "/api/v1/catalogue")
    second = call(settings, "GET", "/api/v1/catalogue", etag=first.etag)

    assert (second.status, second.content) == (304, None)


def test_three_failures_in_a_row_leave_the_tool_alone(tool: SmallTool) -> None:
    memory = Memory()
    tool.problem = 503
    for _ in range(6):
        with pytest.raises(ToolAwayError):
            Client(settings_for(tool.url), memory).fetch_catalogue()

    assert len(tool.requests) == 3


def test_an_answer_forgets_the_failures(tool: SmallTool) -> None:
    client = Client(settings_for(tool.url), Memory())
    for problem in (503, 503, 0, 503, 503):
        tool.problem = problem
        try:
            client.fetch_progress("amy", "", is_new=True)
        except ToolAwayError:
            assert problem

    assert not client.breaker.is_open()


def test_a_refusal_is_an_answer(tool: SmallTool) -> None:
    client = Client(settings_for(tool.url), Memory())
    tool.problem = 403
    for _ in range(5):
        with pytest.raises(ToolRefusedError) as caught:
            client.fetch_catalogue()

    assert caught.value.status == 403
    assert len(tool.requests) == 5


def test_a_closed_port_is_a_tool_that_is_away() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ToolAwayError):
        call(settings_for(f"http://127.0.0.1:{port}"), "GET", "/api/v1/catalogue")


def test_a_tool_that_hangs_is_not_waited_for(tool: SmallTool) -> None:
    tool.delay = 3
    with pytest.raises(ToolAwayError, match="Timeout"):
        call(settings_for(tool.url, TIMEOUT=0.2), "GET", "/api/v1/catalogue")


def test_an_answer_that_trickles_in_is_not_waited_for(tool: SmallTool) -> None:
    tool.trickle = 0.05
    started = time.monotonic()
    with pytest.raises(ToolAwayError, match="Timeout"):
        call(settings_for(tool.url, TIMEOUT=0.3), "GET", "/api/v1/catalogue")

    assert time.monotonic() - started < 2
    tool.trickle = 0.0


@pytest.mark.parametrize(("asked", "seconds"), [(30, 3.0), ("2", 2.0), ("x", 2.5), (-1, 0.1)])
def test_no_learner_waits_longer_than_three_seconds(asked: Any, seconds: float) -> None:
    assert settings_for("https://quoin.example.edu", TIMEOUT=asked).timeout == seconds


@pytest.mark.parametrize(
    "url", ["", "ftp://quoin", "file:///etc/passwd", "quoin.example.edu", None]
)
def test_only_web_addresses_are_a_tool(url: Any) -> None:
    assert not settings_for(url).is_connected


def test_a_secret_is_in_no_text_of_the_settings(tool: SmallTool) -> None:
    assert "secret" not in repr(settings_for(tool.url))


def test_one_key_may_stand_alone() -> None:
    found = parse_settings(
        {"TOOL_URL": "https://q.example.edu/", "KEY_ID": "k", "SECRET": "s", "ISSUER": "https://l"}
    )

    assert found.is_connected
    assert found.tool_url == "https://q.example.edu"
