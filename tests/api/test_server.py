"""Over real HTTP, with the server that ``quoin serve`` runs: what is signed is what was sent."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from waitress.adjustments import Adjustments

from lti_tool.cli.processes import listen
from lti_tool.cli.server import Channel, create_server
from lti_tool.persistence.base import Database
from tests.api.site import Site, item

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
LARGEST = 8 * 1024 * 1024


@pytest.fixture
def site(sqlite_database: Database) -> Site:
    """A site whose tool has the real time."""
    return Site(sqlite_database, datetime.now(UTC))


@pytest.fixture
def port(site: Site) -> Iterator[int]:
    """The site's tool, served."""
    server = create_server(site.app, listen(0), threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield int(server.effective_port)
    # Its threads may still be noting an answer that the test has read already.
    server.task_dispatcher.shutdown()
    server.trigger.pull_trigger(server.close)
    thread.join(10)
    assert not thread.is_alive()


def _get(site: Site, port: int, target: str, *, signed: str | None = None) -> int:
    """Send exactly this request line; the signature may be of another target."""
    at = int(datetime.now(UTC).timestamp())
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", target, headers=site.key.headers("GET", signed or target, b"", at=at))
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize(
    ("target", "status", "otherwise"),
    [
        ("/api/v1/catalogue", 200, "/api/v1/catalogue?"),
        ("/api/v1/catalogue?", 200, "/api/v1/catalogue"),
        ("/api/v1%2Fcatalogue", 200, "/api/v1/catalogue"),
        ("/api/v1/c%61talogue", 200, "/api/v1/catalogue"),
        ("//api/v1/catalogue", 200, "/api/v1/catalogue"),
        ("/api/v1/progress?issuer=https://learn.example.edu&subject=a+b", 200, None),
        (
            "/api/v1/progress?issuer=https%3A%2F%2Flearn.example.edu&subject=a%20b",
            200,
            "/api/v1/progress?issuer=https%3A%2F%2Flearn.example.edu&subject=a+b",
        ),
        (
            "/api/v1/progress?issuer=https%3a%2f%2flearn.example.edu&subject=%C3%A9",
            200,
            "/api/v1/progress?issuer=https%3A%2F%2Flearn.example.edu&subject=%C3%A9",
        ),
        ("/api/v1/progress?&&issuer=https://learn.example.edu&subject=a&", 200, None),
        ("/api/v1/progress?subject=a&issuer=", 422, "/api/v1/progress?issuer=&subject=a"),
        ("/api/v1/progress?subject=%", 422, "/api/v1/progress?subject=%25"),
    ],
)
def test_a_target_is_signed_exactly_as_it_is_sent(
    site: Site, port: int, target: str, status: int, otherwise: str | None
) -> None:
    assert _get(site, port, target) == status
    if otherwise is not None:
        assert _get(site, port, target, signed=otherwise) == 401


@pytest.fixture
def channel() -> Iterator[Channel]:
    """A connection whose other end reads nothing."""
    server = SimpleNamespace(pull_trigger=lambda: None, active_channels={})
    here, there = socket.socketpair()
    with here, there:
        yield Channel(server, here, "", Adjustments(), map={})


def test_the_loop_leaves_an_answer_alone_while_its_own_thread_sends_it(channel: Channel) -> None:
    channel.total_outbufs_len = 10
    sending, done = threading.Event(), threading.Event()

    def send() -> None:
        with channel.outbuf_lock:
            sending.set()
            done.wait(10)

    thread = threading.Thread(target=send)
    thread.start()
    sending.wait(10)
    during = channel.writable()
    done.set()
    thread.join(10)
    assert (during, channel.writable()) == (False, True)


def test_the_loop_is_told_of_a_rest_when_it_may_send_it(channel: Channel) -> None:
    could: list[bool] = []
    channel.server.pull_trigger = lambda: could.append(_in_another_thread(channel.writable))
    assert channel.write_soon(b"x" * 900_000) == 900_000
    assert could[-1] is True


def _in_another_thread(function: Callable[[], bool]) -> bool:
    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join(10)
    return found[0]


def _post(port: int, headers: dict[str, str], chunks: Iterator[bytes]) -> tuple[int, str, int]:
    """Send what the server takes of a body; return status, media type and bytes sent."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.putrequest("POST", "/api/v1/completions")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    sent = 0
    try:
        for chunk in chunks:
            connection.send(chunk)
            sent += len(chunk)
    except (BrokenPipeError, ConnectionResetError):
        pass
    answer = connection.getresponse()
    problem = json.loads(answer.read())
    connection.close()
    assert problem["code"] == "http-413"
    return answer.status, answer.getheader("Content-Type", ""), sent


def test_a_body_over_8_mib_is_refused_by_its_length_before_a_byte_of_it_comes(port: int) -> None:
    found = _post(port, {"Content-Length": str(LARGEST + 1)}, iter(()))
    assert found == (413, "application/problem+json", 0)


def test_a_body_of_exactly_8_mib_is_read(site: Site, port: int) -> None:
    body = json.dumps({"completions": [item()]}).encode().ljust(LARGEST)
    at = int(datetime.now(UTC).timestamp())
    headers = site.key.headers("POST", "/api/v1/completions", body, at=at)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(
        "POST", "/api/v1/completions", body, headers | {"Content-Type": "application/json"}
    )
    answer = connection.getresponse()
    assert json.load(answer)["results"] == [{"key": "k1", "status": "recorded"}]
    connection.close()


def test_the_example_of_the_documentation_works(site: Site, port: int) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", EXAMPLE.read_text("utf-8"), re.DOTALL)
    environ = {
        **os.environ,
        "TOOL_URL": f"http://127.0.0.1:{port}",
        "KEY_ID": site.key.id,
        "KEY_SECRET": site.key.secret,
    }
    done = subprocess.run(
        [sys.executable, "-I", "-c", code],
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    recorded, steps = done.stdout.splitlines()
    assert "'status': 'recorded'" in recorded
    assert "'title': 'Charts that tell the truth'" in steps
