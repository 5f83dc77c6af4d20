"""Processes as an operator starts them, a proxy before them, and people who use the tool."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests

from demo_lms.testing import RunningLMS, Visitor

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
OWN_TO_A_CONNECTION = {"connection", "transfer-encoding", "content-length", "keep-alive"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """A command that runs; its output is kept in a file."""

    def __init__(
        self, command: Sequence[str], environ: Mapping[str, str], folder: Path, name: str
    ) -> None:
        self.log = folder / f"{name}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, env=dict(environ), cwd=folder, stdout=log, stderr=log
            )

    def wait_for(self, url: str) -> None:
        """Wait until ``url`` answers 200."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                if requests.get(url, timeout=PATIENCE).status_code == 200:
                    return
            except requests.RequestException:
                pass
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            assert time.monotonic() < deadline, self.log.read_text()[-2000:]
            time.sleep(0.1)

    def wait_for_words(self, words: str) -> None:
        """Wait until it has said something."""
        deadline = time.monotonic() + PATIENCE
        while words not in self.log.read_text("utf-8"):
            assert time.monotonic() < deadline, self.log.read_text()[-2000:]
            time.sleep(0.1)

    def end(self) -> int:
        """Ask it to end, and return its exit code."""
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """End it whatever it does."""
        self.process.kill()
        self.process.wait(PATIENCE)


class Proxy:
    """Hands every request on to the port that it leads to now."""

    def __init__(self, port: int) -> None:
        self.leads_to = port
        self._lock, self._under_way = threading.Lock(), {port: 0}
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                """Hand it on."""
                proxy.hand_on(self)

            do_POST = do_GET  # noqa: N815 - the name is that of the library

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def hand_on(self, handler: BaseHTTPRequestHandler) -> None:
        """Ask the tool, and answer what it answers; 502 where it does not."""
        with self._lock:
            port = self.leads_to
            self._under_way[port] = self._under_way.get(port, 0) + 1
        try:
            self._ask(port, handler)
        except (OSError, http.client.HTTPException):
            handler.send_error(502)
        finally:
            with self._lock:
                self._under_way[port] -= 1

    def _ask(self, port: int, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        headers = dict(handler.headers.items())
        connection.request(handler.command, handler.path, handler.rfile.read(length), headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        handler.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in OWN_TO_A_CONNECTION:
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def lead_to(self, port: int) -> None:
        """Lead to another port; return when nothing is under way at the one before."""
        with self._lock:
            before, self.leads_to = self.leads_to, port
        deadline = time.monotonic() + PATIENCE
        while self._under_way[before]:
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()


def launch(lms: RunningLMS, who: str = "maria") -> tuple[Visitor, requests.Response]:
    """Open the tool from a course; return the browser and the page that came."""
    browser = lms.visit(who)
    return browser, browser.submit(browser.follow_login(browser.start_link("algorithms")))


def environment(tree: Path, **values: str) -> dict[str, str]:
    """Return the environment of a process whose code is that of ``tree``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QUOIN_")}
    return {**kept, "PYTHONPATH": str(tree), "PYTHONUNBUFFERED": "1", **values}


def option(page: str, text: str) -> str:
    """Return the value of the option or radio button that says ``text``."""
    return str(re.findall(rf'value="([0-9a-f-]{{36}})"[^>]*>\s*{re.escape(text)}', page)[0])


def form_of(page: str) -> tuple[str, dict[str, Any]]:
    """Return where a completion of Amara's is sent, and the form."""
    action = re.findall(r'action="(/courses/[^"]+/completions)', page)[0]
    return action, {
        "csrf_token": re.findall(r'name="csrf_token" value="([^"]+)"', page)[0],
        "learner": option(page, "Amara Nwosu"),
        "achievement": option(page, "Dynamic programming and greedy algorithms"),
        "grade": "92",
        "note": "",
    }


def fresh(form: Mapping[str, Any], day: int) -> dict[str, Any]:
    """Return the form anew, for another day of the year."""
    on = f"2026-{1 + day // 28 % 10:02}-{1 + day % 28:02}"
    return {**form, "form_id": str(uuid4()), "completed_on": on}
