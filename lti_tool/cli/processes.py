"""Further processes that serve pages beside the first one, on the same socket."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from lti_tool.config import COUNTS_IN

LOOK_EVERY = 1.0
"""Seconds between two looks at whether all still run."""


def listen(port: int, host: str = "127.0.0.1") -> socket.socket:
    """Return a socket that listens at an IPv4 address; ``OSError`` when it cannot be used."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(1024)
        made.settimeout(0)
    except OSError:
        made.close()
        raise
    return made


@contextmanager
def beside(listening: socket.socket, count: int) -> Iterator[None]:
    """Let ``count`` processes serve pages on this socket while the block runs.

    One that ends is started again. They end with this process, however it ends.
    """
    stop = threading.Event()
    threads = [
        threading.Thread(target=_keep, args=(listening.fileno(), stop), daemon=True)
        for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(10)


@contextmanager
def counting_together() -> Iterator[None]:
    """Let this process and those that it starts count into one folder while the block runs.

    It has to be so before the counters are made, so before anything of them is imported.
    """
    with tempfile.TemporaryDirectory(prefix="quoin-counts-") as folder:
        os.environ[COUNTS_IN] = folder
        try:
            yield
        finally:
            os.environ.pop(COUNTS_IN, None)


def stop_on_sigterm() -> None:
    """Let SIGTERM end this process as Ctrl-C does: in order, and also as the first of a container.

    The kernel would otherwise end it in the middle of an answer, and keep the signal from the
    first process of a container altogether.
    """

    def stop(_number: int, _frame: object) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)


def ends_with_parent(parent: int) -> None:
    """Let this process end once the one that started it is gone."""

    def watch() -> None:
        while os.getppid() == parent:
            threading.Event().wait(LOOK_EVERY)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def _keep(descriptor: int, stop: threading.Event) -> None:
    command = [sys.executable, "-m", "lti_tool.cli", "serve", "--socket", str(descriptor)]
    command += ["--parent", str(os.getpid())]
    while not stop.is_set():
        process = subprocess.Popen(command, pass_fds=[descriptor])  # noqa: S603
        while process.poll() is None and not stop.wait(LOOK_EVERY):
            pass
        if process.poll() is None:
            process.terminate()
            process.wait(5)
        else:
            stop.wait(LOOK_EVERY)
