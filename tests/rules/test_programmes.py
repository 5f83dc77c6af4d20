"""The 26 published programmes: every learner gets the stated answer for the stated reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from lti_tool.stack_text import load, read_document, read_record
from stacking_rules import Document, RollUp, Stack, certify, next_change, roll_up, verify_receipt
from stacking_rules.certificate import rules_at
from stacking_rules.standing import carried, level_of
from stacking_rules.versions import version_for

FOLDER = Path(__file__).parent / "programmes"
PRINTED = {
    "P01": 4, "P02": 3, "P03": 5, "P04": 4, "P05": 7, "P06": 9, "P07": 6, "P08": 5, "P09": 5,
    "P10": 5, "P11": 6, "P12": 7, "P13": 2, "P14": 3, "P15": 3, "P16": 4, "P17": 11, "P18": 5,
    "P19": 3, "P20": 3, "P21": 3, "P22": 6, "P23": 4, "P24": 3, "P25": 8, "P26": 1,
}  # fmt: skip
"""How many rules each programme prints."""
IN_WORDS = {
    ("P04", "R3"): "that no earlier degree is needed",
}
"""Printed rules that ask for nothing, so that no requirement carries them."""


@lru_cache(maxsize=64)
def document_of(name: str) -> Document:
    return read_document((FOLDER / f"{name}.yaml").read_text("utf-8"))


@lru_cache(maxsize=64)
def expected_of(name: str) -> dict[str, dict[str, Any]]:
    data, _ = load((FOLDER / name / "expected.yaml").read_text("utf-8"))
    assert isinstance(data, dict)
    return data


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("P*.yaml"))


def learners() -> Iterator[tuple[str, str]]:
    for name in names():
        for learner in expected_of(name):
            yield name, learner


def rolled_up(name: str, learner: str) -> tuple[RollUp, Stack, dict[str, Any], Any]:
    """Return the roll-up of a learner, the stack that is asked about, and how it was asked."""
    document, expected = document_of(name), expected_of(name)[learner]
    record = read_record(
        (FOLDER / name / f"{learner}.yaml").read_text("utf-8"), document.definitions
    )
    as_of = date.fromisoformat(expected["as_of"])
    when: dict[str, Any] = {"as_of": as_of, "known_on": datetime.combine(as_of, time.max, UTC)}
    found = roll_up(document.stacks, record, credits_of=document.award_credits, **when)
    key = expected.get("stack", document.stacks[-1].key)
    versions = [stack for stack in document.stacks if stack.key == key]
    return found, version_for(versions, record, **when), when, record


def test_all_programmes_are_there() -> None:
    assert [name[:3] for name in names()] == sorted(PRINTED)


@pytest.mark.parametrize("name", names())
def test_every_printed_rule_is_carried_somewhere(name: str) -> None:
    labels: set[str] = set()
    for stack in document_of(name).stacks:
        labels |= {label for _, node in stack.walk() for label in node.rule}
        labels |= {label for _, _, clause in stack.clauses() for label in clause.rule}
        labels |= {*stack.ledger_rule, *stack.issue_rule}
    wanted = {f"R{number}" for number in range(1, PRINTED[name[:3]] + 1)}
    wanted -= {rule for programme, rule in IN_WORDS if programme == name[:3]}
    assert labels == wanted


@pytest.mark.parametrize("name", names())
def test_every_learner_has_a_record_and_every_record_an_answer(name: str) -> None:
    records = {path.stem for path in (FOLDER / name).glob("*.yaml")} - {"expected"}
    assert records == set(expected_of(name))
    assert any(re.match("q", learner) for learner in records)
    assert any(re.match("n", learner) for learner in records) or name.startswith("P04")


@pytest.mark.parametrize(("name", "learner"), list(learners()))
def test_the_learner_gets_the_stated_answer(name: str, learner: str) -> None:
    expected = expected_of(name)[learner]
    found, stack, when, record = rolled_up(name, learner)
    progress = found.progress[stack.key]
    assert progress.status.value == expected["status"]
    made = {new.stack.key: new for new in found.new_awards}
    if "issued" in expected:
        assert (stack.key in made) is expected["issued"]
    if "level" in expected:
        assert level_of(stack, record, **when) == expected["level"]
    if "rollover" in expected:
        assert carried(stack, record, **when) == int(expected["rollover"])
    if "awarded_on" in expected:
        assert made[stack.key].award.awarded_on.isoformat() == expected["awarded_on"]
    if "ends" in expected:
        assert str(made[stack.key].award.valid_until) == expected["ends"]
    if "next_change" in expected:
        change = next_change(document_of(name).stacks, stack.key, record, **when)
        assert change is not None
        assert change.on.isoformat() == expected["next_change"]


@pytest.mark.parametrize(
    ("name", "learner"),
    [pair for pair in learners() if expected_of(pair[0])[pair[1]]["status"] == "not-met"],
)
def test_a_near_miss_fails_at_the_named_rules_and_at_no_other(name: str, learner: str) -> None:
    found, stack, when, record = rolled_up(name, learner)
    awards = (*record.awards, *(new.award for new in found.new_awards))
    with_awards = type(record)(
        record.completions, awards, record.attestations, record.learner, record.waivers
    )
    certificate = certify(stack, with_awards, **when)
    assert certificate is not None
    assert list(certificate.rules) == expected_of(name)[learner]["fails"]
    progress = found.progress[stack.key]
    if progress.at_fault:
        assert rules_at(stack, progress.at_fault) == certificate.rules
    assert certificate.together, "a smallest set that cannot all be met is named"
    assert certificate.kind != "open"


@pytest.mark.parametrize(("name", "learner"), list(learners()))
def test_the_receipt_of_every_award_can_be_checked_again(name: str, learner: str) -> None:
    found, _, _, _ = rolled_up(name, learner)
    for new in found.new_awards:
        assert verify_receipt(new.stack, new.receipt) == ()
        assert verify_receipt(new.stack, new.receipt | {"content_hash": "0"}) != ()
        counted = new.receipt["counted"]
        assert isinstance(counted, list)
        if counted:
            assert verify_receipt(new.stack, new.receipt | {"counted": counted[1:]}) != ()
