"""The cases of the semantic decisions (tests/rules/cases): short documents with a record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lti_tool.stack_text import load

FOLDER = Path(__file__).parent / "cases"
TODAY = "2026-06-30"
OF_A_STACK = (
    "repeats",
    "valid",
    "issue",
    "consume",
    "supersedes",
    "credit_kind",
    "renewal",
    "until",
)


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every case with its name."""
    for path in sorted(FOLDER.glob("D*.yaml")):
        data, _ = load(path.read_text("utf-8"))
        for case in data["cases"]:
            yield f"{path.stem[:3]} {case['name']}", case


def document_data(case: dict[str, Any]) -> dict[str, Any]:
    """Return the stack document that a case writes in short."""
    stack = {"key": "award", "requires": case["rule"]}
    stack |= {name: case[name] for name in OF_A_STACK if name in case}
    return {"quoin": 2, "stacks": [stack, *case.get("more", [])], **case.get("definitions", {})}
