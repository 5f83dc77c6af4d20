"""A Dask cluster on this machine: a scheduler and workers as processes that can be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from distributed import Client

ROOT = Path(__file__).resolve().parent.parent.parent
LOOPBACK = ["--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0"]
WORKER = "from distributed.cli.dask_worker import main; main()"


class Machines:
    """A scheduler and its workers; ``address`` is where they find each other."""

    def __init__(self, folder: Path) -> None:
        """Start the scheduler on a free port and wait for it."""
        self.folder, self.started = folder, []  # type: ignore[var-annotated]
        note = folder / "scheduler.json"
        code = "from distributed.cli.dask_scheduler import main; main()"
        options = [*LOOPBACK, "--port", "0", "--scheduler-file", str(note)]
        self.scheduler = self._start(code, options)
        wait_until(note.exists, self.scheduler)
        wait_until(lambda: note.read_text("utf-8").rstrip().endswith("}"), self.scheduler)
        self.address: str = json.loads(note.read_text("utf-8"))["address"]

    def worker(self, before: str = "", path: str = "") -> subprocess.Popen[bytes]:
        """Start a worker with one thread; ``before`` runs first, ``path`` is searched first."""
        options = [self.address, *LOOPBACK, "--nthreads", "1", "--no-nanny"]
        return self._start(f"{before}\n{WORKER}", options, path=path)

    def wait_for(self, workers: int) -> None:
        """Wait until so many workers are known to the scheduler, and no more."""
        with Client(self.address, set_as_default=False) as client:
            wait_until(lambda: len(client.scheduler_info()["workers"]) == workers, self.scheduler)

    def end(self) -> None:
        """Kill all that still runs."""
        for process in self.started:
            kill(process)

    def _start(self, code: str, options: list[str], path: str = "") -> subprocess.Popen[bytes]:
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join([path, str(ROOT)]).strip(os.pathsep)}
        with (self.folder / f"log-{len(self.started)}").open("wb") as log:
            command = [sys.executable, "-c", code, *options]
            process = subprocess.Popen(
                command, cwd=self.folder, env=environ, stdout=log, stderr=subprocess.STDOUT
            )
        self.started.append(process)
        return process


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process of ours, whatever it does, and wait for its end."""
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
        process.wait(10)


def wait_until(is_so, process=None, seconds: float = 60.0) -> None:  # type: ignore[no-untyped-def]
    """Wait for something; fail when it does not come, or ``process`` has ended."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it does not come"
        assert process is None or process.poll() is None, "the process has ended"
        time.sleep(0.02)
