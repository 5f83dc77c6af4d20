"""quoin bench xblock: what a block adds to a unit, and the plugin to an event; the API's pace."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import xblock_api, xblock_plugin
from benchmarks.harness import InvalidRunError, Report

ROOT = Path(__file__).resolve().parents[1]


def run(report: Report) -> None:
    """Measure the views of the blocks, the events of the plugin, and the tool that both call."""
    _views(report)
    xblock_plugin.measure(report)
    xblock_api.measure(report)


def _views(report: Report) -> None:
    """Measure in a process of its own: Django's settings are one for each."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as tool:
        # Nobody answers there: a view that called the tool would wait, and be counted.
        port = tool.getsockname()[1]
        env = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "demo_workbench.settings",
            "QUOIN_WORKBENCH_FOLDER": folder,
            "QUOIN_WORKBENCH_TOOL_URL": f"http://127.0.0.1:{port}",
            "QUOIN_WORKBENCH_KEY_ID": "bench",
            "QUOIN_WORKBENCH_SECRET": "bench",
        }
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.xblock_views"]
        done = subprocess.run(  # noqa: S603
            command, cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise InvalidRunError(done.stderr[-2000:] or "the workbench could not be measured")
    found = json.loads(done.stdout)
    for name in ("competency", "progress"):
        report.figure(f"{name}_view_cpu_ms", found[name], "ms")
        report.figure(
            f"{name}_view_with_sdk_store_cpu_ms",
            found[f"stored_{name}"],
            "ms",
            peer="a block that reads the same fields there and shows nothing",
            peer_value=found[f"stored_reading_{name}"],
        )
    report.figure("outgoing_requests", found["connections"], "requests")
    report.remark(
        f"on top of an empty block, which takes {found['empty']} ms; with the SDK's store, which "
        f"asks a database for each field, {found['stored_empty']} ms"
    )
