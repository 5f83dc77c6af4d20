"""Runs a benchmark and prints one JSON line per figure; remarks go to stderr."""

from __future__ import annotations

import importlib
import json
import math
import sys
from dataclasses import dataclass, field
from typing import Literal

MODULES = {
    "cohort": "benchmarks.cohort",
    "cohort-parquet": "benchmarks.cohort_parquet",
    "credentials": "benchmarks.credentials",
    "event": "benchmarks.event",
    "import": "benchmarks.import_oulad",
    "launch": "benchmarks.launch",
    "load": "benchmarks.load",
    "match": "benchmarks.match",
    "pages": "benchmarks.pages",
    "rules": "benchmarks.rules",
    "simulate": "benchmarks.simulate",
    "sizes": "benchmarks.sizes",
    "verify": "benchmarks.verify",
    "xblock": "benchmarks.xblock",
}
"""Name on the command line -> module with ``run(report)``."""


class InvalidRunError(Exception):
    """The run proves nothing: answers differ from the peer's, or the data are missing."""


@dataclass(slots=True)
class Report:
    """Takes the figures of one benchmark; a further peer is a figure FIGURE_vs_PEER of its own."""

    bench: str
    seen: set[str] = field(default_factory=set)

    def figure(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        better: Literal["lower", "higher"] = "lower",
        peer: str | None = None,
        peer_value: float | None = None,
    ) -> None:
        """Print one figure; with a peer the ratio, ours ahead when above 1.

        ``InvalidRunError`` when the figure was printed before, is not a number or has half a peer.
        """
        line = {"bench": self.bench, "figure": name, "value": value, "unit": unit, "better": better}
        self._check(name, value)
        if peer is not None or peer_value is not None:
            if peer is None or peer_value is None:
                raise InvalidRunError(f"figure {name} has a peer without a value or without a name")
            self._check(name, peer_value)
            ratio = _ratio(name, value, peer_value, better)
            line |= {"peer": peer, "peer_value": peer_value, "ratio": ratio}
        self.seen.add(name)
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()

    def _check(self, name: str, value: float) -> None:
        if name in self.seen:
            raise InvalidRunError(f"figure {name} was printed already")
        if not math.isfinite(value) or value < 0:
            raise InvalidRunError(f"figure {name} is {value}: not a measured value")

    def remark(self, text: str) -> None:
        """Say something about the run, on stderr."""
        sys.stderr.write(text + "\n")


def _ratio(name: str, value: float, peer_value: float, better: str) -> float:
    """Say how far ours is ahead, to four significant digits."""
    above, below = (peer_value, value) if better == "lower" else (value, peer_value)
    if below == 0:
        raise InvalidRunError(
            f"figure {name} cannot be compared: {below} is no measured time or rate"
        )
    return float(f"{above / below:.4g}")


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
