"""python -m demo_workbench.demo: the blocks in the workbench, beside the tool of ``make demo``.

The tool is started with its practice LMS unless it runs already. The workbench gets a key of the
tool's JSON API once, and keeps it with the demo's other data.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo_lms.demo import HOME, INSTITUTION, build_environ

PATIENCE = 120
"""Seconds for the demo to prepare its data and start."""


class DemoError(Exception):
    """The demo cannot go on; the text is fit for a terminal."""


def main(arguments: list[str] | None = None) -> int:
    """Start what is missing, then the workbench; return its exit code."""
    options = _parser().parse_args(arguments)
    home = HOME / str(options.lms_port)
    tool_url = f"http://127.0.0.1:{options.tool_port}"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with running_tool(tool_url, options.tool_port, options.lms_port):
            key = ensure_key(home, options.tool_port, f"http://localhost:{options.port}")
            return _serve(options.port, home / "workbench", tool_url, key)
    except DemoError as problem:
        print(problem, file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 0


@contextmanager
def running_tool(url: str, tool_port: int, lms_port: int) -> Iterator[None]:
    """See to it that the tool answers at ``url``; what was started here ends with the block."""
    if _answers(url):
        yield
        return
    ports = ["--tool-port", str(tool_port), "--lms-port", str(lms_port)]
    demo = subprocess.Popen([sys.executable, "-m", "demo_lms.demo", *ports])  # noqa: S603
    try:
        deadline = time.monotonic() + PATIENCE
        while not _answers(url):
            if demo.poll() is not None or time.monotonic() > deadline:
                raise DemoError("The tool did not start; what it said stands above.")
            time.sleep(0.3)
        yield
    finally:
        demo.terminate()
        demo.wait(20)


def ensure_key(home: Path, tool_port: int, issuer: str) -> dict[str, str]:
    """Give id and secret of the workbench's key, made at the first time for each issuer."""
    kept = home / f"key-{issuer.rpartition(':')[2]}.json"
    if kept.exists():
        found: dict[str, str] = json.loads(kept.read_text("utf-8"))
        return found
    command = [sys.executable, "-m", "lti_tool.cli", "api-key", "add", "--json"]
    command += ["--institution", INSTITUTION, "--issuer", issuer, "--name", "Workbench"]
    environ = build_environ(tool_port, home)
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise DemoError(f"The tool gave no key for the workbench:\n{done.stderr[-1000:]}")
    kept.touch(0o600)
    kept.write_text(done.stdout, "utf-8")
    made: dict[str, str] = json.loads(done.stdout)
    return made


def _serve(port: int, folder: Path, tool_url: str, key: dict[str, str]) -> int:
    command = [sys.executable, "-W", "ignore", "-m", "demo_workbench", "--port", str(port)]
    command += ["--folder", str(folder), "--tool-url", tool_url, "--key-id", key["id"]]
    environ = {**os.environ, "QUOIN_WORKBENCH_SECRET": key["secret"]}
    workbench = subprocess.Popen(command, env=environ)  # noqa: S603
    try:
        return workbench.wait()
    finally:
        workbench.terminate()
        workbench.wait(20)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=2):  # noqa: S310
            return True
    except OSError:
        return False


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo_workbench.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8002)
    parser.add_argument("--tool-port", type=int, default=8000)
    parser.add_argument("--lms-port", type=int, default=8001)
    return parser


if __name__ == "__main__":
    sys.exit(main())
