"""The demo as a visitor starts it, and a browser to look at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Demo:
    """Where the practice LMS and the tool of a running demo are."""

    lms: str
    tool: str


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """The demo, started from an empty folder on free ports; ends with the test."""
    tool_port, lms_port = _free_port(), _free_port()
    command = [sys.executable, "-m", "demo_lms.demo"]
    command += ["--tool-port", str(tool_port), "--lms-port", str(lms_port)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (tmp_path / "demo.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=tmp_path, env=environ, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            found = Demo(f"http://localhost:{lms_port}", f"http://127.0.0.1:{tool_port}")
            _wait_for(found, process, tmp_path / "demo.log")
            yield found
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture(scope="session")
def browser():  # type: ignore[no-untyped-def]
    """A headless Chromium; tests that need it are skipped where there is none."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Debian's chromium is not installed (apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield opened
        opened.close()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait_for(demo: Demo, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            for url in (f"{demo.tool}/readyz", demo.lms):
                with urllib.request.urlopen(url, timeout=2):
                    pass
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"The demo did not become ready:\n{log.read_text()[-3000:]}")
