"""What is claimed rests on what is declared alone: all else is taken to turn out well."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.linting import claims

KNOWN = {
    "low": {"credits": 2, "attributes": {"level": 4, "area": "code", "seen": "1999-01-01"}},
    "high": {"credits": 3, "attributes": {"level": 6, "area": "data", "seen": "1999-01-01"}},
    "eqf": {"credits": 2, "attributes": {"level": 7, "framework": "scqf"}},
}
BOTH = {"items": 2, "of": ["low", "high"]}
LATE = {"on": {"at_least": "2026-01-01"}}


def codes(requires: object, **more: object) -> list[tuple[str, str]]:
    """Return what is claimed of a rule about these achievements."""
    return claims(requires, **{"achievements": KNOWN} | more)


REACH = ("unsatisfiable.reach", "/")


@pytest.mark.parametrize(
    "test",
    [
        {"credits": {"at_least": 100}},
        LATE,
        {"started": {"at_least": "2026-01-01"}},
        {"recorded": {"at_least": "2026-01-01"}},
        {"grade": {"at_least": 90}},
        {"uses": {"at_least": 1}},
        {"used_in": "another"},
        {"on": {"last": {"days": 1}, "at": {"event": "applied"}}},
        {"area": {"known": False}},
        {"nothing-declared": "x"},
        # The learner's own day, and the day asked for, are no one's declaration.
        {"seen": {"at_least": {"asked": True}}},
        {"seen": {"at_least": {"event": "applied"}}},
        # One that is open leaves the whole open, unless the others decide it.
        {"level": {"at_least": 4}, "all": [LATE]},
        {"any": [{"level": {"at_least": 9}}, LATE]},
        {"not": {"on": {"at_least": "1990-01-01"}}},
        {"not": {"not": LATE}},
        {"not": {"any": [{"level": 9}, {"on": {"at_least": "1990-01-01"}}]}},
    ],
)
def test_what_no_declaration_decides_may_be_as_it_should(test: object) -> None:
    assert codes(BOTH | {"where": test}) == []
    assert codes(BOTH | {"filters": [{"where": test}]}) == []


@pytest.mark.parametrize(
    "test",
    [
        {"level": {"at_least": 5}},
        {"level": 6},
        {"achievement": "high"},
        {"area": ["data", "design"]},
        {"area": {"not": "code"}},
        {"level": {"at_least": 5}, "all": [LATE]},
        {"any": [{"level": {"above": 5}}, {"area": "design"}]},
        {"not": {"any": [{"level": 4}, LATE]}},
        {"seen": {"below": "2000-01-01"}, "level": 6},
    ],
)
def test_what_is_declared_decides(test: object) -> None:
    dead = ("dead-option.declared", "//of/0")
    assert codes(BOTH | {"where": test}) == [REACH, dead]
    assert codes(BOTH | {"filters": [{"where": test}]}) == [REACH, dead]
    assert codes({"items": 1, "of": ["low", "high"], "where": test}) == [dead]


def test_a_level_of_a_framework_is_decided_unless_its_table_changes_with_time() -> None:
    rows = {"from": "scqf", "to": "eqf", "rows": {"7": 5}}
    for_a_time = rows | {"since": "1990-01-01"}
    other = {"from": "own", "to": "eqf", "rows": {"1": 1}}

    def asking(level: int, **more: object) -> dict[str, Any]:
        return {"items": 1, "of": ["eqf"], "where": {"level": {"at_least": level} | more}}

    assert codes(asking(6, framework="eqf"), levels=[rows, other]) == [REACH]
    assert codes(asking(5, framework="eqf"), levels=[rows, other]) == []
    assert codes(asking(6, framework="eqf"), levels=[for_a_time, other]) == []
    assert codes(asking(6, framework="eqf"), levels=[other, for_a_time]) == []
    # What is not converted does not depend on any table, whatever its name.
    assert codes(asking(8), levels=[for_a_time]) == [REACH]
    rank = {"items": 1, "of": ["low"], "where": {"level": {"at_least": 5}}}
    assert codes(rank, levels=[for_a_time]) == [REACH]
    ranks = {"low": {"attributes": {"rank": 4}}}
    rank = {"items": 1, "of": ["low"], "where": {"rank": {"at_least": 5}}}
    assert codes(rank, levels=[for_a_time], achievements=ranks) == [REACH]


def test_awards_and_statements_could_be_held_as_well_as_completions() -> None:
    assert codes({"all": [{"attested": "sworn"}, {"award": "other"}, "low"]}) == []
    for kind in ("attested", "award"):
        two = [{kind: "one"}, {kind: "other"}]
        assert codes({"items": 2, "of": two}) == []
        assert codes({"items": 3, "of": two}) == [REACH]


def test_only_what_is_known_to_be_worth_something_has_a_sum() -> None:
    assert codes({"credits": 3, "of": [{"attested": "sworn"}]}) == [REACH]
    assert codes({"credits": 3, "of": [{"award": "other"}]}) == []
    texts = {"half": {"credits": "0.5"}, "one": {"credits": 1}, "none": {}}
    assert codes({"credits": 2, "of": ["half", "one"]}, achievements=texts) == [REACH]
    assert codes({"credits": 2, "of": ["half", "none"]}, achievements=texts) == []


def counted(most: int, keys: list[str], **more: object) -> None:
    """Check that of ``keys`` at most so many items could ever count."""
    rule = {"items": most, "of": keys}
    assert codes(rule, achievements={}, **more) == []
    assert codes(rule | {"items": most + 1}, achievements={}, **more) == [REACH]


def test_what_is_the_same_for_a_time_may_be_held_beside_it() -> None:
    until = {"until": "2020-01-01"}
    counted(1, ["x"])
    counted(1, ["x"], equivalent=[{"same": ["x", "z"]}])
    counted(2, ["x"], equivalent=[{"same": ["x", "z"]} | until])
    counted(3, ["x"], equivalent=[{"same": ["x", "y"]} | until, {"same": ["y", "z"]} | until])
    counted(2, ["x"], equivalent=[{"same": ["x", "y"]}, {"same": ["y", "z"]} | until])


def test_what_is_accepted_may_be_held_beside_what_it_stands_for() -> None:
    accepted = {"for": "w", "instead": "g"}
    until = {"until": "2020-01-01"}
    counted(2, ["w"], accepted=[accepted])
    counted(2, ["w"], accepted=[accepted | until])
    counted(1, ["g"], accepted=[accepted])
    # Whoever is the same as what is accepted is accepted; one step is all there is.
    counted(3, ["w"], accepted=[accepted], equivalent=[{"same": ["g", "h"]} | until])
    counted(2, ["w"], accepted=[accepted, {"for": "g", "instead": "f"}])


def test_what_must_not_be_held_rules_out_what_always_stands_for_it() -> None:
    rule = {"all": [{"completed": "g"}, {"id": "no", "none": ["w"]}]}
    out = [("unsatisfiable.ruled-out", "/")]
    accepted = {"for": "w", "instead": "g"}
    same = {"same": ["g", "w"]}
    assert codes(rule, achievements={}) == []
    assert codes(rule, achievements={}, accepted=[accepted]) == out
    assert codes(rule, achievements={}, accepted=[accepted | {"until": "2020-01-01"}]) == []
    assert codes(rule, achievements={}, accepted=[accepted | {"since": "2020-01-01"}]) == []
    assert codes(rule, achievements={}, equivalent=[same]) == out
    assert codes(rule, achievements={}, equivalent=[same | {"until": "2020-01-01"}]) == []
    assert codes(rule, achievements={}, accepted=[{"for": "g", "instead": "w"}]) == []


def test_what_may_be_repeated_counts_as_often() -> None:
    texts = {"x": {"repeatable": 3}, "y": {}}
    rule = {"items": 4, "of": ["x", "y"]}
    assert codes(rule, achievements=texts) == []
    assert codes(rule | {"items": 5}, achievements=texts) == [REACH]
