"""quoin bench launch: what a launch costs the server, beside a plain PyLTI1p3 tool; under load."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from benchmarks.harness import InvalidRunError, Report
from benchmarks.launch_load import Browser, offer
from benchmarks.launch_platform import CLIENT_ID, DEPLOYMENT_ID, Platform, serve
from benchmarks.serving import ROOT, free_port, run_to_end, served

RUNS = int(os.environ.get("QUOIN_BENCH_RUNS", "10"))
PER_RUN = int(os.environ.get("QUOIN_BENCH_LAUNCHES", "500"))
RATE, SECONDS, BURST = 60, int(os.environ.get("QUOIN_BENCH_SECONDS", "60")), 300
TICKS = os.sysconf("SC_CLK_TCK")
PEER = "plain Flask on PyLTI1p3"


def run(report: Report) -> None:
    """Measure the CPU of login and launch, then offer load."""
    with (
        serve() as platform,
        tempfile.TemporaryDirectory() as folder,
        _tool(Path(folder), platform) as (port, process),
    ):
        login_ms, launch_ms = _cpu(port, process, platform)
        with _peer(Path(folder), platform) as (peer_port, peer_process):
            peer_login, peer_launch = _cpu(peer_port, peer_process, platform)
        report.figure("cpu_ms_per_launch", launch_ms, "ms", peer=PEER, peer_value=peer_launch)
        report.figure("cpu_ms_per_login", login_ms, "ms", peer=PEER, peer_value=peer_login)
        verify_ms = _verify_ms(platform)
        report.remark(f"one RSA-2048 verification takes {verify_ms:.4f} ms")
        report.figure("cpu_vs_rsa_verify", round(launch_ms / verify_ms, 1), "times")
        _load(report, port, platform)


def _load(report: Report, port: int, platform: Platform) -> None:
    even = offer(port, platform, [number / RATE for number in range(RATE * SECONDS)])
    burst = offer(port, platform, [0.0] * BURST)
    for name, load in (("even", even), ("burst", burst)):
        for error in load.errors[:3]:
            report.remark(f"{name}: {error}")
        report.figure(f"{name}_errors", len(load.errors), "launches")
        if not load.seconds:
            raise InvalidRunError("no launch of the load was answered")
    report.figure("even_p95_ms", round(even.percentile(95) * 1000, 1), "ms")
    report.figure("burst_longest_s", round(max(burst.seconds), 2), "s")


def _cpu(port: int, process: subprocess.Popen[bytes], platform: Platform) -> tuple[float, float]:
    """Return the medians of CPU ms per login and per launch of people who come back.

    A first run of the same people warms up: it is their first launch.
    """
    browser = Browser(port, platform)
    logins, launches = [], []
    for number in range(RUNS + 1):
        people = range(PER_RUN)
        before = _cpu_seconds(process)
        begun = [browser.log_in(person) for person in people]
        between = _cpu_seconds(process)
        for login in begun:
            browser.launch(login)
        after = _cpu_seconds(process)
        if number:
            logins.append((between - before) * 1000 / PER_RUN)
            launches.append((after - between) * 1000 / PER_RUN)
    return round(statistics.median(logins), 3), round(statistics.median(launches), 3)


def _cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    """Return user and system time of a server process (it has no children)."""
    fields = Path(f"/proc/{process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _verify_ms(platform: Platform) -> float:
    """Return the median CPU time of verifying one RS256 signature and nothing else."""
    message = b"x" * 2600
    signature = platform.key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    public = platform.key.public_key()
    rounds = []
    for _ in range(21):
        started = time.process_time()
        for _ in range(200):
            public.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        rounds.append((time.process_time() - started) * 1000 / 200)
    return statistics.median(rounds)


@contextmanager
def _tool(folder: Path, platform: Platform) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Serve our tool as an operator does, on SQLite, with the platform registered by hand."""
    port = free_port()
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "QUOIN_DATABASE_URL": f"sqlite:///{folder / 'quoin.sqlite3'}",
        "QUOIN_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "QUOIN_SECRET_KEY": "bench" * 8,
    }
    quoin = [sys.executable, "-m", "lti_tool.cli"]
    run_to_end([*quoin, "db", "upgrade"], environ)
    endpoints = [f"--auth-login-url={platform.url}/auth", f"--auth-token-url={platform.url}/token"]
    endpoints += [f"--jwks-url={platform.url}/jwks", f"--deployment={DEPLOYMENT_ID}"]
    who = [f"--issuer={platform.url}", f"--client-id={CLIENT_ID}", "--allow-loopback"]
    run_to_end([*quoin, "platform", "add", *who, *endpoints], environ)
    with served([*quoin, "serve", "--port", str(port)], environ, port, folder / "tool.log") as it:
        yield port, it


@contextmanager
def _peer(folder: Path, platform: Platform) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = free_port()
    private = platform.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = platform.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    entry = {
        "default": True,
        "client_id": CLIENT_ID,
        "auth_login_url": f"{platform.url}/auth",
        "auth_token_url": f"{platform.url}/token",
        "key_set": platform.keyset,
        "deployment_ids": [DEPLOYMENT_ID],
    }
    config = {"platforms": {platform.url: [entry]}, "private_key": private.decode()}
    file = folder / "peer.json"
    file.write_text(json.dumps({**config, "public_key": public.decode()}), "utf-8")
    command = [sys.executable, "-m", "benchmarks.launch_peer", str(file), str(port)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with served(command, environ, port, folder / "peer.log") as process:
        yield port, process
