"""The blocks in the workbench: each file of ``inside/`` in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.block.conftest import INSIDE

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((Path(__file__).parent / "inside").glob("test_*.py"))

pytest.importorskip("xblock.core")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_inside_django(path: Path, tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    env |= {
        INSIDE: "workbench",
        "DJANGO_SETTINGS_MODULE": "demo_workbench.settings",
        "QUOIN_WORKBENCH_FOLDER": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    # Not pytest-django, where it is installed: these tests have a database of their own.
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:django"]
    command = [sys.executable, "-m", "pytest", *options, str(path)]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_there_are_such_files() -> None:
    assert len(FILES) >= 4
