"""The plugin's tests inside Django, in a process of their own: its settings are one for a process.

They run on SQLite and on PostgreSQL, which forgives no statement after one that failed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INNER = ROOT / "tests" / "django_block" / "plugin"
FEWEST = 80

pytest.importorskip("edx_django_utils", reason="the packages of the LMS are not installed")
pytestmark = pytest.mark.long


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql])])
def address(request: pytest.FixtureRequest) -> str:
    """The database for Django: "" means SQLite in memory."""
    if request.param == "sqlite":
        return ""
    server: str = request.getfixturevalue("postgresql_server")
    return server


def test_the_suite_inside_django(address: str) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    env |= {"QUOIN_TEST_DJANGO_DATABASE": address}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", str(INNER)],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) >= FEWEST, done.stdout
