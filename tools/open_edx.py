"""The tests of quoin-xblock among the versions that Open edX pins.

``python3.12 tools/open_edx.py``. The environment, .venv-openedx, holds the blocks, the plugin, the
platform's packages and nothing of the tool.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.steps import ROOT, InstallError, run, step

VENV = ROOT / ".venv-openedx"
PYTHON = VENV / "bin" / "python"
PINS = ROOT / "tests" / "open-edx-pins.txt"
OLDEST = (3, 12)
PLUGIN = ROOT / "tests" / "django_block" / "plugin"
BLOCKS = ROOT / "tests" / "block" / "inside"


def main() -> int:
    """Make the environment and run every suite in it; return the exit code."""
    if sys.version_info < OLDEST:
        sys.stderr.write("Open edX runs on Python 3.12: make test-openedx PYTHON=python3.12\n")
        return 2
    try:
        _prepare()
    except InstallError as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    suites = [PLUGIN, *sorted(BLOCKS.glob("test_*.py"))]
    failed = [suite for suite in suites if not _passes(suite)]
    for suite in failed:
        sys.stderr.write(f"{suite.relative_to(ROOT)} failed\n")
    return 1 if failed else 0


def _prepare() -> None:
    with step("making .venv-openedx"):
        venv.EnvBuilder(with_pip=True, clear=True, symlinks=True).create(VENV)
    pip = [PYTHON, "-I", "-m", "pip", "--disable-pip-version-check", "--no-input"]
    with step("installing what Open edX pins") as line:
        run([*pip, "install", "-r", PINS], line)
    with step("installing quoin-xblock, and nothing with it") as line:
        run([*pip, "install", "--no-deps", "-e", ROOT / "xblock"], line)
        run([*pip, "check"], line)


def _passes(suite: Path) -> bool:
    """Run one suite in a process of its own: Django's settings are one for each."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    options = ["-q", "-p", "no:cacheprovider"]
    with tempfile.TemporaryDirectory() as folder:
        if suite != PLUGIN:
            # Nor pytest-django, nor what the tests of the tool prepare.
            options += ["-p", "no:django", f"--confcutdir={ROOT / 'tests' / 'block'}"]
            kept |= {
                "QUOIN_TESTS_INSIDE_DJANGO": "workbench",
                "DJANGO_SETTINGS_MODULE": "demo_workbench.settings",
                "QUOIN_WORKBENCH_FOLDER": folder,
                "PYTHONPATH": str(ROOT),
            }
        command = [str(PYTHON), "-m", "pytest", *options, str(suite)]
        return subprocess.run(command, cwd=ROOT, env=kept, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
