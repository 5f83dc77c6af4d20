"""make fuzz: every target for so many seconds; reproducers are printed, exit code 1 if there are.

``python -m tests.fuzz.run --seconds 60 [--folder var/fuzz] [TARGET...]``
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
from pathlib import Path

from tests.fuzz import seeds
from tests.fuzz.checks import CHECKS
from tests.rules.schema_words import words_of

ROOT = Path(__file__).resolve().parents[2]
LIMITS = ("-timeout=120", "-rss_limit_mb=2048", "-max_len=100000", "-len_control=0")
"""One input takes at most 2 GB and 120 seconds: dozens of evaluations, each instrumented and at
most at the limit of its search."""


def main(arguments: list[str]) -> int:
    """Run the targets one after the other; return the exit code."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--every", type=int, default=1, help="Begin with every so many-th input.")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "fuzz")
    parser.add_argument("--module", default="tests.fuzz.targets")
    parser.add_argument("targets", nargs="*", default=[*CHECKS], choices=[*CHECKS])
    asked = parser.parse_args(arguments)
    failed = [
        name
        for name in asked.targets
        if not fuzz(name, asked.seconds, asked.folder / name, asked.module, every=asked.every)
    ]
    return 1 if failed else 0


def fuzz(name: str, seconds: int, folder: Path, module: str, *, every: int = 1) -> bool:
    """Run one target for ``seconds``; return whether nothing was found. The corpus is kept.

    All inputs to begin with are tried first, however long that takes; ``every`` takes fewer.
    """
    corpus, begin = folder / "corpus", folder / "seeds"
    for needed in (corpus, begin):
        needed.mkdir(parents=True, exist_ok=True)
    for data in [*seeds.inputs(name)][::every]:
        (begin / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    words = folder / "words.dict"
    words.write_text("".join(f'"{word}"\n' for word in (*words_of("stacks"), *words_of("record"))))
    command = [sys.executable, "-m", module, name, str(corpus), str(begin), f"-dict={words}"]
    command += [f"-max_total_time={seconds}", f"-artifact_prefix={folder}/", *LIMITS]
    known = reproducers(folder)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    runs = re.findall(r"^#(\d+)", done.stderr, re.MULTILINE)
    say(f"{name}: {runs[-1] if runs else 0} executions in {seconds} s")
    if done.returncode == 0:
        return True
    say(done.stdout[-4000:] + done.stderr[-1000:])
    for path in sorted(reproducers(folder) - known):
        say(f"{name}: reproducer {path}\n{path.read_bytes()[:2000]!r}")
    return False


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def reproducers(folder: Path) -> set[Path]:
    """Return the inputs that a target has left because they failed, were slow or too large."""
    return {path for kind in ("crash", "timeout", "oom") for path in folder.glob(f"{kind}-*")}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
