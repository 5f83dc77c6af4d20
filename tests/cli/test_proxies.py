"""Whose address a request has, behind proxies and without."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
from flask import Flask, request

from lti_tool.cli.processes import listen
from lti_tool.cli.server import create_server
from tests.deploy.running import free_port

HEADERS = {
    "X-Forwarded-For": "6.6.6.6, 198.51.100.7",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "Forwarded": "for=7.7.7.7;host=evil.example",
}


@contextmanager
def served(proxies: int) -> Iterator[str]:
    app = Flask(__name__)

    @app.get("/")
    def told() -> dict[str, str | None]:
        return {"from": request.remote_addr, "host": request.host, "scheme": request.scheme}

    port = free_port()
    server = create_server(app, listen(port), threads=1, proxies=proxies)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.task_dispatcher.shutdown()


@pytest.mark.parametrize(
    ("proxies", "address"), [(0, "127.0.0.1"), (1, "198.51.100.7"), (2, "6.6.6.6")]
)
def test_only_the_address_that_our_proxies_saw_is_taken(proxies: int, address: str) -> None:
    with served(proxies) as url:
        told = requests.get(url, headers=HEADERS, timeout=20).json()
    assert told == {"from": address, "host": url.removeprefix("http://"), "scheme": "http"}
