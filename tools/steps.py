"""Steps of an installation: one line each, and commands whose output shows only on failure."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TAIL = 25
"""Lines of a failed command's output that are shown."""
WIDTH = 79


class InstallError(Exception):
    """Something a person has to do first; the message says what."""


class Line:
    """The line of one step; on a terminal its end shows what happens just now."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.is_live = sys.stdout.isatty()

    def show(self, detail: str) -> None:
        """Replace the end of the line by ``detail``; nothing where there is no terminal."""
        if self.is_live:
            text = f"  {self.what} ... {detail}"[:WIDTH]
            print(f"\r\033[K{text}", end="", flush=True)


@contextmanager
def step(what: str) -> Iterator[Line]:
    """Announce a step and, when it went well, say how many seconds it took."""
    line = Line(what)
    started = time.monotonic()
    print(f"  {what} ...", end="", flush=True)
    try:
        yield line
    except BaseException:
        print(flush=True)
        raise
    line.show("")
    gap = "" if line.is_live else " "
    print(f"{gap}{time.monotonic() - started:.1f} s", flush=True)


def run(
    command: Sequence[object], line: Line | None = None, env: Mapping[str, str] | None = None
) -> None:
    """Run ``command`` in the repository; its output becomes the detail of ``line``.

    ``InstallError`` with the end of the output when it fails or cannot be started.
    """
    words = [str(part) for part in command]
    tail: deque[str] = deque(maxlen=TAIL)
    try:
        process = subprocess.Popen(
            words,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise InstallError(f"{words[0]} cannot be started: {error}") from None
    with process:
        for output in process.stdout or ():
            tail.append(output.rstrip())
            if line is not None:
                line.show(_shorten(output.strip()))
    if process.returncode:
        told = "\n".join(tail)
        raise InstallError(f"This command failed: {' '.join(words)}\n{told}")


def _shorten(output: str) -> str:
    """Make pip's longest line, the list of all it installs, a number."""
    start = "Installing collected packages: "
    if output.startswith(start):
        return f"Installing {output.count(',') + 1} packages"
    return output
