"""What a fact means for competencies, by rules that people write. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from quoin_xblock.plugin import facts
from quoin_xblock.plugin.facts import Fact
from quoin_xblock.plugin.mapping import Outcome, RuleError, outcomes_of, read_rule, read_rules

BLOCK = "block-v1:Harbour+SQL+2026+type@html+block@joins"
AT = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)
GRADE = Fact(facts.COURSE_GRADE, 7, "course-v1:a+b+c", "e1", AT, grade=0.875)


def outcomes(fact: Fact, *written: dict[str, Any]) -> list[Outcome]:
    rules, problems = read_rules(list(written))
    assert not problems
    return outcomes_of(fact, rules)


def test_only_rules_of_the_same_kind_speak() -> None:
    passed = {"when": "course_passed", "competency": "a"}
    graded = {"when": "course_grade", "competency": "b"}

    assert outcomes(GRADE, passed, graded) == [Outcome("b", is_met=True, grade="87.5")]


@pytest.mark.parametrize(("grade", "is_met"), [(0.0, False), (0.799, False), (0.8, True)])
def test_a_threshold_is_met_from_its_value_on(grade: float, is_met: bool) -> None:
    rule = {"when": "course_grade", "competency": "a", "at_least": 0.8}

    assert [o.is_met for o in outcomes(replace(GRADE, grade=grade), rule)] == [is_met]


@pytest.mark.parametrize(
    ("grade", "text"),
    [(0.875, "87.5"), (1.0, "100"), (0.0, "0"), (0.1, "10"), (1 / 3, "33.33"), (1e-7, "0")],
)
def test_a_grade_is_told_in_percent(grade: float, text: str) -> None:
    rule = {"when": "course_grade", "competency": "a"}

    assert [o.grade for o in outcomes(replace(GRADE, grade=grade), rule)] == [text]


def test_a_block_is_the_one_that_the_rule_names() -> None:
    rule = {"when": "block_completed", "block": BLOCK, "competency": "a"}
    fact = Fact(facts.BLOCK_COMPLETED, 7, "c", "e", AT, place=BLOCK)

    assert len(outcomes(fact, rule)) == 1
    assert not outcomes(replace(fact, place=BLOCK + "2"), rule)


def test_a_certificate_counts_in_the_modes_that_the_rule_names() -> None:
    rule = {"when": "certificate", "modes": ["verified", "masters"], "competency": "a"}
    fact = Fact(facts.CERTIFICATE, 7, "c", "e", AT, mode="verified")

    assert len(outcomes(fact, rule)) == 1
    assert not outcomes(replace(fact, mode="honor"), rule)
    assert len(outcomes(replace(fact, mode="honor"), {**rule, "modes": []})) == 1


def test_what_is_no_longer_so_is_not_met() -> None:
    rule = {"when": "course_passed", "competency": "a"}
    fact = Fact(facts.COURSE_PASSED, 7, "c", "e", AT, is_met=False)

    assert outcomes(fact, rule) == [Outcome("a", is_met=False, grade=None)]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("course_passed", "write it as"),
        ({"competency": "a"}, "'when' is one of"),
        ({"when": "course_passed"}, "'competency' is the key"),
        ({"when": "course_passed", "competency": ""}, "'competency' is the key"),
        ({"when": "course_passed", "competency": "a" * 101}, "'competency' is the key"),
        ({"when": "course_passed", "competency": "a", "atleast": 1}, "there is no 'atleast'"),
        ({"when": "course_passed", "competency": "a", "at_least": 1}, "'at_least' goes with"),
        ({"when": "course_grade", "competency": "a", "at_least": 80}, "from 0 to 1"),
        ({"when": "course_grade", "competency": "a", "at_least": "0.8"}, "from 0 to 1"),
        ({"when": "course_grade", "competency": "a", "at_least": True}, "from 0 to 1"),
        ({"when": "block_completed", "competency": "a"}, "needs 'block'"),
        ({"when": "course_passed", "competency": "a", "modes": ["x"]}, "'modes' goes with"),
        ({"when": "certificate", "competency": "a", "modes": "verified"}, "'modes' is a list"),
    ],
)
def test_a_rule_that_cannot_be_used_says_what_to_change(rule: object, words: str) -> None:
    with pytest.raises(RuleError, match=words):
        read_rule(rule)


def test_wrong_rules_are_named_by_their_number_and_the_others_stay() -> None:
    good = {"when": "course_passed", "competency": "a"}
    rules, problems = read_rules([good, {}, good])

    assert len(rules) == 2
    assert [problem.partition(":")[0] for problem in problems] == ["Rule 2"]


@pytest.mark.parametrize("written", [{"when": "x"}, "text", None, 7])
def test_rules_that_are_no_list_are_one_problem(written: object) -> None:
    rules, problems = read_rules(written)

    assert not rules
    assert len(problems) == 1
