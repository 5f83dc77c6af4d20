"""Mutation testing of the engine: all of it, what differs from an older commit, or the report."""

from __future__ import annotations

import argparse
import os
import pickle
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from tools.mutation import suite
from tools.mutation.changed import NoBaseError, base_of, changed
from tools.mutation.mutants import Mutant
from tools.mutation.report import report, score_of
from tools.mutation.results import FOLDER, Results
from tools.mutation.run import PACKAGE, PATIENCE, Module, Runner, modules, run_all
from tools.mutation.suite import ROOT, Measured

GOAL = 85.0
"""The least score, in percent."""
FEW = 3
"""Survivors that a small change may leave: of six mutants one would be too many otherwise."""
Work = Sequence[tuple[Module, Mutant]]


def main() -> int:
    """Do what the command line asks; 0 unless the tests notice too little."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutation", description=__doc__)
    commands = parser.add_subparsers(required=True)
    everything = commands.add_parser("all", help="run all that has no result yet")
    everything.add_argument("modules", nargs="*", help="names without .py, all by default")
    everything.set_defaults(do=_all)
    newer = commands.add_parser("changed", help="run functions that differ from an older commit")
    newer.add_argument("--base", default="", help="the commit to compare with (HEAD~1)")
    newer.add_argument("--seed", type=int, default=1)
    newer.set_defaults(do=_changed)
    for command, seconds in ((everything, 1e9), (newer, 180.0)):
        command.add_argument("--jobs", type=int, default=2)
        command.add_argument("--seconds", type=float, default=seconds, help="stop after these")
        command.add_argument("--patience", type=float, default=PATIENCE, help="seconds a mutant")
    commands.add_parser("report", help="write docs/mutation.md").set_defaults(do=_report)
    asked = parser.parse_args()
    return int(asked.do(asked, time.monotonic()))


def _all(asked: argparse.Namespace, started: float) -> int:
    chosen = modules(asked.modules)
    work = [(module, mutant) for module in chosen for mutant in module.mutants]
    code = _run(work, asked, started)
    for module in chosen:
        found = score_of(module.mutants, Results())
        if found.total:
            print(f"{module.name:40} {found.found:4} of {found.total:4}  {found.percent:5.1f} %")
    return code


def _changed(asked: argparse.Namespace, started: float) -> int:
    try:
        base = base_of(asked.base)
    except NoBaseError as error:
        print(error)
        return 0
    work = changed(modules(), base)
    random.Random(asked.seed).shuffle(work)  # noqa: S311
    if not work:
        print(f"No function of {PACKAGE} differs from {base[:10]}.")
        return 0
    code = _run(work, asked, started)
    found = score_of([mutant for _, mutant in work], Results())
    print(f"{found.found} of {found.total} mutants are noticed ({found.percent:.1f} %), ", end="")
    print(f"{found.open} were not run in {asked.seconds:.0f} s; {GOAL:.0f} % are asked for.")
    return code or int(found.percent < GOAL and found.total - found.found > FEW)


def _report(_asked: argparse.Namespace, _started: float) -> int:
    words = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    known = yaml.safe_load((ROOT / "tools/mutation/equivalent.yaml").read_text("utf-8")) or {}
    text = report(
        modules(),
        Results(),
        known,
        date=datetime.now(UTC).date().isoformat(),
        commit=commit.strip(),
    )
    (ROOT / "docs/mutation.md").write_text(text, "utf-8")
    return 0


def _run(work: Work, asked: argparse.Namespace, started: float) -> int:
    def go(items: list[pytest.Item]) -> None:
        runner = Runner(items, _measured(items), asked.patience)
        results = Results()
        for _, mutant in work:
            known = results.known.get(mutant.key)
            if known is not None and known.by in runner.numbers:
                runner.note(mutant, runner.numbers[known.by])
        todo = [
            (module, mutant)
            for module, mutant in work
            if results.is_open(mutant.key, runner.numbers, runner.suite, runner.patience)
        ]
        run_all(runner, todo, results, jobs=asked.jobs, end=started + asked.seconds)

    return suite.with_items(go)


def _measured(items: Sequence[pytest.Item]) -> dict[str, Measured]:
    """Measure in a process of its own, so that this one stays as if no test had ever run."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"measured-{suite.digest_of_files(ROOT / PACKAGE)}.pickle"
    known = _loaded(file)
    missing = sum(suite.digest_of(item) not in known for item in items)
    if missing:
        print(f"Measuring {missing} tests ...", flush=True)
        _aside(lambda: file.write_bytes(pickle.dumps(suite.measure(items, PACKAGE, known))))
    return _loaded(file)


def _loaded(file: Path) -> dict[str, Measured]:
    found: dict[str, Measured] = pickle.loads(file.read_bytes()) if file.exists() else {}  # noqa: S301
    return found


def _aside(work: Callable[[], object]) -> None:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        except SystemExit as error:
            print(error, file=sys.stderr)
        finally:
            os._exit(code)
    if os.waitpid(pid, 0)[1]:
        raise SystemExit("The unchanged engine could not be measured.")


if __name__ == "__main__":
    sys.exit(main())
