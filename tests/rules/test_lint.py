"""What is wrong or surprising in a stack, found before any learner meets it."""

from __future__ import annotations

from typing import Any

import pytest

from lti_tool.lint_words import FINDINGS
from stacking_rules import Finding, lint, parse_document

KNOWN = {
    "sql": {"credits": 2},
    "r": {"credits": 3, "scale": "1-5"},
    "old": {"credits": 2, "status": "retired", "replaced_by": "sql"},
}


def found(requires: object, **more: object) -> list[Finding]:
    """Return what is found in a document of one stack, "award"."""
    document: dict[str, Any] = {
        "quoin": 2,
        "achievements": KNOWN,
        "stacks": [{"key": "award", "requires": requires}],
    }
    return list(lint(parse_document(document | more)))


def codes(requires: object, **more: object) -> list[tuple[str, str]]:
    return [(finding.code, finding.address) for finding in found(requires, **more)]


def test_nothing_is_said_of_a_sound_rule() -> None:
    assert codes({"all": ["sql", {"id": "more", "credits": 3, "of": ["sql", "r"]}]}) == []


@pytest.mark.parametrize(
    ("requires", "code", "address"),
    [
        ({"all": [{"award": "award"}, "sql"]}, "self-reference", "/award"),
        ({"items": 1, "of": [{"award": "award"}]}, "self-reference", "/"),
        ({"all": ["sql", "go"]}, "unknown-achievement", "/go"),
        ({"all": ["sql", "old"]}, "only-retired", "/old"),
        ({"credits": 6, "of": ["sql", "r"]}, "unsatisfiable", "/"),
        ({"items": 3, "of": ["sql", "r"]}, "unsatisfiable", "/"),
        ({"items": 2, "of": ["sql", "r"], "best": 1}, "unsatisfiable", "/"),
        ({"credits": 4, "caps": [{"at_most": {"credits": 3}}]}, "unsatisfiable", "/cap"),
        ({"all": ["sql", {"id": "no", "none": ["sql"]}]}, "unsatisfiable", "/"),
        ({"all": ["sql", {"id": "again", "completed": "sql"}]}, "duplicate-child", "/"),
        ({"all": ["sql", {"id": "one", "any": ["r"]}]}, "redundant-group", "/one"),
        ({"at_least": 0, "of": ["sql", "r"]}, "nothing-needed", "/"),
        ({"all": ["sql", {"completed": "r", "grade": 50}]}, "no-table", "/r"),
        ({"all": ["sql", {"id": "no", "none": ["r"]}]}, "non-monotone", "/no"),
        ({"credits": 2, "of_which": [{"mean": 60}]}, "non-monotone", "/mean"),
        ("sql", "first-step", "/"),
        ({"all": ["sql", {"award": "elsewhere"}]}, "unknown-award", "/elsewhere"),
        (
            {"credits": 9, "of_which": [{"share": "1/2", "base": "needed"}]},
            "fraction",
            "/least",
        ),
        (
            {"credits": 30, "of_which": [{"share": "3/4", "base": "needed", "printed": 24}]},
            "printed-number",
            "/least",
        ),
        (
            {
                "all": [{"id": "a", "credits": 2}, {"id": "b", "credits": 2}],
                "sharing": [
                    {"between": ["a", "b"], "at_most": {"items": 1}},
                    {"between": ["b", "a"], "at_most": {"items": 2}},
                ],
            },
            "conflicting-shares",
            "/share-2",
        ),
    ],
)
def test_it_is_found_at_its_address(requires: object, code: str, address: str) -> None:
    assert (code, address) in codes(requires)


def test_a_share_that_is_whole_or_rounded_is_no_finding() -> None:
    share: dict[str, Any] = {"share": "1/2", "base": "needed"}
    assert codes({"credits": 8, "of_which": [share]}) == []
    assert codes({"credits": 9, "of_which": [share | {"round": "up"}]}) == []


def test_a_circle_of_substitutions_is_an_error() -> None:
    entries = [{"for": "sql", "instead": "r"}, {"for": "r", "instead": "sql"}]
    (finding,) = found({"all": ["sql", "r"]}, accepted=entries)
    assert (finding.code, finding.severity, finding.about) == (
        "substitution-cycle",
        "error",
        "r -> sql -> r",
    )


def test_a_grade_table_makes_scales_comparable() -> None:
    rule = {"all": ["sql", {"completed": "r", "grade": 50}]}
    table = {"from": "1-5", "to": "0-100", "rows": {"1": 0, "3": 50, "5": 90}}
    assert codes(rule, tables=[table]) == []


def test_errors_come_first_and_every_code_has_words() -> None:
    rule = {"all": [{"id": "one", "any": ["go"]}, {"id": "none", "none": ["r"]}]}
    findings = found(rule)
    severities = [finding.severity for finding in findings]
    assert severities == sorted(severities)
    assert all(FINDINGS[finding.code].format(about=finding.about) for finding in findings)
