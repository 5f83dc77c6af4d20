"""python -m benchmarks.xblock_views: the half of ``quoin bench xblock`` that runs in Django."""

from __future__ import annotations

import json
import os
import socket
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from typing import Any

import django
from web_fragments.fragment import Fragment
from xblock.core import XBlock

RUNS = int(os.environ.get("QUOIN_BENCH_RUNS", "15"))
VIEWS = int(os.environ.get("QUOIN_BENCH_VIEWS", "200"))
STACKS, PARTS = 6, 3
"""As many stacks as the demo institution offers, with as many parts on average."""


class Empty(XBlock):
    """A block that shows nothing: what any block costs."""

    def student_view(self, _context: Any = None) -> Fragment:
        """Show nothing."""
        return Fragment("<div></div>")


def main() -> int:
    """Measure and print one JSON object."""
    XBlock.extra_entry_points.append(
        ("bench_empty", EntryPoint("bench_empty", "benchmarks.xblock_views:Empty", "xblock.v1"))
    )
    django.setup()
    from django.core.management import call_command
    from workbench import runtime
    from xblock.runtime import DictKeyValueStore

    call_command("migrate", run_syncdb=True, verbosity=0)
    connections = _count_connections()
    found = {f"stored_{name}": ms for name, ms in _measure(_prepare()).items()}
    # An LMS has read all fields of a page at once before it shows a block; the workbench asks its
    # database for each. So the figures that count are those with the fields in memory.
    runtime.WORKBENCH_KVS = DictKeyValueStore()
    found |= _measure(_prepare())
    sys.stdout.write(json.dumps(found | {"connections": float(len(connections))}))
    return 0


def _prepare() -> dict[str, Callable[[], None]]:
    """Load the three blocks with a learner's state; give what renders each."""
    from workbench.runtime import ID_MANAGER, WorkbenchRuntime

    ID_MANAGER.set_scenario("bench")
    blocks = {
        "empty": "<bench_empty/>",
        "competency": '<quoin_competency display_name="Data cleaning" competency_id="c1"/>',
        "progress": "<quoin_progress/>",
    }
    usages = {name: WorkbenchRuntime().parse_xml_string(xml) for name, xml in blocks.items()}
    for name in ("competency", "progress"):
        _fill(WorkbenchRuntime("amy").get_block(usages[name]))
    return {name: _rendering(usage) for name, usage in usages.items()}


def _rendering(usage: str) -> Callable[[], None]:
    from workbench.runtime import WorkbenchRuntime

    def render() -> None:
        # Loaded anew, as for each request.
        WorkbenchRuntime("amy").get_block(usage).render("student_view", {})

    return render


def _measure(renderings: dict[str, Callable[[], None]]) -> dict[str, float]:
    """Give medians of CPU ms: of the empty block, and of each other on top of it."""
    times: dict[str, list[float]] = {name: [] for name in renderings}
    for run in range(RUNS + 1):
        for name, render in renderings.items():
            started = time.process_time()
            for _ in range(VIEWS):
                render()
            spent = (time.process_time() - started) * 1000 / VIEWS
            if run:
                times[name].append(spent)
    alone = {name: statistics.median(values) for name, values in times.items()}
    empty = alone.pop("empty")
    figures = {name: round(max(ms - empty, 0.0), 3) for name, ms in alone.items()}
    return {**figures, "empty": round(empty, 3)}


def _fill(block: Any) -> None:
    """Give the block a learner who stands somewhere in many stacks."""
    part = {"title": "A competency", "status": "met", "level": 0, "have": "1", "need": "1"}
    fact = {"title": "A competency", "on": "2026-06-01", "grade": "90", "reason": ""}
    step = {
        "kind": "complete-any",
        "options": ["One", "Two"],
        "count": 1,
        "amount": "",
        "grade": "",
    }
    stack = {
        "title": "A stack",
        "status": "not-met",
        "have": "2",
        "need": str(PARTS),
        "unit": "parts",
        "about": ["c1"],
        "parts": [{**part, "unit": "items", "facts": [fact]}] * PARTS,
        "steps": [step],
        "awarded_on": "",
        "expires_on": "",
        "is_under_review": False,
        "link": "",
    }
    stacks = [{**stack, "key": f"s{number}"} for number in range(STACKS)]
    if block.scope_ids.block_type == "quoin_competency":
        stacks = stacks[:2]
    as_of = datetime.now(UTC).isoformat()
    block.last_seen = {"progress": stacks, "as_of": as_of, "etag": ""}
    block.save()


def _count_connections() -> list[Any]:
    """Note every connection that is opened from now on."""
    found: list[Any] = []
    connect = socket.socket.connect

    def noted(self: socket.socket, address: Any) -> None:
        found.append(address)
        connect(self, address)

    socket.socket.connect = noted  # type: ignore[method-assign,assignment]
    return found


if __name__ == "__main__":
    sys.exit(main())
