"""The tests that may notice a mutant: collected once, run in this process, measured once."""

from __future__ import annotations

import hashlib
import inspect
import re
import time
from array import array
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from coverage import Coverage

ROOT = Path(__file__).resolve().parents[2]
TESTS = (
    "tests/rules",
    "tests/cli/test_rule_answers.py",
    "tests/cli/test_rules.py",
    "tests/cli/test_bad_documents.py",
    "tests/web/test_wording.py",
)
TOO_SLOW = re.compile(
    r"test_oracle|test_fuzz|trying_every_placement|order_of_the_facts_does_not|both_answers_occur"
    r"|test_more_evidence|test_a_foretold|test_properties.*\[(1[2-9]|[2-4]\d)\]"
    r"|test_schema\.py|refused_quickly|test_more_mutations"
)
"""Tests that notice mutants too, but take long (or are timed, which tracing would break): the true
score is not below the reported one."""
DATA = {"test_programmes.py": ROOT / "tests/rules/programmes"}
"""What tests read beside their own text and parameters."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one test does with the unchanged engine: CPU seconds, and the lines run by module."""

    seconds: float
    lines: Mapping[str, array[int]]


def with_items(work: Callable[[list[pytest.Item]], None]) -> int:
    """Collect the tests and hand them to ``work``; return pytest's exit code."""
    arguments = ["-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "--timeout=0"]
    arguments += [f"--rootdir={ROOT}", "--no-header", "--no-summary"]
    return int(pytest.main([*arguments, *TESTS], plugins=[_Instead(work)]))


class _Instead:
    """A plugin that has the collected tests handed over instead of run."""

    def __init__(self, work: Callable[[list[pytest.Item]], None]) -> None:
        self.work = work

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.work([item for item in session.items if not TOO_SLOW.search(item.nodeid)])
        return True


def passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    """Run one test; return whether nothing failed."""
    reports = runtestprotocol(item, log=False, nextitem=following)
    return not any(report.failed for report in reports)


def _written(parameters: object) -> str:
    """Return ``parameters`` as text; "" where one is a number too long for Python to write."""
    try:
        return repr(parameters)
    except ValueError:
        return ""


def digest_of(item: Any) -> str:
    """Return the hash of a test: its name, its text, its parameters and what it reads."""
    parameters = _written(item.callspec.params) if hasattr(item, "callspec") else ""
    text = item.nodeid + _source(item.function) + parameters
    folder = DATA.get(item.path.name)
    return _hash(text + ("" if folder is None else digest_of_files(folder)))


_source = cache(inspect.getsource)


@cache
def digest_of_files(folder: Path) -> str:
    """Return the hash of all text files of a folder."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".yaml"))
    return _hash("".join(path.name + path.read_text("utf-8") for path in files))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def measure(
    items: Sequence[pytest.Item], package: str, known: Mapping[str, Measured]
) -> dict[str, Measured]:
    """Run every test that is not ``known`` (by its digest) under coverage; return them all.

    SystemExit names a test that fails.
    """
    watched = Coverage(data_file=None, include=[f"{ROOT / package}/*"], config_file=False)
    waiting = [item for item in items if digest_of(item) not in known]
    seconds: dict[str, float] = {}
    watched.start()
    for item, following in zip(waiting, [*waiting[1:], None], strict=True):
        watched.switch_context(digest_of(item))
        started = time.process_time()
        if not passes(item, following):
            raise SystemExit(f"{item.nodeid} fails without any mutation.")
        seconds[digest_of(item)] = time.process_time() - started
    watched.stop()
    lines = _lines(watched, seconds)
    return {**known, **{name: Measured(seconds[name], lines[name]) for name in seconds}}


def _lines(watched: Coverage, names: Collection[str]) -> dict[str, dict[str, array[int]]]:
    """Return the lines that each test (context) has run, by module."""
    found: dict[str, dict[str, array[int]]] = {name: {} for name in names}
    data = watched.get_data()
    for file in data.measured_files():
        module = Path(file).relative_to(ROOT).as_posix()
        for line, contexts in data.contexts_by_lineno(file).items():
            for context in found.keys() & set(contexts):
                found[context].setdefault(module, array("H")).append(line)
    return found
