"""The 29 semantic decisions, each as cases that a registrar could read (tests/rules/cases)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from stacking_rules import (
    Document,
    LearnerRecord,
    RollUp,
    StackError,
    evaluate,
    lint,
    next_change,
    parse_document,
    parse_record,
    roll_up,
)
from stacking_rules.duplicates import to_review
from stacking_rules.search import Budget
from tests.rules.decision_cases import FOLDER, TODAY, cases, document_data

CASES = [pytest.param(case, id=name) for name, case in cases()]


def document_of(case: dict[str, Any]) -> Document:
    return parse_document(document_data(case))


def test_every_decision_has_cases() -> None:
    numbers = [int(path.name[1:3]) for path in sorted(FOLDER.glob("D*.yaml"))]
    assert numbers == list(range(1, 30))


@pytest.mark.parametrize("case", CASES)
def test_the_decision_holds(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    as_of = date.fromisoformat(case.get("as_of", TODAY))
    known = date.fromisoformat(case.get("known_on", "2026-12-31"))
    when: dict[str, Any] = {"as_of": as_of, "known_on": datetime.combine(known, time.max, UTC)}
    if "decisions" in case:
        monkeypatch.setattr("stacking_rules.allocate.Budget", lambda: Budget(case["decisions"]))
    if "error" in case:
        with pytest.raises(StackError, match=case["error"]):
            roll_up(document_of(case).stacks, parse_record(case["record"]), **when)
        return
    document = document_of(case)
    record = parse_record(case["record"], document.definitions)
    found = roll_up(document.stacks, record, **when)
    progress = found.progress["award"]
    assert progress.status.value == case["expect"]
    nodes = {node.address: node for node in progress.walk()}
    seen: dict[str, Any] = {
        "have": {at: str(nodes[at].have) for at in case.get("have", ())},
        "counted": {at: [f.id for f in nodes[at].counted] for at in case.get("counted", ())},
        "review": [list(pair) for pair in to_review(record)],
        **awards_of(found),
        **outlook_of(document, record, when),
    }
    for name in case.keys() & seen.keys():
        assert seen[name] == case[name], name
    if "finding" in case:
        assert case["finding"] in {finding.code for finding in lint(document)}


def awards_of(found: RollUp) -> dict[str, Any]:
    made = {new.stack.key: new.award for new in found.new_awards}
    ends = {"ends": str(made["award"].valid_until)} if "award" in made else {}
    return {"awards": list(made), **ends}


def outlook_of(document: Document, record: LearnerRecord, when: dict[str, Any]) -> dict[str, Any]:
    change = next_change(document.stacks, "award", record, **when)
    outlook = evaluate(document.stacks[0], record, **when, is_optimistic=True)
    return {
        "next_change": None if change is None else str(change.on),
        "outlook": outlook.status.value,
    }


@pytest.mark.parametrize("case", CASES)
def test_the_order_of_what_is_recorded_does_not_matter(
    case: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    if "error" in case:
        pytest.skip("there is no answer to compare")
    if "decisions" in case:
        monkeypatch.setattr("stacking_rules.allocate.Budget", lambda: Budget(case["decisions"]))
    as_of = date.fromisoformat(case.get("as_of", TODAY))
    when: dict[str, Any] = {"as_of": as_of, "known_on": datetime(2026, 12, 31, tzinfo=UTC)}
    document = document_of(case)
    record = parse_record(case["record"], document.definitions)
    turned = replace(record, completions=record.completions[::-1], awards=record.awards[::-1])
    stack = document.stacks[0]
    assert evaluate(stack, record, **when) == evaluate(stack, turned, **when)
