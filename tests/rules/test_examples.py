"""Learners made from a rule: each of them is what it is said to be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest

from lti_tool.stack_text import read_document, read_record
from lti_tool.stack_yaml import dump
from stacking_rules import LearnerRecord, Stack, Status, certify, evaluate, parse_stack
from stacking_rules.examples import Examples, are_near, examples, faults, first_qualifier
from stacking_rules.made_records import KNOWN_ON, facts_of, is_met, without
from stacking_rules.write_record import write_record
from tests.rules.helpers import TODAY, has, stack
from tests.rules.random_rules import AS_OF, Draw

FOLDER = Path(__file__).parent / "programmes"
KEYS = {
    path.stem: [s.key for s in read_document(path.read_text("utf-8")).stacks]
    for path in sorted(FOLDER.glob("P*.yaml"))
}
STACKS = [(name, number) for name, keys in KEYS.items() for number in range(len(keys))]
WITHOUT = {("P17-ib-diploma", "/standard/else/best")}
"""With fewer than three subjects at standard level the best two are all there are."""
PAIRS = {
    "P05-illinois-mcs": [("/transfer", "/own")],
    "P06-georgia-tech-mscs": [("/total/lower-or-other", "/total/graduate-computing")],
    "P12-open-university": [("/", "/stage-1")],
    "P14-ncea-level-2": [("/any-level", "/level-1-reuse")],
    "P17-ib-diploma": [("/two-2", "/higher")],
    "P21-pmp": [("/giving-back", "/education")],
    "P22-cissp": [("/cpe/group-b", "/cpe/group-a")],
}


@lru_cache(maxsize=64)
def made(name: str, number: int) -> tuple[Stack, Examples]:
    found = read_document((FOLDER / f"{name}.yaml").read_text("utf-8")).stacks[number]
    return found, examples(found, TODAY)


def status(award: Stack, record: LearnerRecord, as_of: date) -> Status:
    return evaluate(award, record, as_of=as_of, known_on=KNOWN_ON).status


def fewer(record: LearnerRecord) -> Iterator[LearnerRecord]:
    """Yield the record without each of its facts."""
    return (without(record, fact) for fact in facts_of(record))


def check(award: Stack, found: Examples) -> None:
    for one in found.qualifiers:
        assert status(award, one.record, one.as_of) is Status.MET
        assert not any(is_met(award, less, one.as_of) for less in fewer(one.record))
    for miss in found.near_misses:
        certificate = certify(award, miss.record, as_of=miss.as_of, known_on=KNOWN_ON)
        assert certificate is not None
        assert certificate.at_fault == (miss.address,)
    for pair in found.pairs:
        certificate = certify(award, pair.record, as_of=pair.as_of, known_on=KNOWN_ON)
        assert certificate is not None
        assert len(pair.addresses) > 1
        assert {*certificate.at_fault} <= {*pair.addresses}
        assert {*certificate.at_fault} != {pair.addresses[0]}


@pytest.mark.parametrize(("name", "number"), STACKS)
def test_every_programme_has_qualifiers_and_near_misses_that_are_what_they_say(
    name: str, number: int
) -> None:
    award, found = made(name, number)
    assert found.qualifiers
    assert found.near_misses
    check(award, found)


def test_every_address_has_a_near_miss_or_fails_only_with_another() -> None:
    assert len(STACKS) == 45
    without, pairs = set(), {}
    for name, number in STACKS:
        _, found = made(name, number)
        without |= {(name, gone.address) for gone in found.without}
        if found.pairs:
            pairs[name] = [pair.addresses for pair in found.pairs]
    assert without == WITHOUT
    assert pairs == PAIRS


@pytest.mark.parametrize(("name", "number"), STACKS)
def test_what_is_written_reads_as_the_same_learner(name: str, number: int) -> None:
    award, found = made(name, number)
    for one in (*found.qualifiers, *found.near_misses, *found.pairs):
        text = dump(write_record(one.record, award.definitions))
        assert json.dumps(write_record(one.record, award.definitions), default=str)
        again = read_record(text, award.definitions)
        assert write_record(again, award.definitions) == write_record(one.record, award.definitions)
        assert status(award, again, one.as_of) is status(award, one.record, one.as_of)


@pytest.mark.parametrize("name", ["grade", "on", "started", "recorded"])
def test_a_rule_that_asks_for_something_to_be_known_has_examples(name: str) -> None:
    award = stack({"items": 1, "of": ["a"], "where": {name: {"known": True}}})
    found = examples(award, TODAY)
    check(award, found)
    assert found.qualifiers
    assert found.near_misses


@pytest.mark.parametrize("name", ["P08-arizona-certificates", "P15-ncea-2024", "P21-pmp"])
def test_the_same_rule_gives_the_same_examples(name: str) -> None:
    award, found = made(name, 0)
    assert examples(replace(award), TODAY) == found


RANDOM = range(60)


def test_nearly_all_random_rules_that_can_be_met_have_a_qualifier() -> None:
    """Some of these rules nobody can meet; of 568 that can be met, 558 have a qualifier."""
    found = 0
    for seed in RANDOM:
        award = parse_stack(Draw(seed).stack)
        record = first_qualifier(award, AS_OF)
        if record is not None:
            found += 1
            assert status(award, record, AS_OF) is Status.MET
            assert not any(is_met(award, less, AS_OF) for less in fewer(record))
    assert found == 44


@pytest.mark.parametrize("seed", [0, 1, 3, 5, 8, 11, 12])
def test_examples_of_random_rules_are_what_they_say(seed: int) -> None:
    award = parse_stack(Draw(seed).stack)
    check(award, examples(award, AS_OF))


def test_a_near_miss_is_a_step_away() -> None:
    found = examples(stack({"credits": 12, "where": {"level": {"at_least": 6}}}), TODAY)
    changes = {(m.change.kind, m.change.before, m.change.after) for m in found.near_misses}
    assert ("need", "12", "11.5") in changes
    short = next(m for m in found.near_misses if m.change.kind == "need")
    assert sum(fact.credits for fact in short.record.completions) == 11.5


def test_each_option_and_each_branch_has_a_qualifier() -> None:
    rule = {"any": ["a", {"all": ["b", "c"]}, {"if": {"learner": {"x": 1}}, "then": "d"}]}
    found = examples(stack(rule), TODAY)
    held = {tuple(f.achievement for f in facts_of(one.record)) for one in found.qualifiers}
    assert {("a",), ("b", "c")} <= held


def test_a_clause_that_nobody_can_fail_is_named() -> None:
    rule = {"items": 2, "of": ["a", "b"], "best": 3}
    found = examples(stack(rule), TODAY)
    assert [(gone.address, gone.reason) for gone in found.without] == [("/best", "not-found")]


def test_a_rule_that_nobody_can_meet_has_no_examples() -> None:
    found = examples(stack({"all": ["a", {"id": "no", "none": ["a"]}]}), TODAY)
    assert (found.qualifiers, found.near_misses) == ((), ())
    assert {gone.reason for gone in found.without} == {"no-qualifier"}


def test_somebody_at_the_edge_is_looked_for_with_twelve_changes_of_a_rule() -> None:
    """Each of eight grades is at its best, so that nobody notices 51 or 49 instead of 50.

    Nobody can fail 49 who meets 50: twelve changes lead to six learners.
    """
    rule = {"all": [{"completed": f"c{number}", "grade": 50} for number in range(8)]}
    found = examples(stack(rule), TODAY)
    held = [[int(fact.grade.value) for fact in one.record.completions if fact.grade]
            for one in found.qualifiers]  # fmt: skip
    edges = [[50 if place == edge else 100 for place in range(8)] for edge in range(6)]
    assert held == [[100] * 8, *edges]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("/a/b", "/a/c", True),
        ("/a/b", "/a", True),
        ("/a", "/a/b", True),
        ("/a", "/b", True),
        ("/a", "/", True),
        ("/", "/a", True),
        ("/a/b", "/c/d", False),
        ("/a/b/c", "/a", False),
        ("/a", "/b/c", False),
    ],
)
def test_addresses_are_near_below_the_same_one_or_one_below_the_other(
    one: str, other: str, expected: bool
) -> None:
    assert are_near(one, other) is expected


def test_nothing_is_at_fault_where_the_rule_is_met() -> None:
    assert faults(stack("a"), has("a"), TODAY) == ()
    assert faults(stack("a"), has("b"), TODAY) == ("/",)
