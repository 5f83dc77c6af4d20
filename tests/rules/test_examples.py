"""Learners made from a rule: each of them is what it is said to be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from stacking_rules import Status, certify, evaluate
from stacking_rules.examples import KNOWN_ON, examples
from tests.rules.helpers import TODAY, stack

WHEN: dict[str, Any] = {"as_of": TODAY, "known_on": KNOWN_ON}
RULES: tuple[Any, ...] = (
    {"all": ["a", "b", {"at_least": 2, "of": ["c", "d", "e"]}]},
    {"all": [{"completed": "a", "grade": 60}, {"award": "b"}, {"attested": "c"}]},
    {
        "credits": 12,
        "where": {"level": {"at_least": 6}},
        "of_which": [{"credits": 4, "where": {"home": True}}],
    },
    {"items": 4, "of_which": [{"distinct": "area", "at_least": 3}]},
    {"all": ["a", {"completed": "b", "after": "a"}]},
    {
        "all": [
            {"learner": {"profession": "nurse"}},
            {"credits": 6, "caps": [{"at_most": {"credits": 3}, "where": {"remote": True}}]},
        ]
    },
)


@pytest.mark.parametrize("rule", RULES)
def test_qualifiers_are_minimal(rule: object) -> None:
    award = stack(rule)
    found = examples(award, TODAY)
    assert found.qualifiers
    for record in found.qualifiers:
        assert evaluate(award, record, **WHEN).status is Status.MET
        for name in ("completions", "awards", "attestations"):
            facts = getattr(record, name)
            for index in range(len(facts)):
                fewer = replace(record, **{name: (*facts[:index], *facts[index + 1 :])})
                assert evaluate(award, fewer, **WHEN).status is not Status.MET


@pytest.mark.parametrize("rule", RULES)
def test_near_misses_fail_at_their_address_alone(rule: object) -> None:
    award = stack(rule)
    found = examples(award, TODAY)
    assert found.near_misses
    for miss in found.near_misses:
        certificate = certify(award, miss.record, **WHEN)
        assert certificate is not None
        assert certificate.at_fault == (miss.address,)


def test_every_clause_has_a_near_miss_or_is_named() -> None:
    found = examples(stack(RULES[2]), TODAY)
    assert {miss.address for miss in found.near_misses} == {"/", "/least"}
    assert found.without == ()


def test_a_rule_that_nobody_can_meet_has_no_examples() -> None:
    found = examples(stack({"all": ["a", {"id": "no", "none": ["a"]}]}), TODAY)
    assert (found.qualifiers, found.near_misses) == ((), ())
    assert "/a" in found.without
