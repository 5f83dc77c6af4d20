"""quoin serve with several processes: one socket, one worker, counts put together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-token-of-the-monitoring"
PATIENCE = 60.0


def _children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def _runs(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def _until(is_so: object, words: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < deadline, words
        time.sleep(0.2)


def test_processes_share_a_socket_are_replaced_and_end_together(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "QUOIN_DATABASE_URL": f"sqlite:///{tmp_path / 'quoin.sqlite3'}",
        "QUOIN_PUBLIC_URL": url,
        "QUOIN_SECRET_KEY": "k" * 40,
        "QUOIN_METRICS_TOKEN": TOKEN,
    }
    quoin = [sys.executable, "-m", "lti_tool.cli"]
    subprocess.run([*quoin, "db", "upgrade"], env=environ, check=True, capture_output=True)
    log = tmp_path / "log"
    with log.open("wb") as output:
        command = [*quoin, "serve", "--port", str(port), "--processes", "2"]
        process = subprocess.Popen(command, env=environ, cwd=ROOT, stdout=output, stderr=output)

    def answers() -> bool:
        try:
            return requests.get(f"{url}/healthz", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def counted() -> float:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        text = requests.get(f"{url}/metrics", headers=headers, timeout=10).text
        name = 'quoin_request_seconds_count{route="health.alive"} '
        return next((float(r.split()[-1]) for r in text.splitlines() if r.startswith(name)), 0.0)

    try:
        _until(answers, log.read_text("utf-8"))
        _until(lambda: len(_children(process.pid)) == 1, "no second process")
        before = counted()
        for _ in range(30):
            assert answers()
        assert counted() == before + 30
        (child,) = _children(process.pid)
        os.kill(child, signal.SIGKILL)
        _until(lambda: _children(process.pid) not in ([], [child]), "it is not replaced")
        assert answers()
        (child,) = _children(process.pid)
    finally:
        process.kill()
        process.wait(20)
    _until(lambda: not _runs(child), "a process has outlived the first one")
