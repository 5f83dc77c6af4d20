"""Names of achievements, awards, scales and frameworks that are not there."""

from __future__ import annotations

from typing import Any

import pytest

from stacking_rules import lint, parse_document
from tests.rules.linting import KNOWN, claims, codes, found


def test_every_award_of_a_list_is_looked_for() -> None:
    stacks = [
        {"key": "basics", "requires": {"all": ["sql", "go"]}},
        {"key": "more", "requires": {"all": ["sql", "r"]}},
        {
            "key": "degree",
            "requires": {"items": 3, "of": [{"award": key} for key in ("basics", "far", "mor")]},
        },
    ]
    found = lint(parse_document({"quoin": 2, "stacks": stacks}))
    assert [(f.code, f.why, f.severity, dict(f.values)) for f in found] == [
        ("unknown-award", "near", "warning", {"key": "mor", "near": "more"}),
        ("unknown-award", "", "info", {"key": "far"}),
    ]


def test_awards_that_may_be_achievements_are_not_looked_for() -> None:
    assert codes({"items": 2, "of": ["go", {"award": "far"}]}) == []
    assert codes({"items": 2, "of": [{"award": "one"}, {"award": "two"}]}) == [
        ("unknown-award", "/"),
        ("unknown-award", "/"),
    ]


def test_a_near_name_is_one_name() -> None:
    texts = {"java-1": {}, "java-2": {}, "sql": {}}
    (near,) = found({"all": ["java-3", "sql"]}, achievements=texts)
    assert near.values["near"] in texts
    (far,) = found({"all": ["zzz", "sql"]}, achievements=texts)
    assert far.values == {"key": "zzz", "near": ""}


def test_what_is_retired_may_be_forbidden_or_looked_at() -> None:
    retired = [("only-retired.replaced", "/x")]
    for part in ({"completed": "old"}, {"items": 1, "of": ["old", "older"]}):
        old = part | {"id": "x"}
        assert claims({"all": ["go", old]}) == retired
        assert claims({"all": ["go", {"id": "no", "none": [old]}]}) == []
        assert claims({"all": ["go", {"id": "c", "if": old, "then": "sql", "else": "r"}]}) == []
    choice = {"id": "c", "if": {"learner": {"p": "nurse"}}, "then": "old", "else": "r"}
    assert claims({"all": ["go", choice]}) == [("only-retired.replaced", "/c/then")]


NO_TABLE = [("no-table", "/")]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"points": 50, "of": ["r", "go"]}, NO_TABLE),
        ({"points": 3, "of": ["r"], "scale": "1-5"}, []),
        ({"points": 50, "of": ["java", "go"]}, []),
        ({"items": 2, "of": ["r", "go"], "where": {"x": 1, "grade": {"at_least": 50}}}, NO_TABLE),
        ({"items": 2, "of": ["r", "go"], "where": {"not": {"grade": {"below": 50}}}}, []),
        (
            {"items": 2, "of": ["r", "go"], "filters": [{"where": {"grade": {"above": 50}}}]},
            NO_TABLE,
        ),
        ({"items": 2, "of": ["r", "go"], "of_which": [{"mean": 50, "where": {"x": 1}}]}, []),
        ({"items": 2, "of": ["r", "go"], "where": {"level": {"at_least": 4}}}, []),
    ],
)
def test_grades_are_asked_for_on_a_scale_that_the_options_have(
    rule: object, expected: object
) -> None:
    assert claims(rule) == expected


def test_a_scale_without_a_table_is_named_with_both_scales() -> None:
    rule = {"all": [{"completed": "r", "grade": 50}, "go"]}
    (finding,) = found(rule)
    assert finding.values == {"key": "r", "source": "1-5", "target": "0-100"}
    back = [{"from": "0-100", "to": "1-5", "rows": {"0": 1, "90": 5}}]
    assert claims(rule, tables=back) == [("no-table", "/r")]


def asking(framework: str) -> dict[str, Any]:
    return {"level": {"at_least": 5, "framework": framework}}


@pytest.mark.parametrize(
    ("rule", "address"),
    [
        ({"where": asking("eqff")}, "/"),
        ({"where": {"not": asking("eqff")}}, "/"),
        ({"where": {"any": [{"x": 1}, asking("eqff")]}}, "/"),
        ({"where": {"all": [{"x": 1}, {"not": {"all": [asking("eqff")]}}]}}, "/"),
        ({"of_which": [{"items": 1, "where": asking("eqff")}]}, "/least"),
    ],
)
def test_a_framework_is_one_that_tables_or_achievements_name(
    rule: dict[str, Any], address: str
) -> None:
    texts = KNOWN | {"go": {"attributes": {"level": 4, "framework": "eqf"}}}
    requires = {"items": 1} | rule
    assert claims(requires) == [], "no framework is named anywhere"
    assert claims(requires, achievements=texts) == [("unknown-framework", address)]
    (finding,) = found(requires, achievements=texts)
    assert finding.values == {"name": "eqff", "known": "eqf"}
    levels = [{"from": "eqff", "to": "ects", "rows": {"7": 5}}]
    assert claims(requires, levels=levels) == []


def test_both_ends_of_a_table_are_scales() -> None:
    def table(source: str, target: str) -> list[object]:
        return [{"from": source, "to": target, "rows": {"1": 1}}]

    rule = {"all": ["go", "java"]}
    assert claims(rule, tables=table("1-5", "1-10")) == []
    assert claims(rule, tables=table("1-5", "ten")) == [("unknown-scale", "/tables/0/to")]
    both = [("unknown-scale", "/tables/0/from"), ("unknown-scale", "/tables/0/to")]
    assert claims(rule, tables=table("five", "ten")) == both
    assert [f.values for f in found(rule, tables=table("five", "1-10"))] == [{"scale": "five"}]
