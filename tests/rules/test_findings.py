"""Where the static analysis looks: every requirement, and what is above it."""

from __future__ import annotations

from typing import Any

from stacking_rules import parse_document
from stacking_rules.findings import ERROR, Finding, Spot, spots

NURSE = {"learner": {"profession": "nurse"}}
AT_LEAST_TWO = {"id": "two", "items": 2, "best": 2}


def every(requires: object, **more: object) -> dict[str, Spot]:
    """Return the spots of a stack by address, in the order in which they are found."""
    stacks = [{"key": "award", "requires": requires} | more]
    document = parse_document({"quoin": 2, "stacks": stacks})
    return {spot.address: spot for spot in spots(document, document.stacks[0])}


def scope(found: dict[str, Spot], address: str) -> list[str]:
    return [spot.address for spot in found[address].scope]


def test_requirements_are_found_parents_first_with_those_of_the_renewal() -> None:
    rule = {"all": ["a", {"id": "x", "any": ["b", "c"]}]}
    found = every(rule, lasts={"years": 3}, renewal={"requires": {"all": ["d"]}})
    assert list(found) == ["/", "/a", "/x", "/x/b", "/x/c", "/renewal", "/renewal/d"]
    assert [spot.address for spot in found["/x/c"].line] == ["/", "/x", "/x/c"]
    assert [spot.address for spot in found["/renewal/d"].line] == ["/renewal", "/renewal/d"]
    assert found["/x"].above == (found["/"],)


def test_what_is_looked_at_alone_is_bound_by_nothing_above_it() -> None:
    deep: dict[str, Any] = {"id": "deep", "all": [AT_LEAST_TWO, "a"]}
    choice = {"id": "c", "if": deep, "then": deep, "else": {"none": [deep]}}
    found = every({"all": [{"id": "no", "none": [deep]}, choice, {"id": "more", "all": [deep]}]})
    assert scope(found, "/no/deep/two") == ["/no/deep", "/no/deep/two"]
    assert scope(found, "/no/deep") == ["/no/deep"]
    assert scope(found, "/no") == ["/", "/no"]
    assert scope(found, "/c/if/two") == ["/c/if", "/c/if/two"]
    assert scope(found, "/c/then/two") == ["/", "/c", "/c/then", "/c/then/two"]
    assert scope(found, "/c/else/deep/a") == ["/c/else/deep", "/c/else/deep/a"]
    assert scope(found, "/more/deep/a") == ["/", "/more", "/more/deep", "/more/deep/a"]


def test_the_innermost_that_is_looked_at_alone_is_where_a_scope_begins() -> None:
    inner = {"id": "inner", "none": [{"id": "x", "all": ["a"]}]}
    found = every({"none": [{"id": "outer", "all": [inner, "b"]}]})
    assert scope(found, "/outer/inner/x/a") == ["/outer/inner/x", "/outer/inner/x/a"]
    assert scope(found, "/outer/inner") == ["/outer", "/outer/inner"]


def test_only_what_stands_below_groups_of_which_all_is_asked_is_needed() -> None:
    found = every(
        {
            "all": [
                {"id": "any", "any": ["a", {"id": "all", "all": ["b"]}]},
                {"id": "two", "at_least": 2, "of": ["c", "d"]},
                {"id": "no", "none": ["e"]},
                {"id": "if", "if": NURSE, "then": "f"},
            ]
        }
    )
    needed = [address for address, spot in found.items() if spot.is_needed]
    assert needed == ["/", "/any", "/two", "/two/c", "/two/d", "/no", "/if"]


def test_a_finding_is_about_the_requirement_or_one_of_its_clauses() -> None:
    spot = every({"all": [AT_LEAST_TWO]})["/two"]
    (best,) = spot.node.clauses
    assert spot.finding(ERROR, "code") == Finding("code", "error", "award", "/two", {}, "", "", 0)
    found = spot.finding(ERROR, "code", "why", clause=best, step="/of/1", need=2)
    assert found == Finding("code", "error", "award", "/two/best", {"need": 2}, "why", "/of/1", 0)
