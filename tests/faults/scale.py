"""How much is done, and what came of it.

It is a little in the ordinary suite, and as much as QUOIN_FAULTS says elsewhere.
"""

from __future__ import annotations

import os

import pytest

LONG = 1000
"""The value of QUOIN_FAULTS for which the numbers of the long run are given."""

IS_LONG = "QUOIN_FAULTS" in os.environ

FIGURES: list[str] = []
"""What was counted; it is printed at the end of a run."""


def say(figure: str) -> None:
    """Keep a figure for the end of the run."""
    FIGURES.append(figure)


def scaled(short: int, long: int) -> int:
    """Return ``short`` without QUOIN_FAULTS, else its share of ``long``, and ``short`` at least."""
    faults = int(os.environ.get("QUOIN_FAULTS", "0"))
    return max(short, long * faults // LONG)


def mostly(engine: str) -> pytest.MarkDecorator:
    """Let a test run on both databases, and in the ordinary suite on this one alone."""
    both = ["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql])]
    chosen = both if IS_LONG else [both[engine == "postgresql"]]
    return pytest.mark.parametrize("database", chosen, indirect=True)
