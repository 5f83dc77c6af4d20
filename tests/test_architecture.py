"""Guards over the whole tree: directions of imports, the folder xblock/, sizes, tests folders."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = (
    "stacking_rules",
    "lti_tool",
    "xblock",
    "demo_lms",
    "demo_workbench",
    "benchmarks",
    "tools",
)
LONGEST_FUNCTION = 60
LONGEST_FILE = 400
LONGEST_TEST_FILE = 600


def source_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def run(*command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    # Not the settings of the pytest that runs this test: a worker's would confuse the inner one.
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)


def test_the_import_contracts_are_kept() -> None:
    done = run(Path(sys.executable).parent / "lint-imports", "--no-cache")

    assert done.returncode == 0, done.stdout


def test_every_import_contract_is_there() -> None:
    text = (ROOT / "setup.cfg").read_text("utf-8")
    contracts = text.count("[importlinter:contract:")

    assert contracts >= 10
    assert text.count("exhaustive = True") == 2


def test_the_engine_imports_the_standard_library_alone() -> None:
    allowed = sys.stdlib_module_names | {"stacking_rules"}
    extras = {ROOT / "stacking_rules" / name for name in ("backends", "cohort")}
    found = [
        f"{named(path)}:{line}: {module}"
        for path in source_files("stacking_rules")
        if extras.isdisjoint(path.parents)
        for line, module in imported_packages(path)
        if module not in allowed
    ]

    assert not found


def imported_packages(path: Path) -> Iterator[tuple[int, str]]:
    """Give line and top-level package of every absolute import, also of those inside functions."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.lineno, (node.module or "").split(".")[0]


def test_importing_the_engine_loads_nothing_else() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import stacking_rules;"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    done = run(sys.executable, "-I", "-S", "-c", code)

    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) <= sys.stdlib_module_names | {"__main__", "stacking_rules"}


def test_importing_the_tools_errors_does_not_load_flask() -> None:
    code = "import sys, lti_tool.errors; print('flask' in sys.modules)"

    assert run(sys.executable, "-c", code).stdout == "False\n"


def test_xblock_is_a_folder_and_never_a_package() -> None:
    assert not (ROOT / "xblock" / "__init__.py").exists()


@pytest.mark.parametrize("folder", [".", "xblock"])
@pytest.mark.parametrize("path", [[], ["-I"]], ids=["cwd on the path", "isolated"])
def test_import_xblock_means_the_library(folder: str, path: list[str]) -> None:
    code = "import xblock.core; print(xblock.core.__file__)"
    done = run(sys.executable, *path, "-c", code, cwd=ROOT / folder)

    assert "site-packages" in done.stdout, done.stderr


def test_import_xblock_means_the_library_in_this_process() -> None:
    core = pytest.importorskip("xblock.core")

    assert "site-packages" in core.__file__


@pytest.mark.parametrize("folder", [".", "xblock"])
@pytest.mark.parametrize("form", ["python -m pytest", "pytest"])
def test_import_xblock_means_the_library_under_pytest(folder: str, form: str) -> None:
    name = test_import_xblock_means_the_library_in_this_process.__name__
    start: list[str | Path] = [Path(sys.executable).parent / "pytest"]
    if form != "pytest":
        start = [sys.executable, "-m", "pytest"]
    done = run(*start, "-q", "-p", "no:cacheprovider", f"{__file__}::{name}", cwd=ROOT / folder)

    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_no_test_stands_inside_the_folder_xblock() -> None:
    stray = [named(p) for n in ("test*.py", "conftest.py") for p in (ROOT / "xblock").rglob(n)]

    assert not stray


def test_no_tests_folder_is_called_xblock() -> None:
    assert not [named(p) for p in (ROOT / "tests").rglob("xblock") if p.is_dir()]


def test_every_tests_folder_is_a_package() -> None:
    folders = {path.parent for path in source_files("tests")}

    assert not [named(f) for f in sorted(folders) if not (f / "__init__.py").exists()]


def test_no_function_is_long() -> None:
    found = [
        f"{named(path)}:{node.lineno}: {node.name} has {length(node)} lines"
        for path in source_files(*SOURCES)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and length(node) > LONGEST_FUNCTION
    ]

    assert not found


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize(
    ("folders", "longest"), [(SOURCES, LONGEST_FILE), (("tests",), LONGEST_TEST_FILE)]
)
def test_no_file_is_long(folders: tuple[str, ...], longest: int) -> None:
    lines = {named(p): len(p.read_text("utf-8").splitlines()) for p in source_files(*folders)}
    long = [f"{name} ({count} lines)" for name, count in lines.items() if count > longest]

    assert not long


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        named(path)
        for path in source_files(*SOURCES)
        if (tree := ast.parse(path.read_text("utf-8"))).body and not ast.get_docstring(tree)
    ]

    assert not silent


def test_importing_persistence_registers_every_table():
    folder = ROOT / "lti_tool" / "persistence"
    named = (folder / "__init__.py").read_text("utf-8")
    files = [file for file in folder.glob("*.py") if "__tablename__ = " in file.read_text("utf-8")]
    with_tables = {file.stem for file in files}
    assert with_tables
    assert {name for name in with_tables if f"    {name},\n" not in named} == set()
