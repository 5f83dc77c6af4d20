"""Run mutants: each in a process forked from one that has engine and tests loaded."""

from __future__ import annotations

import ast
import gc
import hashlib
import json
import os
import resource
import signal
import sys
import time
from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pytest

from tools.mutation import suite
from tools.mutation.apply import CannotApplyError, apply, live
from tools.mutation.mutants import Mutant, mutants_of
from tools.mutation.results import Result, Results
from tools.mutation.suite import ROOT, Measured

PACKAGE = "stacking_rules"
MEMORY = 3 << 30
PATIENCE = 2.5
"""CPU seconds (of the unchanged engine) that the tests of one mutant may take together."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the engine: its path, syntax tree and mutants."""

    name: str
    tree: ast.Module
    mutants: Sequence[Mutant]


def modules(only: Sequence[str] = ()) -> list[Module]:
    """Return the modules of the engine, or those named in ``only`` (without .py)."""
    found = []
    for path in sorted((ROOT / PACKAGE).glob("*.py")):
        if not only or path.stem in only:
            name = path.relative_to(ROOT).as_posix()
            tree = ast.parse(path.read_text("utf-8"))
            found.append(Module(name, tree, mutants_of(name, tree)))
    return found


class Runner:
    """Everything that does not change from mutant to mutant: the tests, and what they run."""

    def __init__(
        self, items: Sequence[pytest.Item], measured: Mapping[str, Measured], patience: float
    ) -> None:
        self.items, self.patience = items, patience
        self.digests = [suite.digest_of(item) for item in items]
        self.seconds = [measured[digest].seconds for digest in self.digests]
        self.numbers = {item.nodeid: number for number, item in enumerate(items)}
        self.suite = hashlib.sha256("".join(self.digests).encode()).hexdigest()[:16]
        self.live = live(ROOT / PACKAGE)
        self.killers: dict[str, Counter[int]] = defaultdict(Counter)
        self.rare: dict[str, defaultdict[int, float]] = {}
        self.runs: dict[tuple[str, int], list[int]] = defaultdict(list)
        self.users: dict[str, set[int]] = defaultdict(set)
        for number, digest in enumerate(self.digests):
            for module, lines in measured[digest].lines.items():
                self.users[module].add(number)
                for line in lines:
                    self.runs[module, line].append(number)

    def tests_for(self, mutant: Mutant, asked: frozenset[str]) -> list[int]:
        """Return the tests to ask, as far as patience goes.

        By turns the one most likely to notice: who noticed something close by or else is fastest,
        and who runs what few others run in this module. Those in ``asked`` were asked before.
        """
        near = self.killers[f"{mutant.unit.module}:{mutant.unit.name}"]
        module, rare = self.killers[mutant.unit.module], self._rarity(mutant.unit.module)
        found = [n for n in self.covering(mutant) if self.digests[n] not in asked]
        cost = {n: 0.01 + self.seconds[n] for n in found}
        proven = sorted(found, key=lambda n: (-(9 * near[n] + module[n]) / cost[n], cost[n], n))
        special = sorted(found, key=lambda n: (-rare[n] / cost[n], n))
        chosen: dict[int, None] = {}
        total = 0.0
        for number in chain.from_iterable(zip(proven, special, strict=True)):
            if number not in chosen:
                total += self.seconds[number]
                if total > self.patience and chosen:
                    break
                chosen[number] = None
        return list(chosen)

    def _rarity(self, module: str) -> Mapping[int, float]:
        """Return how much each test runs in ``module`` that few others run."""
        if module not in self.rare:
            found = self.rare[module] = defaultdict(float)
            for (name, _), tests in self.runs.items():
                for number in tests if name == module else ():
                    found[number] += 1 / len(tests)
        return self.rare[module]

    def covering(self, mutant: Mutant) -> set[int]:
        """Return the tests that run the mutant's lines, or else its statement.

        Of what takes effect when modules are loaded: those that run modules it takes effect in.
        """
        module = mutant.unit.module
        for first, last in (mutant.lines, mutant.around) if mutant.runs else ():
            lines = range(first, last + 1)
            found = {n for line in lines for n in self.runs.get((module, line), ())}
            if found:
                return found
        held = self.live.holders(Path(module).stem, mutant)
        return {n for name in held for n in self.users[f"{PACKAGE}/{name}.py"]}

    def note(self, mutant: Mutant, killer: int) -> None:
        """Remember who noticed ``mutant``: it is asked first for the next ones close by."""
        self.killers[f"{mutant.unit.module}:{mutant.unit.name}"][killer] += 1
        self.killers[mutant.unit.module][killer] += 1


