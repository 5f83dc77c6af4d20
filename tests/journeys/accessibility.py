"""axe-core, run inside a page of the tool: WCAG 2.2 A and AA, and its best practices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(frame: Any) -> list[str]:
    """Return what axe-core finds wrong, as ``rule: selector``."""
    if not AXE.is_file():
        pytest.skip("axe-core is not in node_modules (make install fetches it by npm)")
    # The tool's own policy forbids inline scripts; the debugger may evaluate one all the same.
    if frame.evaluate("typeof axe") == "undefined":
        frame.evaluate(AXE.read_text("utf-8") + "; null")
    found = frame.evaluate(
        "rules => axe.run({runOnly: rules, preload: false, resultTypes: ['violations']})"
        ".then(r => r.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target}`)))",
        RULES,
    )
    return list(found)
