"""Findings of whole documents: circles of awards, words for authors, facts beside findings."""

from __future__ import annotations

from typing import Any

import pytest

from lti_tool.lint_words import FINDINGS, say
from stacking_rules import Finding, lint, parse_document
from stacking_rules.author_facts import author_facts
from tests.rules.linting import KNOWN, codes, found
from tests.rules.test_lint import CASES, with_sql


def test_a_circle_that_is_never_closed_on_one_day_is_none() -> None:
    entries = [
        {"for": "sql", "instead": "r", "until": "2025-01-01"},
        {"for": "r", "instead": "sql", "since": "2025-01-01"},
    ]
    assert codes(with_sql("java"), accepted=entries) == []


def test_circles_of_awards_name_the_way_round_once() -> None:
    stacks = [
        {"key": "a", "requires": {"all": [{"award": "b"}, "sql"]}},
        {"key": "b", "requires": {"all": [{"award": "c"}, "go"]}},
        {"key": "c", "requires": {"items": 1, "of": [{"award": "a"}, {"award": "d"}]}},
        {"key": "d", "requires": {"all": ["sql", "go"]}},
    ]
    document = parse_document({"quoin": 2, "stacks": stacks})
    (circle,) = [f for f in lint(document) if f.severity == "error"]
    assert (circle.code, circle.stack, circle.values["way"]) == (
        "circular",
        "a",
        "a -> b -> c -> a",
    )
    document = parse_document({"quoin": 2, "stacks": [stacks[0], stacks[1], stacks[3]]})
    assert [f for f in lint(document) if f.severity == "error"] == []


def test_an_award_that_is_nearly_one_of_the_document_is_a_warning() -> None:
    stacks = [
        {"key": "data-basics", "requires": {"all": ["sql", "go"]}},
        {"key": "degree", "requires": {"all": [{"award": "data-basic"}, "go"]}},
    ]
    (finding,) = lint(parse_document({"quoin": 2, "stacks": stacks}))
    assert (finding.code, finding.severity, finding.why) == ("unknown-award", "warning", "near")
    stacks[1]["requires"] = {"all": [{"award": "data-basic"}, {"award": "data-basics"}]}
    assert [f.severity for f in lint(parse_document({"quoin": 2, "stacks": stacks}))] == ["info"]


def test_a_grade_table_makes_scales_comparable() -> None:
    table = {"from": "1-5", "to": "0-100", "rows": {"1": 0, "3": 50, "5": 90}}
    assert codes(with_sql({"completed": "r", "grade": 50}), tables=[table]) == []


def test_what_is_wrong_in_a_document_stands_where_it_is_declared() -> None:
    accepted = [{"for": "sql", "instead": "r"}, {"for": "r", "instead": "sql"}]
    tables = [{"from": "1-5", "to": "lettr", "rows": {"1": 2}}]
    wrong = {"accepted": accepted, "tables": tables}
    cycle = {"way": "r -> sql -> r"}
    assert found(with_sql("r"), **wrong) == [
        Finding("substitution-cycle", "error", "", "", cycle, step="/accepted/0"),
        Finding("unknown-scale", "error", "", "", {"scale": "lettr"}, step="/tables/0/to"),
    ]
    own = [f for f in found(with_sql("r"), {"definitions": wrong}) if f.step]
    assert own == [
        Finding("substitution-cycle", "error", "award", "", cycle, "", "/definitions/accepted/0"),
        Finding(
            "unknown-scale",
            "error",
            "award",
            "",
            {"scale": "lettr"},
            "",
            "/definitions/tables/0/to",
        ),
    ]


def test_an_older_format_is_remarked_at_the_word_that_says_it() -> None:
    values = {"old": 1, "current": 2}
    old = Finding("old-format", "warning", "", "", values, step="/quoin")
    assert found(with_sql("r"), quoin=1) == [old]
    assert found(with_sql("r"), quoin=2) == []


def test_a_circle_of_awards_is_said_of_the_stack_where_it_begins() -> None:
    needs = {"a": "go", "b": {"award": "c"}, "c": {"award": "b"}}
    stacks = [{"key": key, "requires": {"all": ["sql", need]}} for key, need in needs.items()]
    (circle,) = lint(parse_document({"quoin": 2, "stacks": stacks}))
    way = {"way": "b -> c -> b"}
    assert circle == Finding("circular", "error", "b", "", way, position=1)


def test_a_level_that_is_out_of_reach_is_named_with_its_numbers() -> None:
    rule = {"all": ["sql", {"id": "more", "items": 1, "of": ["go", "java"]}]}
    levels = [{"name": "Silver", "at": "/more", "need": 2}]
    levels += [{"name": "Gold", "at": "/more", "need": 3}]
    values = {"name": "Gold", "need": 3, "most": 2}
    step = "/award_levels/1/need"
    assert found(rule, {"award_levels": levels}) == [
        Finding("unsatisfiable", "error", "award", "", values, "level", step)
    ]


def test_the_gravest_come_first() -> None:
    rule = {"all": [{"id": "one", "any": ["rust"]}, {"id": "none", "none": ["r"]}]}
    assert [f.severity for f in found(rule)] == ["error", "warning", "info"]


def test_every_code_has_words_that_use_its_values() -> None:
    seen = {code for case in CASES for code, _ in codes(case[0])}
    assert seen <= FINDINGS.keys()
    for requires, *_ in CASES:
        for finding in found(requires):
            assert "{" not in say(finding)


def test_numbers_in_a_sentence_are_those_of_the_rule() -> None:
    (finding,) = found({"credits": 7, "of": ["go", "java"]})
    assert say(finding) == "The options listed give 6 credits at most, and 7 are asked for."


def test_facts_are_told_of_every_stack() -> None:
    stacks = [
        {"key": "a", "requires": {"credits": 6, "of": ["go", "java", "sql"]}},
        {"key": "b", "requires": {"credits": 6}},
    ]
    document = parse_document({"quoin": 2, "achievements": KNOWN, "stacks": stacks})
    told = [(f.stack, say(f)) for f in author_facts(document)]
    assert ("a", "The fewest items that qualify: 2.") in told
    assert ("a", "Who just qualifies has 6 credits.") in told
    assert any(key == "b" and "anything may count" in words for key, words in told)


KEYS = [f"k{number}" for number in range(2_700)]
LISTS = [KEYS[number * 30 : number * 30 + 30] for number in range(90)]


@pytest.mark.parametrize(
    "rule",
    [
        {"any": KEYS},
        {"any": [{"all": keys, "id": f"p{n}"} for n, keys in enumerate(LISTS)]},
        {"all": [{"items": 1, "of": KEYS[:60], "id": f"p{n}"} for n in range(40)]},
        {"credits": 400, "of": KEYS[:400]},
    ],
)
def test_large_rules_take_bounded_work(
    rule: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []
    monkeypatch.setattr("stacking_rules.lint_groups.covers", lambda *_: compared.append(1) or False)
    texts = {key: {"credits": 1 + n % 7 / 4} for n, key in enumerate(KEYS)}
    document = parse_document(
        {"quoin": 2, "achievements": texts, "stacks": [{"key": "a", "requires": rule}]}
    )
    assert [f for f in lint(document) if f.severity == "error"] == []
    assert author_facts(document)
    assert len(compared) < 50_000
