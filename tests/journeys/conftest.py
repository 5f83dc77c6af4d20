"""The demo as a visitor starts it, and a browser to look at it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.chromium import ARGUMENTS, PATH

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Demo:
    """Where the practice LMS and the tool of a running demo are."""

    lms: str
    tool: str


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """The demo, started from an empty folder on free ports; ends with the test."""
    with running_demo(tmp_path) as found:
        yield found


@pytest.fixture
def demo_without_storage(tmp_path: Path) -> Iterator[Demo]:
    """The demo with an LMS that keeps no values for the tool."""
    with running_demo(tmp_path, "--no-storage") as found:
        yield found


@contextmanager
def running_demo(folder: Path, *options: str) -> Iterator[Demo]:
    """Run the demo in ``folder`` with these options."""
    tool_port, lms_port = _free_port(), _free_port()
    command = [sys.executable, "-m", "demo_lms.demo", *options]
    command += ["--tool-port", str(tool_port), "--lms-port", str(lms_port)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (folder / "demo.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environ, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            found = Demo(f"http://localhost:{lms_port}", f"http://127.0.0.1:{tool_port}")
            _wait_for(found, process, folder / "demo.log")
            yield found
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def careful_browser(chromium, tmp_path):  # type: ignore[no-untyped-def]
    """Opens a Chromium of its own whose settings block cookies: ``careful_browser(settings)``.

    ``settings`` are those of a person's profile, as its file ``Preferences`` holds them.
    """
    opened = []

    def start(settings: dict[str, object], *, width: int = 1000) -> Any:
        profile = tmp_path / f"profile-{len(opened)}"
        (profile / "Default").mkdir(parents=True)
        (profile / "Default" / "Preferences").write_text(json.dumps({"profile": settings}))
        context = chromium.launch_persistent_context(
            str(profile),
            executable_path=PATH,
            args=ARGUMENTS,
            viewport={"width": width, "height": 900},
        )
        opened.append(context)
        return context

    yield start
    for context in opened:
        context.close()


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
