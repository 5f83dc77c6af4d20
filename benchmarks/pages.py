"""quoin bench pages: what a page takes with a hundred people signed in, and how large it is.

The generator runs on the same processors as the server. Times are those that the server writes
into its access log, and beside them what the browsers waited; nothing is measured in a first
round, which warms up.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.harness import InvalidRunError, Report
from benchmarks.pages_load import Pages, get_asset, open_pages, percentile, zipped
from benchmarks.pages_world import SECRET, build, count_awards
from benchmarks.serving import free_port, run_to_end, served
from lti_tool.persistence.base import Database

SECONDS = float(os.environ.get("QUOIN_BENCH_SECONDS", "60"))
PROCESSES = ("--processes", os.environ.get("QUOIN_BENCH_PROCESSES", "2"))
TICKS = os.sysconf("SC_CLK_TCK")
WARM_UP = 10.0
ASSET = re.compile(rb'(?:href|src)="(/static/[^"]+\.(css|js)\?v=[^"]*)"')
COURSE = "/courses/<uuid:context_uuid>/"


def run(report: Report) -> None:
    """Build the school, serve it, and let a hundred people open pages."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        database_url = (
            os.environ.get("QUOIN_BENCH_DATABASE_URL") or f"sqlite:///{folder / 'quoin.sqlite3'}"
        )
        environ = {
            **os.environ,
            "QUOIN_DATABASE_URL": database_url,
            "QUOIN_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "QUOIN_SECRET_KEY": SECRET,
        }
        quoin, log = [sys.executable, "-m", "lti_tool.cli"], folder / "tool.log"
        run_to_end([*quoin, "db", "upgrade"], environ)
        database = Database(database_url)
        school = build(database, datetime.now(UTC))
        report.remark(f"{count_awards(database)} awards")
        database.dispose()
        command = [*quoin, "serve", "--port", str(port), *PROCESSES]
        with served(command, environ, port, log) as process:
            open_pages(port, school, WARM_UP)
            before, spent = log.stat().st_size, _cpu_seconds(process.pid)
            pages = open_pages(port, school, SECONDS)
            spent = _cpu_seconds(process.pid) - spent
            with log.open("rb") as lines:
                lines.seek(before)
                timed = _read_log(lines.read().decode())
            _report_sizes(report, port, pages)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    report.remark(f"load of the machine over 1, 5 and 15 minutes, this one included: {load}")
    _report_times(report, pages, timed)
    count = sum(map(len, timed.values()))
    report.figure("server_cpu_ms_per_page", round(spent * 1000 / count, 1), "ms")


def _cpu_seconds(pid: int) -> float:
    """Return user and system time of a server process and of those that it has started."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat.parent.name) == pid or int(fields[1]) == pid:
            total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


def _read_log(text: str) -> dict[str, list[float]]:
    """Return the milliseconds of every page by its route, as the server logged them."""
    found = defaultdict(list)
    for line in text.splitlines():
        entry = json.loads(line) if line.startswith("{") else {}
        route = entry.get("route") or ""
        if entry.get("event") == "request" and route.startswith(COURSE):
            found[re.sub(r"<(?:\w+:)?(\w+?)(?:_uuid)?>", r"{\1}", route[len(COURSE) :])].append(
                float(entry["ms"])
            )
    return found


def _report_times(report: Report, pages: Pages, timed: dict[str, list[float]]) -> None:
    for error in pages.errors[:3]:
        report.remark(error)
    every = [value for values in timed.values() for value in values]
    if not every:
        raise InvalidRunError("no page was answered")
    report.figure("pages", len(every), "pages", better="higher")
    report.figure("errors", len(pages.errors), "pages")
    waited = [value * 1000 for value in pages.all_seconds]
    report.figure("server_p95_ms", round(percentile(every, 95), 1), "ms")
    report.figure("server_p99_ms", round(percentile(every, 99), 1), "ms")
    report.figure("server_mean_ms", round(sum(every) / len(every), 1), "ms")
    report.figure("waited_p95_ms", round(percentile(waited, 95), 1), "ms")
    for page, values in sorted(timed.items()):
        report.figure(f"server_p95_ms {page}", round(percentile(values, 95), 1), "ms")
        report.remark(f"{page}: {len(values)} times, median {percentile(values, 50)} ms")


def _report_sizes(report: Report, port: int, pages: Pages) -> None:
    """Say how large a page is with gzip, and the most of styles and scripts that one asks for."""
    most = {b"css": 0, b"js": 0}
    sizes: dict[bytes, int] = {}
    for page, body in sorted(pages.bodies.items()):
        report.figure(f"html_gz_bytes {page}", zipped(body), "bytes")
        totals = {b"css": 0, b"js": 0}
        for path, kind in set(ASSET.findall(body)):
            if path not in sizes:
                sizes[path] = zipped(get_asset(port, path.decode()))
            totals[kind] += sizes[path]
        most = {kind: max(most[kind], totals[kind]) for kind in most}
    report.figure("most_css_gz_bytes", most[b"css"], "bytes")
    report.figure("most_js_gz_bytes", most[b"js"], "bytes")