# -- one mutant, in a process of its own --------------------------------------------------------


def _child(runner: Runner, module: Module, mutant: Mutant, tests: Sequence[int], out: int) -> None:
    """Try ``mutant`` against ``tests`` and write the outcome to ``out``; never returns."""
    answer = {"status": "invalid"}
    try:
        _quieten()
        apply(mutant, module.tree, ROOT / module.name, runner.live)
        answer = _outcome(runner, tests)
    except CannotApplyError:
        pass
    except BaseException as error:  # noqa: BLE001
        answer = {"status": "killed", "by": "", "said": repr(error)}
    finally:
        os.write(out, json.dumps(answer).encode())
        os._exit(0)


def _quieten() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _outcome(runner: Runner, tests: Sequence[int]) -> dict[str, str]:
    for place, number in enumerate(tests):
        item = runner.items[number]
        following = runner.items[tests[place + 1]] if place + 1 < len(tests) else None
        # CPU time, so that a busy machine does not make a slow mutant. The signal ends the process.
        signal.setitimer(signal.ITIMER_PROF, 1.5 + 8 * runner.seconds[number])
        if not suite.passes(item, following):
            return {"status": "killed", "by": item.nodeid}
    return {"status": "survived"}


# -- many, several at a time ----------------------------------------------------------------------


@dataclass(slots=True)
class _Running:
    mutant: Mutant
    out: int


def run_all(
    runner: Runner,
    work: Sequence[tuple[Module, Mutant]],
    results: Results,
    *,
    jobs: int,
    end: float,
) -> None:
    """Run ``work`` with ``jobs`` processes at a time, until ``end`` (monotonic) at the latest."""
    gc.collect()
    gc.freeze()
    results.keep_suite(runner.suite, runner.digests)
    waiting, running = deque(work), dict[int, _Running]()
    progress = Progress(len(work))
    while waiting or running:
        while waiting and len(running) < jobs and time.monotonic() < end:
            module, mutant = waiting.popleft()
            tests = runner.tests_for(mutant, results.asked_before(mutant.key, runner.patience))
            if tests:
                pid, out = _fork(runner, module, mutant, tests)
                running[pid] = _Running(mutant, out)
            else:
                nothing = "survived" if runner.covering(mutant) else "uncovered"
                _settle(runner, mutant, {"status": nothing}, results, progress)
        if not running:
            break
        _collect(runner, running, results, progress)
    progress.end()


def _collect(
    runner: Runner, running: dict[int, _Running], results: Results, progress: Progress
) -> None:
    """Wait until a process ends, and settle its mutant."""
    pid, status = os.wait()
    done = running.pop(pid)
    answer = os.read(done.out, 65536)
    os.close(done.out)
    found = {"status": "timeout"} if os.WIFSIGNALED(status) else json.loads(answer)
    _settle(runner, done.mutant, found, results, progress)


def _fork(runner: Runner, module: Module, mutant: Mutant, tests: Sequence[int]) -> tuple[int, int]:
    inner, outer = os.pipe()
    pid = os.fork()
    if pid == 0:
        _child(runner, module, mutant, tests, outer)
    os.close(outer)
    return pid, inner


def _settle(
    runner: Runner, mutant: Mutant, found: dict[str, str], results: Results, progress: Progress
) -> None:
    by = found.get("by", "")
    if by:
        runner.note(mutant, runner.numbers[by])
    if found.get("said"):
        sys.stderr.write(f"\n{mutant.unit}: {found['said']}\n")
    results.add(Result(mutant.key, found["status"], by, runner.suite, runner.patience))
    progress.count(found["status"])


class Progress:
    """One line: how many, how they fared, how long it takes yet."""

    def __init__(self, total: int) -> None:
        self.total, self.started, self.counts = total, time.monotonic(), Counter[str]()
        self.shown = 0.0

    def count(self, status: str) -> None:
        """Count one more mutant; show the line once in a while."""
        self.counts[status] += 1
        is_live = sys.stdout.isatty()
        if time.monotonic() - self.shown > (0.5 if is_live else 30):
            self.shown = time.monotonic()
            print(self.line(), end="\r" if is_live else "\n", flush=True)

    def end(self) -> None:
        """Show the last line."""
        print(self.line(), flush=True)

    def line(self) -> str:
        """Return the line."""
        done = self.counts.total()
        rest = (time.monotonic() - self.started) / max(done, 1) * (self.total - done)
        kinds = ", ".join(f"{self.counts[kind]} {kind}" for kind in sorted(self.counts))
        return f"{done}/{self.total} mutants: {kinds}; {rest / 60:.0f} min left"
