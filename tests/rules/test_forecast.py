"""The next day on which an answer changes by itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from stacking_rules import parse_document, parse_record
from stacking_rules.forecast import next_change
from tests.rules.helpers import NOW

FACT = {"id": "f", "achievement": "sql", "credits": 5}


def change(stacks: list[dict[str, Any]], fact: dict[str, Any], as_of: str) -> str | None:
    known = parse_document({"quoin": 2, "stacks": stacks}).stacks
    record = parse_record({"completions": [{**FACT, **fact}]})
    found = next_change(known, "k", record, as_of=date.fromisoformat(as_of), known_on=NOW)
    return None if found is None else f"{found.on} {found.status}"


@pytest.mark.parametrize(
    ("rule", "fact", "as_of", "found"),
    [
        ("sql", {"on": "2026-03-01"}, "2026-02-01", "2026-03-01 met"),
        ("sql", {"on": "2026-03-01"}, "2026-03-01", None),
        ("sql", {"on": "2026-03-01", "valid_until": "2027-03-01"}, "2026-04-01",
         "2027-03-01 not-met"),
        ({"all": ["sql"], "grace": {"months": 1}},
         {"on": "2026-03-01", "valid_until": "2027-03-01"}, "2026-04-01", "2027-04-01 not-met"),
        ({"all": ["sql"], "open": {"from": "2027-01-01", "until": "2028-01-01"}},
         {"on": "2026-03-01"}, "2026-04-01", "2027-01-01 met"),
        ({"all": ["sql"], "open": {"from": "2027-01-01", "until": "2028-01-01"}},
         {"on": "2026-03-01"}, "2027-04-01", "2028-01-01 not-met"),
        ({"completed": "sql", "where": {"on": {"last": {"years": 1}}}},
         {"on": "2026-03-01"}, "2026-04-01", "2027-03-02 not-met"),
        ({"items": 1, "filters": [{"where": {"on": {"last": {"years": 1}}}}]},
         {"on": "2026-03-01"}, "2026-04-01", "2027-03-02 not-met"),
    ],
)  # fmt: skip
def test_an_answer_changes_where_something_begins_or_ceases_to_count(
    rule: object, fact: dict[str, Any], as_of: str, found: str | None
) -> None:
    assert change([{"key": "k", "requires": rule}], fact, as_of) == found


def test_an_answer_changes_when_another_version_comes_into_force() -> None:
    stacks = [
        {"key": "k", "version": 1, "requires": "sql", "until": "2027-01-01"},
        {"key": "k", "version": 2, "requires": "r", "from": "2027-01-01"},
    ]
    assert change(stacks, {"on": "2026-03-01"}, "2026-04-01") == "2027-01-01 not-met"
