"""Results that outlive a run: one line of JSON each, found again by the key of the mutant."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path

from tools.mutation.suite import ROOT

FOLDER = ROOT / "var" / "mutation"
FOUND = {"killed", "timeout"}


@dataclass(frozen=True, slots=True)
class Result:
    """How one mutant fared: "killed", "timeout", "survived", "uncovered" or "invalid".

    ``by`` is the test that failed, ``suite`` names the tests there were, ``patience`` the CPU
    seconds that those asked could take.
    """

    key: str
    status: str
    by: str = ""
    suite: str = ""
    patience: float = 0


class Results:
    """All results of earlier runs, and those of this one."""

    def __init__(self, folder: Path = FOLDER) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.file = folder, folder / "results.jsonl"
        self.known: dict[str, Result] = {}
        self.suites: dict[str, frozenset[str]] = {}
        if self.file.exists():
            for line in self.file.read_text("utf-8").splitlines():
                result = Result(**json.loads(line))
                self.known[result.key] = result

    def add(self, result: Result) -> None:
        """Remember ``result`` at once, so that a run can be broken off at any time."""
        self.known[result.key] = result
        with self.file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(asdict(result)) + "\n")

    def keep_suite(self, name: str, tests: Collection[str]) -> None:
        """Remember which tests (by digest) there are now."""
        (self.folder / f"suite-{name}.txt").write_text("\n".join(sorted(tests)), "ascii")

    def asked_before(self, key: str, patience: float) -> frozenset[str]:
        """Return the tests (by digest) that were there when ``key`` was not noticed.

        They need not be asked again, unless there was less patience then.
        """
        result = self.known.get(key)
        if result is None or result.status in FOUND or result.patience < patience:
            return frozenset()
        if result.suite not in self.suites:
            file = self.folder / f"suite-{result.suite}.txt"
            text = file.read_text("ascii") if file.exists() else ""
            self.suites[result.suite] = frozenset(text.split())
        return self.suites[result.suite]

    def is_open(self, key: str, tests: Collection[str], suite: str, patience: float) -> bool:
        """Say whether ``key`` has to be run: the test is gone, or there are other tests now."""
        result = self.known.get(key)
        if result is None:
            return True
        if result.status in FOUND:
            return bool(result.by) and result.by not in tests
        if result.status == "invalid":
            return False
        return result.suite != suite or result.patience < patience
