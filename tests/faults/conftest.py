"""Prints what the fault tests have counted."""

from __future__ import annotations

import pytest

from tests.faults.scale import FIGURES


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures of this process."""
    if FIGURES:
        terminalreporter.section("faults")
    for figure in FIGURES:
        terminalreporter.write_line(figure)
