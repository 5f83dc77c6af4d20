"""Short ways to say what the static analysis finds in a rule."""

from __future__ import annotations

from typing import Any

from stacking_rules import Finding, lint, parse_document

KNOWN = {
    "sql": {"credits": 2},
    "r": {"credits": 3, "scale": "1-5"},
    "go": {"credits": 3, "attributes": {"level": 4, "area": "code"}},
    "java": {"credits": 3, "attributes": {"level": 6, "area": "code"}},
    "old": {"credits": 2, "status": "retired", "replaced_by": "sql"},
    "older": {"credits": 2, "status": "retired"},
}


def found(requires: object, stack: dict[str, Any] | None = None, **more: object) -> list[Finding]:
    """Return what is found in a document of one stack, "award"."""
    document: dict[str, Any] = {
        "quoin": 2,
        "achievements": KNOWN,
        "stacks": [{"key": "award", "requires": requires} | (stack or {})],
    }
    return list(lint(parse_document(document | more)))


def codes(
    requires: object, stack: dict[str, Any] | None = None, **more: object
) -> list[tuple[str, str]]:
    """Return (code with its sentence, address with the step below it) of what is found."""
    return [_told(f) for f in found(requires, stack, **more)]


def claims(
    requires: object, stack: dict[str, Any] | None = None, **more: object
) -> list[tuple[str, str]]:
    """Return as ``codes`` does what is found, without remarks."""
    return [_told(f) for f in found(requires, stack, **more) if f.severity != "info"]


def _told(finding: Finding) -> tuple[str, str]:
    code = f"{finding.code}.{finding.why}" if finding.why else finding.code
    return code, f"{finding.address}{finding.step}"
