"""Mutants are small, found again by the function's text, effective at once, and reported."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tools.mutation import changed
from tools.mutation.apply import CannotApplyError, Live, apply, live
from tools.mutation.mutants import Mutant, mutants_of, units_of
from tools.mutation.report import report, score_of
from tools.mutation.results import Result, Results
from tools.mutation.run import Module

SOURCE = '''\
"""Words with spaces are nobody's behaviour."""

LIMIT = 3


class Box:
    """A box."""

    size: int = 2

    @property
    def room(self) -> int:
        """Room."""
        return self.size - 1


def fits(count: int, most: int = 1) -> bool:
    """Say whether."""
    return count <= most and count < LIMIT
'''


def mutants(source: str = SOURCE) -> list[Mutant]:
    return mutants_of("stacking_rules/made_up.py", ast.parse(source))


def changes(source: str) -> set[str]:
    return {f"{m.was} -> {m.now}" for m in mutants(source)}


@pytest.mark.parametrize(
    ("body", "change"),
    [
        ("return a < b", "a < b -> a <= b"),
        ("return a < b", "a < b -> a >= b"),
        ("return a == b", "a == b -> a != b"),
        ("return a in b", "a in b -> a not in b"),
        ("return a and b", "a and b -> a or b"),
        ("return not a", "not a -> a"),
        ("return a - b", "a - b -> a + b"),
        ("a += b", "a += b -> a -= b"),
        ("return f(1)", "f(1) -> f(2)"),
        ("return f(True)", "f(True) -> f(False)"),
        ("return f('key')", "f('key') -> f('keyx')"),
        ("return f('0.5')", "f('0.5') -> f('10.5')"),
        ("return a", "return a -> return None"),
        ("return min(a)", "min(a) -> max(a)"),
        ("return a if b else c", "a if b else c -> a if not b else c"),
        ("if a: b()", "if a -> if not a"),
        ("return [x for x in a if x]", " for x in a if x ->  for x in a"),
        ("raise a", "raise a -> pass"),
        ("a.b = c", "a.b = c -> pass"),
        ("a()", "a() -> pass"),
        ("for x in a: break", "break -> continue"),
        ("match a:\n  case 1: pass\n  case 2: pass", "match: 1 | 2 -> match: 2"),
    ],
)
def test_a_place_is_made_wrong(body: str, change: str) -> None:
    lines = "\n".join(f"    {line}" for line in body.split("\n"))
    assert change in changes(f"def f():\n{lines}\n")


def test_sentences_annotations_and_decorators_are_left_alone() -> None:
    assert changes('@d(1)\ndef f(a: "b") -> "c":\n    """Doc."""\n    e("A sentence.")\n') == {
        "e('A sentence.') -> pass"
    }
    assert changes("Kind = int | str\nT = TypeVar('T')\n") == set()


def keys(source: str) -> set[str]:
    return {m.key for m in mutants(source) if m.unit.name == "fits"}


def test_the_key_follows_the_function_and_nothing_around_it() -> None:
    before, moved = keys(SOURCE), keys("# more\n\n" + SOURCE)
    said = keys(SOURCE.replace("Say whether", "Tell if"))
    other = keys(SOURCE.replace("most and", "most or"))
    assert before == moved == said
    assert not before & other
    assert len(before) == sum(m.unit.name == "fits" for m in mutants())


def test_units_are_functions_fields_and_tables() -> None:
    found = units_of("stacking_rules/made_up.py", ast.parse(SOURCE))
    assert {name for name, _ in found} == {"LIMIT", "Box.size", "Box.room", "fits"}


def load(file: Path, source: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    file.write_text(source)
    name = f"stacking_rules.{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return load(tmp_path / "made_up.py", SOURCE, monkeypatch)


def mutant_of(tree: ast.Module, change: str) -> Mutant:
    found = mutants_of("stacking_rules/made_up.py", tree)
    (mutant,) = (m for m in found if f"{m.was} -> {m.now}" == change)
    return mutant


def put(module: ModuleType, change: str) -> None:
    file = Path(module.__file__ or "")
    tree = ast.parse(file.read_text())
    mutant = mutant_of(tree, change)
    apply(mutant, tree, file, live(file.parent))


def test_a_mutant_takes_effect_in_functions_that_others_hold_already(loaded: ModuleType) -> None:
    held = loaded.fits
    assert held(1)
    put(loaded, "count <= most -> count < most")
    assert not held(1)


def test_a_mutant_takes_effect_in_properties_tables_and_defaults(loaded: ModuleType) -> None:
    put(loaded, "self.size - 1 -> self.size + 1")
    assert loaded.Box().room == 3
    put(loaded, "3 -> 4")
    assert loaded.LIMIT == 4
    held = loaded.fits
    put(loaded, "1 -> 2")
    assert held(2)


TABLES = """\
class Row:
    def __init__(self, width=1):
        self.width = width


def made(name):
    return {name: 5}


ROWS = {"a": 2}
ALL = {"rows": ROWS, **made("b")}
WIDE = Row()
OTHER = {"c": 7}
"""
USER = """\
from stacking_rules.made_up import ALL, OTHER, ROWS

FLAT = {**ALL, "count": len(ALL)}
APART = {**OTHER}


def first(table=FLAT):
    return table["rows"]["a"]
"""


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    load(tmp_path / "made_up.py", TABLES, monkeypatch)
    return load(tmp_path / "user.py", USER, monkeypatch)


def test_a_mutant_takes_effect_in_all_that_was_made_of_it_when_modules_were_loaded(
    user: ModuleType,
) -> None:
    tables, held, apart = sys.modules["stacking_rules.made_up"], user.first, user.APART
    put(tables, "{'a': 2} -> {'a': 3}")
    assert tables.ALL["rows"] == user.ROWS == {"a": 3}
    assert user.FLAT == {"rows": {"a": 3}, "b": 5, "count": 2}
    assert held() == 3, "the default is the table as it is now"
    assert user.APART is apart, "what does not rest on it is left alone"
    put(tables, "{name: 5} -> {name: 6}")
    assert (user.FLAT["b"], user.FLAT["rows"]) == (6, {"a": 3})
    put(tables, "1 -> 2")
    assert tables.WIDE.width == 2


def test_tests_of_modules_that_hold_what_was_made_are_asked(user: ModuleType) -> None:
    file = Path(user.__file__ or "")
    found, tree = live(file.parent), ast.parse(TABLES)
    held = {
        f"{m.was} -> {m.now}": found.holders("made_up", m) for m in mutants_of("made_up.py", tree)
    }
    assert held["{'a': 2} -> {'a': 3}"] == {"made_up", "user"}
    assert held["{name: 5} -> {name: 6}"] == {"made_up", "user"}, "run by the module, and only so"
    assert held["1 -> 2"] == {"made_up"}
    assert held["self.width = width -> pass"] == set()


def test_what_is_not_loaded_cannot_be_changed(loaded: ModuleType, tmp_path: Path) -> None:
    tree = ast.parse(SOURCE)
    mutant = next(m for m in mutants_of("stacking_rules/made_up.py", tree) if m.runs)
    with pytest.raises(CannotApplyError):
        apply(mutant, tree, tmp_path / "made_up.py", Live({}, []))


def test_results_are_kept_until_what_they_rest_on_changes(tmp_path: Path) -> None:
    results = Results(tmp_path)
    results.keep_suite("one", ["t1", "t2"])
    results.add(Result("k", "killed", "tests/a.py::t", "one", 2))
    results.add(Result("s", "survived", "", "one", 2))
    results.add(Result("i", "invalid"))
    again = Results(tmp_path)
    assert not again.is_open("k", ["tests/a.py::t"], "two", 2)
    assert again.is_open("k", [], "two", 2), "the test that failed is gone"
    assert not again.is_open("s", [], "one", 2)
    assert again.is_open("s", [], "two", 2), "there are other tests"
    assert again.is_open("s", [], "one", 3), "there is more patience"
    assert not again.is_open("i", [], "two", 9)
    assert again.is_open("new", [], "one", 2)
    assert again.asked_before("s", 2) == {"t1", "t2"}
    assert again.asked_before("s", 3) == frozenset()
    assert again.asked_before("new", 2) == frozenset()


def test_the_report_counts_everything_and_hides_no_equivalent(tmp_path: Path) -> None:
    module = Module("stacking_rules/made_up.py", ast.parse(SOURCE), mutants())
    results = Results(tmp_path)
    first, second, third, *rest = module.mutants
    results.add(Result(first.key, "survived"))
    results.add(Result(second.key, "uncovered"))
    results.add(Result(third.key, "timeout"))
    for mutant in rest[1:]:
        results.add(Result(mutant.key, "killed"))
    known = {first.key: "means the same"}
    score = score_of(module.mutants, results, known)
    total = len(module.mutants) - 1
    assert (score.found, score.total, score.open) == (total - 2, total, 1)
    text = report([module], results, known, date="2026-01-01", commit="abc")
    assert f"| made_up.py | {total} | {total - 3} | 1 | 1 | 1 |" in text
    assert f"`{first.was}` → `{first.now}` (equivalent: means the same)" in text
    assert "(not run by any test)" in text
    assert "1 mutants have not been run yet." in text
    assert score.percent < score.percent_without < 100


def test_only_what_differs_from_the_base_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    old = SOURCE.replace("count < LIMIT", "count > LIMIT")
    monkeypatch.setattr(changed, "_git", lambda *words: old if words[0] == "show" else None)
    module = Module("stacking_rules/made_up.py", ast.parse(SOURCE), mutants())
    assert {m.unit.name for _, m in changed.changed([module], "base")} == {"fits"}
    with pytest.raises(changed.NoBaseError, match="no-such-commit"):
        changed.base_of("no-such-commit")


def test_a_clone_that_does_not_hold_the_base_mutates_nothing() -> None:
    words = [sys.executable, "-m", "tools.mutation", "changed", "--base", "no-such-commit"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "no-such-commit is not in this clone" in done.stdout
