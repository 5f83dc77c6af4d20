"""Servers of benchmarks: a process of their own on a free port, its log in a file."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.harness import InvalidRunError

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def served(
    command: list[str], environ: dict[str, str], port: int, log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; ``InvalidRunError`` if it does not listen."""
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            command, env=environ, cwd=ROOT, stdout=output, stderr=output
        )
    try:
        wait_until(lambda: answers(port), process, log)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def wait_until(is_ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for a server; ``InvalidRunError`` if it ends or is not ready within a minute."""
    deadline = time.monotonic() + 60
    while not is_ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise InvalidRunError(f"the server did not start: {log.read_text('utf-8')[-500:]}")
        threading.Event().wait(0.1)


def answers(port: int) -> bool:
    """Return whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def run_to_end(command: list[str], environ: dict[str, str]) -> None:
    """Run a command; ``InvalidRunError`` if it fails."""
    done = subprocess.run(  # noqa: S603
        command, env=environ, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise InvalidRunError(f"{' '.join(command[2:4])} failed: {done.stderr[-500:]}")


def free_port() -> int:
    """Return a port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
