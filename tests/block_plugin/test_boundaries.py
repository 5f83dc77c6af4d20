"""What the plugin may import when it is loaded: what every LMS has, and nothing under the AGPL."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PLUGIN = Path(__file__).resolve().parents[2] / "xblock" / "quoin_xblock" / "plugin"
PURE = ("facts.py", "mapping.py", "delivery.py")
FILES = sorted(PLUGIN.rglob("*.py"))


def imports_at_load(path: Path) -> Iterator[str]:
    """Give the packages that are imported outside of functions."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PLUGIN)))
def test_only_django_is_needed_to_load_the_plugin(path: Path) -> None:
    allowed = sys.stdlib_module_names | {"quoin_xblock"}
    if path.name not in PURE:
        allowed |= {"django"}
    if path.name == "tasks.py":
        allowed |= {"celery"}

    assert set(imports_at_load(path)) <= allowed


def test_there_are_such_files() -> None:
    assert len(FILES) > 25
    assert {path.name for path in FILES} > set(PURE)
