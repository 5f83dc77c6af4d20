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

from quoin_xblock.competency_block import CompetencyBlock
from quoin_xblock.progress_block import ProgressBlock

RUNS = int(os.environ.get("QUOIN_BENCH_RUNS", "15"))
VIEWS = int(os.environ.get("QUOIN_BENCH_VIEWS", "200"))
STACKS, PARTS = 6, 3
"""As many stacks as the demo institution offers, with as many parts on average."""

OURS = {
    "bench_empty": "Empty",
    "bench_competency": "ReadingCompetency",
    "bench_progress": "ReadingProgress",
}


class Empty(XBlock):
    """A block that shows nothing: what any block costs."""

    def student_view(self, _context: Any = None) -> Fragment:
        """Show nothing."""
        return Fragment("<div></div>")


class Reading:
    """Shows nothing either, and reads what the view of the block reads: what its store takes."""

    read: tuple[str, ...] = ()

    def student_view(self, _context: Any = None) -> Fragment:
        """Read the fields and show nothing."""
        for name in self.read:
            getattr(self, name)
        return Fragment("<div></div>")


class ReadingCompetency(Reading, CompetencyBlock):
    """Reads what a competency's view reads."""


class ReadingProgress(Reading, ProgressBlock):
    """Reads what a panel's view reads."""


def main() -> int:
    """Measure and print one JSON object."""
    for name, found in OURS.items():
        entry = EntryPoint(name, f"benchmarks.xblock_views:{found}", "xblock.v1")
        XBlock.extra_entry_points.append((name, entry))
    django.setup()
    from django.core.management import call_command
    from workbench import runtime
    from xblock.runtime import DictKeyValueStore

    call_command("migrate", run_syncdb=True, verbosity=0)
    connections = _count_connections()
    stored = {f"stored_{name}": ms for name, ms in _measure(_prepare()).items()}
    # An LMS has read all fields of a page at once before it shows a block; the workbench asks its
    # database for each. So the figures that count are those with the fields in memory.
    runtime.WORKBENCH_KVS = DictKeyValueStore()
    held = _measure(_prepare())
    sys.stdout.write(json.dumps({**stored, **held, "connections": float(len(connections))}))
    return 0


def _prepare() -> dict[str, Callable[[], None]]:
    """Load the blocks with a learner's state; give what renders each."""
    from workbench.runtime import ID_MANAGER, WorkbenchRuntime

    ID_MANAGER.set_scenario("bench")
    decided = 'display_name="Data cleaning" competency_id="c1"'
    blocks = {
        "empty": "<bench_empty/>",
        "competency": f"<quoin_competency {decided}/>",
        "progress": "<quoin_progress/>",
        "reading_competency": f"<bench_competency {decided}/>",
        "reading_progress": "<bench_progress/>",
    }
    usages = {name: WorkbenchRuntime().parse_xml_string(xml) for name, xml in blocks.items()}
    for name in (name for name in usages if name != "empty"):
        _fill(WorkbenchRuntime("amy").get_block(usages[name]))
    for name in ("competency", "progress"):
        # This module runs as __main__; the class that the runtime loads is another one.
        XBlock.load_class(f"bench_{name}").read = _read_by(usages[name])
    return {name: _rendering(usage) for name, usage in usages.items()}


def _read_by(usage: str) -> tuple[str, ...]:
    """Give the names of the fields that the view of a block reads."""
    from workbench.runtime import WorkbenchRuntime

    block = WorkbenchRuntime("amy").get_block(usage)
    block.render("student_view", {})
    return tuple(block._field_data_cache)


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
        "credential": "",
    }
    stacks = [{**stack, "key": f"s{number}"} for number in range(STACKS)]
    if block.scope_ids.block_type.endswith("competency"):
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
