"""Guards over the whole tree."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def test_the_import_contracts_are_kept() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_xblock_is_a_folder_and_not_a_package() -> None:
    assert not (ROOT / "xblock" / "__init__.py").exists()
    assert not list((ROOT / "xblock").rglob("test_*.py"))
    assert not list((ROOT / "xblock").rglob("conftest.py"))
    assert not (ROOT / "tests" / "xblock").exists()


@pytest.mark.parametrize("folder", [".", "xblock"])
def test_import_xblock_means_the_core_library(folder: str) -> None:
    code = "import xblock.core; print(xblock.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / folder, capture_output=True, text=True, check=True
    )
    assert "site-packages" in done.stdout


def test_every_tests_folder_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_the_engine_imports_the_standard_library_alone() -> None:
    code = (
        "import sys; before = set(sys.modules); import stacking_rules; "
        "print({m.split('.')[0] for m in set(sys.modules) - before})"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = eval(done.stdout)
    assert loaded <= set(sys.stdlib_module_names) | {"stacking_rules"}
