"""Runs a benchmark and prints one JSON line per figure; remarks go to stderr."""

from __future__ import annotations

import importlib
import json
import math
import sys
from dataclasses import dataclass, field
from typing import Literal

MODULES = {"import": "benchmarks.import_oulad"}
"""Name on the command line -> module with ``run(report)``."""


class InvalidRunError(Exception):
    """The run proves nothing: answers differ from the peer's, or the data are missing."""


@dataclass(slots=True)
class Report:
    """Takes the figures of one benchmark."""

    bench: str
    seen: set[str] = field(default_factory=set)

    def figure(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        better: Literal["lower", "higher"],
        peer: str | None = None,
        peer_value: float | None = None,
    ) -> None:
        """Print one figure; with a peer the ratio, ours ahead when above 1.

        ``InvalidRunError`` when the figure was printed before or is not a number.
        """
        if name in self.seen:
            raise InvalidRunError(f"figure {name} was printed already")
        values = [value] if peer_value is None else [value, peer_value]
        if not all(math.isfinite(v) and v >= 0 for v in values):
            raise InvalidRunError(f"figure {name} is not a number")
        self.seen.add(name)
        line: dict[str, object] = {
            "bench": self.bench,
            "figure": name,
            "value": value,
            "unit": unit,
            "better": better,
        }
        if peer is not None and peer_value is not None:
            ahead = peer_value / value if better == "lower" else value / peer_value
            line |= {"peer": peer, "peer_value": peer_value, "ratio": round(ahead, 3)}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()

    def remark(self, text: str) -> None:
        """Say something about the run, on stderr."""
        sys.stderr.write(text + "\n")


def run(name: str) -> int:
    """Run the benchmark ``name``; return the exit code (1: invalid run, 2: no such benchmark)."""
    if name not in MODULES:
        sys.stderr.write(f"There is no benchmark '{name}'; there are: {', '.join(MODULES)}\n")
        return 2
    report = Report(name)
    try:
        importlib.import_module(MODULES[name]).run(report)
    except InvalidRunError as error:
        sys.stderr.write(f"invalid run: {error}\n")
        return 1
    return 0
