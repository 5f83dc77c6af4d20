"""What is to be said of the machine: room on the disk, and its clock beside the database's."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from lti_tool.lti.platform_checks import Finding, Verdict

LITTLE, TOO_LITTLE = 2 * 10**9, 200 * 10**6
"""Bytes: with the first there is time to act, with the second writing soon fails."""

APART = timedelta(seconds=5)


def check_disk(folder: Path) -> Finding:
    """Return how much room there is where ``folder`` lies."""
    usage = shutil.disk_usage(folder)
    words = f"{usage.free / 1e9:,.1f} GB of {usage.total / 1e9:,.1f} GB are free at {folder}."
    if usage.free >= LITTLE:
        return Finding("disk", Verdict.OK, words)
    verdict = Verdict.WARNING if usage.free >= TOO_LITTLE else Verdict.FAILURE
    return Finding("disk", verdict, words, "Make room: nothing can be recorded on a full disk.")


def check_clocks(theirs: datetime, ours: datetime) -> Finding:
    """Compare the clock of the database (aware) with ours at the same moment."""
    apart = abs(theirs - ours)
    if apart <= APART:
        return Finding("clock", Verdict.OK, "This machine and the database agree.")
    words = f"This machine and the database are {apart.total_seconds():,.0f} seconds apart."
    return Finding("clock", Verdict.FAILURE, words, "Set the one that is wrong (NTP).")
