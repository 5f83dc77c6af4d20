"""The descriptions in docs/ and of the demo are taken as they stand, and nothing is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Quoin

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "demo_lms" / "institution"


@pytest.mark.parametrize(
    ("stacks", "descriptions", "count"),
    [
        (ROOT / "docs" / "example.yaml", ROOT / "docs" / "achievements.yaml", 2),
        (DEMO / "stacks.yaml", DEMO / "achievements.yaml", 6),
    ],
)
def test_a_file_of_ours_describes_its_stacks(
    quoin: Quoin, stacks: Path, descriptions: Path, count: int
) -> None:
    at = ("--institution", "h")
    quoin("stack", "publish", str(stacks), *at, "--name", "Harbour")
    assert quoin("achievement", "describe", str(descriptions), *at).output.count("1\n") == count
    found = quoin("achievement", "lint", str(descriptions), *at).output
    assert "error" not in found
    assert "workload-unlikely" not in found
