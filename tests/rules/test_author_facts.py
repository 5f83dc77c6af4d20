"""What an author is told of every stack: numbers of ways, what can change, how it is decided."""

from __future__ import annotations

from typing import Any

import pytest

from stacking_rules import parse_document
from stacking_rules.author_facts import author_facts

WORTH = {"a": 2, "b": 3, "c": 3, "d": 4, "e": 5}
LAST_FIVE_YEARS = {"on": {"last": {"years": 5}}}
Told = dict[tuple[str, str], tuple[str, dict[str, Any]]]


def told(requires: object, **more: object) -> Told:
    """Return, by code and sentence, the address and the values of what is told of a stack."""
    data = {
        "quoin": 2,
        "achievements": {key: {"credits": worth} for key, worth in WORTH.items()},
        "stacks": [{"key": "award", "requires": requires} | more],
    }
    found = author_facts(parse_document(data))
    assert {(f.stack, f.position, f.step) for f in found} == {("award", 0, "")}
    assert {f.severity for f in found if f.code != "many-compete"} == {"fact"}
    assert len(found) == len({(f.code, f.why, f.address) for f in found})
    return {(f.code, f.why): (f.address, dict(f.values)) for f in found}


NOTHING_CHANGES: Told = {("lapses", "never"): ("", {}), ("undone", "never"): ("", {})}
BY_THRESHOLDS: Told = {("decided", "thresholds"): ("", {})}


def test_a_single_way_has_fixed_credits() -> None:
    assert told({"all": ["a", "b"]}) == NOTHING_CHANGES | BY_THRESHOLDS | {
        ("items", ""): ("", {"fewest": 2}),
        ("ways", "one"): ("", {"count": "1"}),
        ("credits", "fixed"): ("", {"least": 5, "most": 5}),
    }


def test_several_ways_have_a_range_of_credits() -> None:
    assert told({"at_least": 2, "of": ["a", "b", "e"]}) == NOTHING_CHANGES | BY_THRESHOLDS | {
        ("items", ""): ("", {"fewest": 2}),
        ("ways", ""): ("", {"count": "3"}),
        ("credits", ""): ("", {"least": 5, "most": 8}),
    }


def test_large_numbers_are_written_in_groups_of_three() -> None:
    found = told({"items": 10, "of": [f"k{number}" for number in range(30)]})
    assert found["ways", ""] == ("", {"count": "30,045,015"})
    assert found["unsaid", "worth"] == ("", {"at": "k0"})
    assert ("credits", "") not in found


def test_more_ways_than_are_written_out_are_told_as_more() -> None:
    twelve = [f"k{number}" for number in range(12)]
    found = told({"all": [{"id": name, "items": 3, "of": twelve} for name in "xy"]})
    assert found["ways", "more"] == ("", {"count": "100"})
    assert found["items", ""] == ("", {"fewest": 6})
    assert found["unsaid", "many"] == ("", {"at": "/"})


def test_without_a_way_neither_items_nor_credits_are_told() -> None:
    assert told({"credits": 20, "of": ["a", "b"]}) == NOTHING_CHANGES | BY_THRESHOLDS | {
        ("ways", "none"): ("", {})
    }


def test_what_is_not_counted_is_told_with_its_reason() -> None:
    assert told({"all": ["a", {"id": "x", "credits": 4}]}) == NOTHING_CHANGES | {
        ("unsaid", "open"): ("", {"at": "/x"}),
        ("decided", "credits"): ("/x", {}),
    }


def test_an_award_that_ends_and_tests_on_the_day_lapse() -> None:
    recent = {"id": "x", "credits": 4, "of": ["b", "d"], "where": LAST_FIVE_YEARS}
    found = told({"all": ["a", recent]}, valid="throughout")
    assert found["lapses", "award"] == ("", {})
    assert found["lapses", ""] == ("/x", {})
    assert ("lapses", "never") not in found
    assert found["undone", "never"] == ("", {})


def test_what_a_further_attempt_can_undo_is_told() -> None:
    found = told({"all": ["a", "b"]}, repeats="latest")
    assert found["undone", "repeats"] == ("", {})
    assert ("undone", "never") not in found


def test_of_a_rule_that_forbids_it_is_not_told_that_nothing_undoes_it() -> None:
    found = told({"all": ["a", {"id": "no", "none": ["b"]}]})
    assert not {why for code, why in found if code == "undone"}


def test_the_clause_that_needs_a_search_is_told_where_it_stands() -> None:
    found = told({"id": "x", "credits": 6, "of": ["a", "b", "c", "d"], "best": 2})
    assert found["decided", "clause"] == ("/best", {})


@pytest.mark.parametrize(("number", "is_many"), [(10, False), (11, True)])
def test_more_than_ten_requirements_that_compete_are_remarked(number: int, is_many: bool) -> None:
    chain = [{"id": f"p{n}", "items": 1, "of": [f"k{n}", f"k{n + 1}"]} for n in range(number)]
    found = told({"all": chain})
    assert found["decided", "counts"] == ("", {})
    assert found.get(("many-compete", "")) == (("/", {"count": 11}) if is_many else None)


def test_facts_come_in_the_order_of_the_stacks() -> None:
    stacks = [{"key": key, "requires": {"all": ["a", "b"]}} for key in ("one", "two")]
    found = author_facts(parse_document({"quoin": 2, "stacks": stacks}))
    assert list(dict.fromkeys((f.position, f.stack) for f in found)) == [(0, "one"), (1, "two")]
