"""The independent verifier in tests/credentials/node: brought by npm, asked over stdin."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from lti_tool.credentials.contexts import CLR, context_text

HOME = Path(__file__).parent / "node"


@dataclass(frozen=True)
class Answer:
    """What the verifier says of each credential and JWT, in the order given."""

    credentials: list[bool]
    jwts: list[bool]
    reasons: list[str]


def bring_verifier() -> None:
    """Install the verifier if it is not there; skip the test where that cannot be."""
    bring(HOME)


def bring(home: Path) -> None:
    """Install the pinned packages of a folder; skip the test where that cannot be."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("what others wrote in JavaScript needs Node with npm")
    lock = home / "package-lock.json"
    installed = home / "node_modules" / ".package-lock.json"
    # One process after the other: two at once take each other's files away.
    with lock.open("rb") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if installed.is_file() and _versions(installed) == _versions(lock):
            return
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
        done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"npm could not bring what {home} needs: {done.stderr[-300:]}")


def verify(
    documents: dict[str, Any],
    credentials: Sequence[dict[str, Any]] = (),
    jwts: Sequence[str] = (),
    *,
    now: datetime,
) -> Answer:
    """Ask the verifier, which knows ``documents`` by address and nothing else."""
    # No npm package brings this context; the file is that of a PyPI package, pinned by its hash.
    clr = json.loads(context_text(CLR))
    question = {
        "documents": {CLR: clr, **documents},
        "credentials": list(credentials),
        "jwts": list(jwts),
        "now": now.isoformat(),
    }
    done = subprocess.run(
        ["node", "verify.mjs"],
        cwd=HOME,
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    rows = [*found["credentials"], *found["jwts"]]
    return Answer(
        [row["valid"] for row in found["credentials"]],
        [row["valid"] for row in found["jwts"]],
        [row["why"] for row in rows],
    )


def _versions(lock: Path) -> dict[str, str]:
    packages = json.loads(lock.read_text("utf-8"))["packages"]
    return {name: entry["integrity"] for name, entry in packages.items() if name}
