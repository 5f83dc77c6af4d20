"""The tool is asked to end: what has begun is finished, and the worker may run by itself."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import requests

from lti_tool.persistence.base import Database
from lti_tool.persistence.marks import WORKER, read_marks
from tests.cli.conftest import Quoin

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(*words: str) -> subprocess.Popen[str]:
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", *words], env=environ, stdout=subprocess.PIPE, text=True
    )


def test_an_answer_that_has_begun_is_finished() -> None:
    port = free_port()
    process = start("tests.cli.slow_pages", str(port))
    answers: list[requests.Response] = []
    try:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"

        def ask() -> None:
            answers.append(requests.get(f"http://127.0.0.1:{port}/", timeout=PATIENCE))

        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        asking.join(PATIENCE)
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.communicate()
    assert [len(answer.text) for answer in answers] == [400_000]


def test_pages_and_worker_run_apart_and_end_in_order(
    quoin: Quoin, sqlite_database: Database
) -> None:
    quoin("db", "check")
    port = free_port()
    pages = start("lti_tool.cli", "serve", "--port", str(port), "--no-worker")
    try:
        assert pages.stdout
        assert "listens at 127.0.0.1" in pages.stdout.readline()
        assert requests.get(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE).ok
        with sqlite_database.reading() as session:
            assert WORKER not in read_marks(session)
        worker = start("lti_tool.cli", "work", "run")
        try:
            assert worker.stdout
            assert "Quoin works" in worker.stdout.readline()
            deadline = time.monotonic() + PATIENCE
            seen = False
            while not seen:
                assert time.monotonic() < deadline, "the worker never said that it is there"
                time.sleep(0.1)
                with sqlite_database.reading() as session:
                    seen = WORKER in read_marks(session)
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(PATIENCE) == 0
        finally:
            worker.kill()
            worker.communicate()
        pages.send_signal(signal.SIGTERM)
        assert pages.wait(PATIENCE) == 0
    finally:
        pages.kill()
        pages.communicate()
