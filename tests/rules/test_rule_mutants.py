"""Small changes of a rule: which there are, and which ones examples notice."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from lti_tool.stack_text import read_document
from stacking_rules import LearnerRecord, Stack
from stacking_rules.examples import examples
from stacking_rules.rule_mutants import mutants, rule_mutation_score
from tests.rules.helpers import NOW, TODAY, done, has, stack

FOLDER = Path(__file__).parent / "programmes"
LATER = datetime(2030, 1, 1, tzinfo=UTC)


def asked(*records: LearnerRecord) -> list[tuple[LearnerRecord, date, datetime]]:
    return [(record, TODAY, NOW) for record in records]


def changes(rule: object) -> set[tuple[str, str, str, str]]:
    found = [mutant.change for mutant in mutants(stack(rule))]
    return {(c.address, c.kind, c.before, c.after) for c in found}


def test_an_amount_is_changed_by_one_step_either_way() -> None:
    assert changes({"credits": 12, "of": ["a", "b"]}) == {
        ("/", "need", "12", "12.5"),
        ("/", "need", "12", "11.5"),
        ("/", "option", "a", ""),
        ("/", "option", "b", ""),
    }


def test_a_group_asks_for_one_part_more_or_less_and_loses_each() -> None:
    assert changes({"at_least": 2, "of": ["a", "b", "c"]}) == {
        ("/", "count", "2", "3"),
        ("/", "count", "2", "1"),
        *(("/", "part", key, "") for key in "abc"),
    }


def test_use_changes_only_where_something_else_could_use_the_items() -> None:
    one, two = {"id": "one", "credits": 4}, {"id": "two", "credits": 6}
    assert ("/one", "use", "consume", "overlay") in changes({"all": [one, two]})
    assert not any(kind == "use" for _, kind, _, _ in changes(one))


def test_clauses_lose_a_step_gain_a_step_and_go() -> None:
    rule = {
        "credits": 12,
        "caps": [{"id": "cap", "at_most": {"credits": 4}, "where": {"level": {"at_least": 6}}}],
        "window": {"id": "window", "within": {"years": 5}},
        "grade": 50,
    }
    assert changes(rule) >= {
        ("/cap", "limit", "4", "4.5"),
        ("/cap", "limit", "4", "3.5"),
        ("/cap", "where", "6", "7"),
        ("/cap", "clause", "", ""),
        ("/window", "days", "", "+1"),
        ("/window", "days", "", "-1"),
        ("/", "grade", "50", "51"),
        ("/", "grade", "50", ""),
    }


def test_the_score_names_what_no_example_notices() -> None:
    award = stack({"credits": 12})
    just, short = has(done("a", credits=12)), has(done("a", credits="11.5"))
    both = rule_mutation_score(award, asked(just, short))
    assert (both.tried, both.noticed, both.survivors) == (2, 2, ())
    one = rule_mutation_score(award, asked(just))
    assert [(c.kind, c.after) for c in one.survivors] == [("need", "11.5")]
    none = rule_mutation_score(award, asked())
    assert none.noticed == 0


MEASURED = {
    "P01-mitx-supply-chain": (17, 17),
    "P02-mitx-statistics": (30, 30),
    "P04-boulder-mscs": (16, 16),
    "P10-hku-space": (23, 23),
    "P16-nep-bank": (20, 20),
    "P19-kubestronaut": (10, 10),
    "P26-milestone-badge": (7, 7),
}
"""Programme -> (changes noticed by the examples that are made, changes tried)."""


@pytest.mark.parametrize("name", MEASURED)
def test_examples_notice_changes_of_the_rules_they_are_made_from(name: str) -> None:
    found = [score_of(award) for award in read_document(text_of(name)).stacks]
    noticed, tried = MEASURED[name]
    assert sum(tried for _, tried in found) == tried
    assert sum(noticed for noticed, _ in found) >= noticed


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.yaml").read_text("utf-8")


def score_of(award: Stack) -> tuple[int, int]:
    found = examples(award, TODAY)
    every = (*found.qualifiers, *found.near_misses, *found.pairs)
    score = rule_mutation_score(award, [(one.record, one.as_of, LATER) for one in every])
    return score.noticed, score.tried
