"""What an import of the blocks brings in: the core library, nothing of an LMS."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import quoin_xblock

PACKAGE = Path(quoin_xblock.__file__).parent
ALLOWED = sys.stdlib_module_names | {"quoin_xblock", "xblock", "web_fragments", "webob"}
"""XBlock itself requires the last two."""


def test_modules_import_the_core_library_alone() -> None:
    """What the LMS has is imported in functions, where it may be missing."""
    found = [
        f"{path.name}:{node.lineno}"
        for path in PACKAGE.glob("*.py")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.Import | ast.ImportFrom) and not _names(node) <= ALLOWED
    ]

    assert not found


def _names(node: ast.Import | ast.ImportFrom) -> set[str]:
    if isinstance(node, ast.ImportFrom):
        return {(node.module or "").split(".")[0]}
    return {alias.name.split(".")[0] for alias in node.names}


def test_what_the_lms_has_is_reached_through_one_module() -> None:
    inside = ("lms", "openedx", "common", "xmodule", "crum", "completion", "opaque_keys")
    found = {
        path.name
        for path in PACKAGE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom) and _names(node) & set(inside)
    }

    assert found == {"compat.py"}


@pytest.mark.parametrize("name", ["competency_block", "progress_block"])
def test_a_block_can_be_imported_before_django_is_configured(name: str) -> None:
    code = f"import sys; import quoin_xblock.{name} as m; print(m.XBlock.__module__)"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False
    )

    assert done.stdout == "xblock.core\n", done.stderr
