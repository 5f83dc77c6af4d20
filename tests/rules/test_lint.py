"""What is wrong or surprising in a stack, found before any learner meets it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.linting import KNOWN, codes, found

LETTERS = {"letter": {"F": 0, "C": 2, "A": 4}}


def with_sql(*parts: object) -> dict[str, Any]:
    """Return a rule that asks for "go" as well, so that no part is the whole."""
    return {"all": [{"completed": "go", "id": "first"}, *parts]}


def points(need: int) -> dict[str, Any]:
    return {"credits": need, "of": ["go", "java"]}


CASES: list[tuple[object, str, str, object]] = [
    # a rule, what is found in it and where, and its near twin in which that is not found
    (with_sql({"award": "award"}), "self-reference", "/award", with_sql({"award": "other"})),
    (
        {"items": 1, "of": [{"award": "award"}]},
        "self-reference",
        "/",
        {"items": 1, "of": [{"award": "other"}]},
    ),
    (with_sql("rust"), "unknown-achievement", "/rust", with_sql("sql")),
    (with_sql("jaav"), "unknown-achievement.near", "/jaav", with_sql("java")),
    (
        {"items": 2, "of": ["sql", "r", "rust"]},
        "unknown-achievement",
        "//of/2",
        {"items": 2, "of": ["sql", "r", "go"]},
    ),
    (with_sql("older"), "only-retired", "/older", with_sql("sql")),
    (
        {"items": 1, "of": ["old", "older"]},
        "only-retired.replaced",
        "/",
        {"items": 1, "of": ["old", "sql"]},
    ),
    # too little is listed
    (points(7), "unsatisfiable.reach", "/", points(6)),
    (
        {"items": 3, "of": ["sql", "r"]},
        "unsatisfiable.reach",
        "/",
        {"items": 2, "of": ["sql", "r"]},
    ),
    (
        {"items": 2, "of": ["sql", "r"], "best": 1},
        "unsatisfiable.reach",
        "/",
        {"items": 1, "of": ["sql", "r"], "best": 1},
    ),
    (
        {"credits": 6, "of": ["go", "java", "sql"], "best": 1},
        "unsatisfiable.reach",
        "/",
        {"credits": 6, "of": ["go", "java", "sql"], "best": 2},
    ),
    (
        {"credits": 6, "of": ["go", "java"], "where": {"level": {"at_least": 5}}},
        "unsatisfiable.reach",
        "/",
        {"credits": 6, "of": ["go", "java"], "where": {"level": {"at_least": 4}}},
    ),
    (
        {"all": [{"id": "a", **points(3)}, {"id": "b", "items": 2, "of": ["go", "java"]}]},
        "unsatisfiable.together",
        "/",
        {"all": [{"id": "a", **points(3)}, {"id": "b", "items": 1, "of": ["go", "java"]}]},
    ),
    (
        {"all": [{"id": "a", **points(4)}, {"id": "b", "credits": 2, "of": ["go", "java", "sql"]}]}
        | {"of_which": [{"at_most": {"items": 2}}]},
        "unsatisfiable.together",
        "/",
        {"all": [{"id": "a", **points(4)}, {"id": "b", "credits": 2, "of": ["go", "java", "sql"]}]}
        | {"of_which": [{"at_most": {"items": 3}}]},
    ),
    (
        points(5) | {"of_which": [{"distinct": "area", "at_least": 2}]},
        "unsatisfiable.clauses",
        "/",
        points(5) | {"of_which": [{"distinct": "area", "at_least": 1}]},
    ),
    (
        with_sql({"completed": "java", "where": {"level": {"at_least": 7}}}),
        "unsatisfiable.declared",
        "/java",
        with_sql({"completed": "java", "where": {"level": {"at_least": 6}}}),
    ),
    (
        with_sql({"id": "no", "none": ["go"]}),
        "unsatisfiable.ruled-out",
        "/",
        with_sql({"id": "no", "none": [{"completed": "go", "grade": 50}]}),
    ),
    (
        with_sql({"id": "more", "items": 2, "of": ["go", "java"]}),
        "unsatisfiable.together",
        "/",
        with_sql({"id": "more", "items": 2, "of": ["go", "java"], "use": "overlay"}),
    ),
    # limits
    (
        {"credits": 4, "caps": [{"at_most": {"credits": 3}}]},
        "unsatisfiable.limit",
        "/cap",
        {"credits": 4, "caps": [{"at_most": {"credits": 3}, "where": {"level": 4}}]},
    ),
    (
        {"credits": 4, "where": {"level": 4}, "of_which": [{"at_most": {"credits": 3}}]},
        "unsatisfiable.limit",
        "/most",
        {"credits": 4, "where": {"level": 4}, "of_which": [{"at_most": {"credits": 4}}]},
    ),
    (
        {"credits": 9, "best": 2, "of_which": [{"distinct": "area", "at_least": 3}]},
        "unsatisfiable.limit",
        "/distinct",
        {"credits": 9, "best": 3, "of_which": [{"distinct": "area", "at_least": 3}]},
    ),
    (
        {"credits": 9, "of_which": [{"share": "1/2"}, {"share_at_most": "1/3"}]},
        "conflicting-limits",
        "/portion",
        {"credits": 9, "of_which": [{"share": "1/3"}, {"share_at_most": "1/2"}]},
    ),
    ({"credits": 9, "window": {"terms": 0}}, "empty-window", "/window", {"credits": 9}),
    (
        {"credits": 9, "window": {"terms": 2}},
        "empty-window.no-terms",
        "/window",
        {"credits": 9, "window": {"within": {"days": 0}}},
    ),
    (
        {
            "all": [{"items": 1, "id": "a", "open": {"until": "2026-01-01"}}],
            "open": {"from": "2026-01-01"},
        },
        "unsatisfiable.closed",
        "/a/open",
        {
            "all": [{"items": 1, "id": "a", "open": {"until": "2026-01-02"}}],
            "open": {"from": "2026-01-01"},
        },
    ),
    # tests
    (
        {"items": 2, "where": {"on": {"at_least": "2026-01-02", "below": "2026-01-02"}}},
        "never-passes",
        "/",
        {"items": 2, "where": {"on": {"at_least": "2026-01-02", "at_most": "2026-01-02"}}},
    ),
    (
        {"items": 2, "where": {"grade": {"at_most": 40}}, "grade": 50},
        "never-passes",
        "/",
        {"items": 2, "where": {"grade": {"at_most": 50}}, "grade": 50},
    ),
    (
        {"all": ["sql"], "filters": [{"where": {"track": "a", "not": {"track": ["a", "b"]}}}]},
        "never-passes",
        "/filter",
        {"all": ["sql"], "filters": [{"where": {"track": "a", "not": {"track": ["b", "c"]}}}]},
    ),
    (
        {
            "all": [{"items": 2, "id": "a", "where": {"on": {"below": "2020-01-01"}}}],
            "filters": [{"where": {"on": {"at_least": "2021-01-01"}}}],
        },
        "never-passes",
        "/a",
        {
            "all": [{"items": 2, "id": "a", "where": {"on": {"below": "2022-01-01"}}}],
            "filters": [{"where": {"on": {"at_least": "2021-01-01"}}}],
        },
    ),
    (
        {"items": 2, "where": {"uses": 0, "any": [{"uses": 1}, {"uses": {"above": 3}}]}},
        "never-passes",
        "/",
        {"items": 2, "where": {"uses": 0, "any": [{"uses": 1}, {"uses": {"below": 3}}]}},
    ),
    (
        {"items": 2, "where": {"level": {"at_least": 6, "below": 5}}},
        "several-values",
        "/",
        {"items": 2, "where": {"level": {"at_least": 6, "below": 7}}},
    ),
    (
        {"items": 2, "where": {"track": "a", "all": [{"track": "b"}]}},
        "several-values",
        "/",
        {"items": 2, "where": {"track": "a", "all": [{"track": ["a", "b"]}]}},
    ),
    # scales
    (
        with_sql({"completed": "r", "grade": 50}),
        "no-table",
        "/r",
        with_sql({"completed": "r", "grade": 5, "scale": "1-5"}),
    ),
    (
        {"credits": 3, "of": ["r", "go"], "grade": 50},
        "no-table",
        "/",
        {"credits": 3, "of": ["java", "go"], "grade": 50},
    ),
    (
        {"credits": 3, "of": ["r", "go"], "where": {"grade": {"at_least": 50}}},
        "no-table",
        "/",
        {"credits": 3, "of": ["r", "go"], "where": {"any": [{"grade": {"at_least": 50}}]}}
        | {"where": {"any": [{"grade": {"at_least": 50}}, {"level": 4}]}},
    ),
    (
        {"credits": 3, "of": ["r", "go"], "of_which": [{"mean": 50}]},
        "no-table",
        "/mean",
        {"credits": 3, "of": ["java", "go"], "of_which": [{"mean": 50}]},
    ),
    # groups
    (
        with_sql({"id": "again", "completed": "go"}),
        "duplicate-child",
        "/",
        with_sql({"id": "again", "completed": "java"}),
    ),
    (with_sql({"id": "one", "any": ["r"]}), "redundant-group", "/one", with_sql("r")),
    (
        {"at_least": 0, "of": ["sql", "r"]},
        "nothing-needed",
        "/",
        {"at_least": 1, "of": ["sql", "r"]},
    ),
    (with_sql({"id": "x", "items": 0}), "nothing-needed", "/x", with_sql({"id": "x", "items": 1})),
    (
        {"any": [{"id": "a", "all": ["sql", "go"]}, {"id": "b", "all": ["sql"]}]},
        "dominated",
        "/a",
        {"any": [{"id": "a", "all": ["sql", "go"]}, {"id": "b", "all": ["sql", "java"]}]},
    ),
    (
        {"any": [{"id": "a", "credits": 9, "grade": 60}, {"id": "b", "credits": 6, "grade": 50}]},
        "dominated",
        "/a",
        {"any": [{"id": "a", "credits": 9, "grade": 50}, {"id": "b", "credits": 6, "grade": 60}]},
    ),
    (
        {"any": [{"id": "a", **points(3)}, {"id": "b", "credits": 3, "of": ["go", "java", "r"]}]},
        "dominated",
        "/a",
        {"any": [{"id": "a", **points(3)}, {"id": "b", "credits": 3, "of": ["go", "r"]}]},
    ),
    (
        {"all": [{"id": "a", "credits": 9}, {"id": "b", "credits": 6, "use": "overlay"}]},
        "redundant",
        "/b",
        {"all": [{"id": "a", "credits": 9}, {"id": "b", "credits": 6}]},
    ),
    (
        with_sql({"id": "a", "none": ["sql", "r"]}, {"id": "b", "none": ["sql"]}),
        "redundant",
        "/b",
        with_sql({"id": "a", "none": ["r"]}, {"id": "b", "none": ["sql"]}),
    ),
    # options
    (
        {"credits": 3, "of": ["go", "java"], "where": {"level": {"at_least": 5}}},
        "dead-option.declared",
        "//of/0",
        {"credits": 3, "of": ["go", "java"], "where": {"level": {"at_least": 4}}},
    ),
    (
        {"any": ["go", "java"], "filters": [{"where": {"level": 6}}]},
        "dead-option.declared",
        "/go",
        {"any": ["go", "java"], "filters": [{"where": {"level": [4, 6]}}]},
    ),
    (
        {"credits": 3, "of": ["go", "java", "sql"]},
        "dead-option.too-small",
        "//of/2",
        {"credits": 5, "of": ["go", "java", "sql"]},
    ),
    # numbers
    (
        {"credits": 9, "of_which": [{"share": "1/2", "base": "needed"}]},
        "fraction",
        "/least",
        {"credits": 8, "of_which": [{"share": "1/2", "base": "needed"}]},
    ),
    (
        {"credits": 9, "of_which": [{"share": "1/2", "base": "needed"}]},
        "fraction",
        "/least",
        {"credits": 9, "of_which": [{"share": "1/2", "base": "needed", "round": "up"}]},
    ),
    (
        {"credits": 30, "of_which": [{"share": "3/4", "base": "needed", "printed": 24}]},
        "printed-number",
        "/least",
        {"credits": 32, "of_which": [{"share": "3/4", "base": "needed", "printed": 24}]},
    ),
    ("sql", "first-step", "/", {"all": ["sql", "go"]}),
    # remarks
    (with_sql({"id": "no", "none": ["r"]}), "non-monotone", "/no", with_sql("r")),
    (
        {"credits": 2, "of_which": [{"mean": 60, "over": "attempted"}]},
        "non-monotone.mean",
        "/mean",
        {"credits": 2, "of_which": [{"mean": 60}]},
    ),
    (
        {"if": {"items": 3}, "then": "sql", "else": "go"},
        "non-monotone",
        "/",
        {"if": {"learner": {"profession": "nurse"}}, "then": "sql", "else": "go"},
    ),
    (with_sql({"award": "elsewhere"}), "unknown-award", "/elsewhere", with_sql("r")),
]


@pytest.mark.parametrize(("requires", "code", "at", "twin"), CASES)
def test_it_is_found_at_its_address_and_not_in_its_near_twin(
    requires: object, code: str, at: str, twin: object
) -> None:
    assert (code, at) in codes(requires)
    assert code not in {found for found, _ in codes(twin)}


def test_nothing_is_said_of_a_sound_rule() -> None:
    more = {"id": "more", "credits": 5, "of": ["sql", "go", "java"]}
    assert codes({"all": ["r", more]}) == []


@pytest.mark.parametrize(
    "rule",
    [
        # Two items stand for one that is listed, or one listed item counts several times.
        {"items": 2, "of": ["sql"]},
        {"all": [{"items": 2, "of": ["sql"], "id": "a"}, {"completed": "go", "id": "b"}]},
    ],
)
def test_what_may_stand_for_an_option_is_counted(rule: object) -> None:
    assert "unsatisfiable.reach" in dict(codes(rule))
    accepted = [{"for": "sql", "instead": "java", "until": "2020-01-01"}]
    assert "unsatisfiable.reach" not in dict(codes(rule, accepted=accepted))
    repeatable = {"achievements": KNOWN | {"sql": {"credits": 2, "repeatable": 2}}}
    assert "unsatisfiable.reach" not in dict(codes(rule, **repeatable))


def test_the_same_under_two_names_counts_once() -> None:
    rule = {"items": 2, "of": ["sql", "java"]}
    always = [{"same": ["sql", "java"]}]
    for_a_time = [{"same": ["sql", "java"], "until": "2020-01-01"}]
    assert "unsatisfiable.reach" in dict(codes(rule, equivalent=always))
    assert codes(rule, equivalent=for_a_time) == []


def test_an_open_list_has_no_end() -> None:
    assert codes({"all": [{"id": "a", "credits": 900}, {"id": "b", "items": 900}]}) == []
    assert (
        codes({"credits": 900, "of": ["go", "java"], "rollover": {"at_most": {"credits": 9}}}) == []
    )


def test_what_is_not_declared_may_be_as_it_should() -> None:
    assert codes({"items": 2, "of": ["sql", "r"], "where": {"level": {"at_least": 9}}}) == []
    assert codes({"credits": 90, "of": ["go", "java"]}, achievements={"go": {}, "java": {}}) == []


def test_sharing_makes_two_of_one() -> None:
    parts = [{"id": "a", **points(6)}, {"id": "b", "items": 1, "of": ["go", "java"]}]
    assert ("unsatisfiable.together", "/") in codes({"all": parts})
    share = [{"between": ["a", "b"], "at_most": {"items": 1}}]
    assert codes({"all": parts, "sharing": share}) == []
    assert codes({"all": parts, "once": 2}) == []


def test_rules_on_sharing_that_meet_are_errors() -> None:
    parts = [{"id": name, "credits": 2} for name in "abc"]
    one, other = {"between": ["a", "b"], "at_most": {"items": 1}}, {"between": ["b", "a"]}
    assert codes({"all": parts, "sharing": [one, other]}) == [("conflicting-shares", "/share-2")]
    assert codes({"all": parts, "sharing": [one, {"between": ["b", "c"]}]}) == []
    itself = [{"between": ["a", "/a"]}]
    assert codes({"all": parts, "sharing": itself}) == [("conflicting-shares.itself", "/share")]


def test_ways_that_ended_before_the_stack_began_are_idle_or_fatal() -> None:
    ended = {"id": "b", "items": 2, "open": {"until": "2025-01-01"}}
    begun = {"from": "2025-01-01"}
    assert ("dead-option.ended", "/b/open") in codes(
        {"any": [points(6) | {"id": "a"}, ended]}, begun
    )
    assert ("unsatisfiable.ended", "/b/open") in codes(with_sql(ended), begun)
    assert codes(with_sql(ended), {"from": "2024-12-31"}) == []
    late = {"id": "b", "items": 2, "open": {"from": "2026-01-01"}}
    assert ("unsatisfiable.too-late", "/b/open") in codes(with_sql(late), {"until": "2026-01-01"})
    bound = {"until": "2026-01-01", "binding": {"policy": "bound", "event": "enrolled"}}
    assert codes(with_sql(late), bound) == []


def test_a_mean_above_the_scale_is_an_error() -> None:
    def rule(target: str) -> dict[str, Any]:
        return {"credits": 9, "of_which": [{"mean": target, "scale": "letter"}]}

    assert codes(rule("4.1"), scales=LETTERS) == [("mean-above-scale", "/mean")]
    assert codes(rule("4"), scales=LETTERS) == []


def test_a_grade_that_no_scale_has_never_passes() -> None:
    def rule(bound: dict[str, Any]) -> dict[str, Any]:
        return {"items": 2, "where": {"grade": bound | {"scale": "letter"}}}

    assert codes(rule({"above": "A"}), scales=LETTERS) == [("never-passes", "/")]
    assert codes(rule({"at_least": "A"}), scales=LETTERS) == []


def test_tables_and_tests_name_scales_and_frameworks_that_are_there() -> None:
    tables = [{"from": "lettr", "to": "0-100", "rows": {"2": 50}}]
    assert codes(with_sql("r"), tables=tables) == [("unknown-scale", "/tables/0/from")]
    tables = [{"from": "letter", "to": "0-100", "rows": {"C": 50}}]
    assert codes(with_sql("r"), tables=tables, scales=LETTERS) == []
    levels = [{"from": "scqf", "to": "eqf", "rows": {"7": 5}}]

    def rule(framework: str) -> dict[str, Any]:
        return {"items": 2, "where": {"level": {"at_least": 5, "framework": framework}}}

    assert codes(rule("eqff"), levels=levels) == [("unknown-framework", "/")]
    assert codes(rule("eqf"), levels=levels) == []
    assert codes(rule("eqff")) == [], "without any framework there is nothing to compare with"


def test_levels_of_the_award_are_within_reach() -> None:
    rule = {"all": ["sql", {"id": "more", "items": 1, "of": ["go", "java"]}]}

    def levels(need: int) -> dict[str, Any]:
        return {"award_levels": [{"name": "Gold", "at": "/more", "need": need}]}

    assert codes(rule, levels(3)) == [("unsatisfiable.level", "/award_levels/0/need")]
    assert codes(rule, levels(2)) == []


@pytest.mark.parametrize(
    ("steps", "way"),
    [
        (["sql-r", "r-sql"], "r -> sql -> r"),
        (["go-r", "java-go", "r-java"], "r -> go -> java -> r"),
        (["sql-r", "go-sql"], ""),
    ],
)
def test_circles_of_substitutions_are_errors(steps: list[str], way: str) -> None:
    entries = []
    for step in steps:
        wanted, given = step.split("-")
        entries.append({"for": wanted, "instead": given})
    circles = [f for f in found(with_sql("sql"), accepted=entries) if "cycle" in f.code]
    assert [(f.severity, f.values["way"], f.step) for f in circles] == (
        [("error", way, "/accepted/0")] if way else []
    )
