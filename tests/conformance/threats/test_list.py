"""The list is whole: no threat without a test that carries its title, and no other titles."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.conformance.threats.threats import THREATS

HERE = Path(__file__).parent


def _titles() -> Iterator[str]:
    """Yield the first sentence of each test in this folder, on one line."""
    for file in HERE.glob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield " ".join((ast.get_docstring(node) or "").split())


def test_the_list_has_every_threat_from_1_to_52() -> None:
    assert list(THREATS) == [f"B{number}" for number in range(1, 53)]


def test_every_threat_has_a_test_under_its_title() -> None:
    titles = list(_titles())
    missing = [
        f"{name}: {title}"
        for name, title in THREATS.items()
        if not any(found.startswith(f"{name}: {title}") for found in titles)
    ]
    assert missing == []


def test_no_test_carries_a_title_that_is_not_on_the_list() -> None:
    known = {f"{name}: {title}" for name, title in THREATS.items()}
    odd = [t for t in _titles() if re.match(r"B\d", t) and not t.startswith(tuple(known))]
    assert odd == []
