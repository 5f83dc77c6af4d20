"""Parts that repeat or imply each other, options that never matter, and the first step."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.linting import KNOWN, claims, found

GO_JAVA = ["go", "java"]
LEARNER = {"learner": {"profession": "nurse"}}
Claims = list[tuple[str, str]]


def adding(name: str, need: int, **more: object) -> dict[str, Any]:
    return {"id": name, "credits": need} | more


def named(*addresses: str, code: str = "dominated") -> Claims:
    return [(code, address) for address in addresses]


def stronger(rule: object, code: str) -> list[tuple[str, object]]:
    """Return (address, address of the other part) of what is found under ``code``."""
    return [(f.address, f.values["other"]) for f in found(rule) if f.code == code]


# -- the same twice -------------------------------------------------------------------------------


def test_the_same_single_achievement_twice_is_an_error_wherever_it_is_declared() -> None:
    twice = {"all": ["x", {"id": "again", "completed": "x"}]}
    error = ("duplicate-child", "/")
    assert claims(twice, achievements={}) == [error]
    assert claims(twice, achievements={"x": {}}) == [error]
    assert claims(twice, achievements={"x": {"repeatable": 2}}) == []
    thrice = {"all": [*twice["all"], {"id": "more", "completed": "x"}]}
    assert claims(thrice, achievements={}) == [error]
    graded = {"all": ["x", {"id": "again", "completed": "x", "grade": 60}]}
    assert error not in claims(graded, achievements={})


def test_two_lists_that_are_the_same_are_no_repetition() -> None:
    assert claims({"all": [adding(name, 3, of=GO_JAVA) for name in "ab"]}) == []


# -- parts of an "any" ----------------------------------------------------------------------------


def test_of_parts_that_say_the_same_the_later_one_is_never_needed() -> None:
    same = [adding("a", 4), adding("b", 4)]
    assert claims({"any": same}) == named("/b")
    assert claims({"any": [*same, adding("c", 3)]}) == named("/a", "/b")
    assert stronger({"any": [*same, adding("c", 3)]}, "dominated") == [("/a", "/c"), ("/b", "/a")]


def test_a_part_that_is_never_needed_is_named_once() -> None:
    rule = {"any": [adding("a", 6), adding("b", 4), adding("c", 3)]}
    assert stronger(rule, "dominated") == [("/a", "/b"), ("/b", "/c")]


def test_single_achievements_are_compared_with_lists_and_grades() -> None:
    either = {"id": "x", "items": 1, "of": GO_JAVA}
    again = {"id": "again", "completed": "go"}
    step, twice = ("first-step", "/"), ("duplicate-child", "/")
    assert claims({"any": ["go", either]}) == [step, *named("/go")]
    assert claims({"any": ["go", again, "java"]}) == [twice, step]
    assert claims({"any": ["go", again, either]}) == [twice, step, *named("/go", "/again")]
    graded = [{"id": f"p{grade}", "completed": "go", "grade": grade} for grade in (60, 70)]
    assert claims({"any": graded}) == [step, *named("/p70")]


AB: list[object] = [adding("a", 9), adding("b", 6)]


@pytest.mark.parametrize(
    "more",
    [
        {"award_levels": [{"name": "Gold", "at": "/x/a", "need": 12}]},
        {"requires": {"all": [{"id": "x", "any": AB}, adding("c", 1, after="/x/a")]}},
        {
            "requires": {
                "all": [{"id": "x", "any": AB}, adding("c", 1)],
                "sharing": [{"between": ["/x/a", "/c"]}],
            }
        },
        {
            "requires": {
                "all": [{"id": "x", "any": AB}, adding("c", 1)],
                "sharing": [{"between": ["/c", "/x/b"]}],
            }
        },
    ],
)
def test_what_something_else_speaks_of_may_be_needed_for_that(more: dict[str, Any]) -> None:
    rule = {"all": [{"id": "x", "any": AB}, adding("c", 1)]}
    assert claims(rule) == named("/x/a")
    assert claims(rule, more) == []


def test_what_speaks_of_something_beside_it_is_no_reason() -> None:
    parts = [{"id": "x", "any": AB}, adding("c", 1), adding("d", 1, after="/c")]
    bundle = {"bundles": [{"of": GO_JAVA}]}
    assert claims({"all": parts} | bundle) == named("/x/a")


def test_parts_of_large_groups_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stacking_rules.lint_groups.MOST_NODES", 2)
    assert claims({"any": AB}) == named("/a")
    assert claims({"any": [*AB, adding("c", 9, grade=50)]}) == []
    overlay = adding("c", 5, use="overlay")
    assert claims({"all": [*AB[1:], overlay]}) == named("/c", code="redundant")
    assert claims({"all": [*AB, overlay]}) == []


# -- parts of an "all" ----------------------------------------------------------------------------


def test_an_overlay_that_follows_from_another_part_is_redundant_and_named_once() -> None:
    a, b = (adding(name, 6, use="overlay") for name in "ab")
    c, d = adding("c", 9), adding("d", 10)
    assert stronger({"all": [a, b]}, "redundant") == [("/b", "/a")]
    assert stronger({"all": [a, b, c]}, "redundant") == [("/a", "/c"), ("/b", "/a")]
    assert stronger({"all": ["sql", a, c, d]}, "redundant") == [("/a", "/c")]


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ({"none": ["r", "sql"]}, {"none": ["r"]}),
        ({"at_most": {"items": 2}}, {"at_most": {"items": 3}}),
        (LEARNER, LEARNER),
    ],
)
def test_what_uses_nothing_up_follows_from_what_is_stricter(
    part: dict[str, Any], other: dict[str, Any]
) -> None:
    rule = {"all": ["go", part | {"id": "p"}, other | {"id": "q"}]}
    assert claims(rule) == named("/q", code="redundant")


def test_what_does_not_follow_is_not_redundant() -> None:
    overlay = {"id": "o", "items": 3, "use": "overlay"}
    assert claims({"all": ["go", overlay]}) == []
    assert claims({"all": [{"id": "two", "items": 2}, overlay]}) == []
    bound = overlay | {"of_which": [{"items": 1, "where": {"track": "x"}}]}
    assert claims({"all": [{"id": "four", "items": 4}, bound]}) == []
    assert claims({"all": [{"id": "four", "items": 4}, overlay]}) == named("/o", code="redundant")


# -- the first step -------------------------------------------------------------------------------


def test_an_award_that_a_single_item_makes_is_remarked_and_a_renewal_is_not() -> None:
    pair = {"id": "x", "all": GO_JAVA}
    assert claims({"any": ["sql", pair]}) == [("first-step", "/")]
    assert claims({"any": [{"id": "y", "all": ["sql", "r"]}, pair]}) == []
    assert claims({"all": [{"id": "either", "any": ["sql", "r"]}, "go"]}) == []
    kept = {"lasts": {"years": 3}, "renewal": {"requires": "sql"}}
    assert claims(pair, kept) == []


# -- what can never be met, or never matters ------------------------------------------------------

LEVEL_5 = {"where": {"level": {"at_least": 5}}}


def test_what_is_looked_at_alone_is_proved_alone() -> None:
    short = {"id": "x", "credits": 7, "of": GO_JAVA}
    reach = "unsatisfiable.reach"
    assert claims({"all": ["go", {"id": "no", "none": [short]}]}) == [(reach, "/no/x")]
    kept = {"lasts": {"years": 3}, "renewal": {"requires": short}}
    assert claims({"all": GO_JAVA}, kept) == [(reach, "/renewal")]
    choice = {"if": short, "then": "sql", "else": "r"}
    assert claims({"all": ["go", choice | {"id": "c"}]}) == [(reach, "/c/if")]


def test_what_its_own_declaration_keeps_out_is_named_itself() -> None:
    go, java = ({"completed": key} | LEVEL_5 for key in GO_JAVA)
    (alone,) = [f for f in found(go) if f.severity == "error"]
    assert (alone.code, alone.why, alone.address) == ("unsatisfiable", "declared", "/")
    assert alone.values == {"key": "go"}
    assert claims({"all": [go, java, "sql"]}) == [("unsatisfiable.declared", "/go")]
    sevens = [{"completed": key, "where": {"level": 7}} for key in GO_JAVA]
    declared = "unsatisfiable.declared"
    assert claims({"all": sevens}) == [(declared, "/go"), (declared, "/java")]


def test_where_some_of_a_choice_are_kept_out_the_sum_is_named() -> None:
    parts = [{"completed": key, "where": {"level": 7}} for key in GO_JAVA]
    assert claims({"at_least": 2, "of": [parts[0], "sql", parts[1]]}) == [
        ("unsatisfiable.reach", "/"),
        ("dead-option.declared", "/go"),
        ("dead-option.declared", "/java"),
    ]
    assert claims({"all": [{"id": "p", "any": [parts[0], "sql"]}, "r"]}) == [
        ("dead-option.declared", "/p/go")
    ]


SMALL = {"id": "x", "credits": 3, "of": ["go", "java", "sql"]}
TOO_SMALL = [("dead-option.too-small", "//of/2")]


def test_an_option_without_which_no_sum_is_short_is_too_small() -> None:
    assert claims(SMALL) == TOO_SMALL
    assert claims(SMALL | {"filters": [{"where": {"track": "x"}}]}) == TOO_SMALL
    assert claims(SMALL | {"of_which": [{"items": 1}]}) == []
    assert claims({"all": [SMALL, "r"]}) == [("dead-option.too-small", "/x/of/2")]
    assert claims({"all": [SMALL, "r"], "of_which": [{"items": 1}]}) == []
    assert claims(SMALL | {"credits": 5}) == []


def test_what_may_stand_for_an_option_or_be_split_is_never_too_small() -> None:
    split = KNOWN | {"sql": {"credits": 2, "splittable": 1}}
    assert claims(SMALL, achievements=split) == []
    assert claims(SMALL, accepted=[{"for": "sql", "instead": "r"}]) == []


def test_an_option_that_is_kept_out_is_not_too_small_as_well() -> None:
    tiny = {"tiny": {"credits": 1, "attributes": {"level": 1}}}
    rule = {"credits": 3, "of": [*GO_JAVA, "tiny"], "where": {"level": {"at_least": 4}}}
    assert claims(rule, achievements=KNOWN | tiny) == [("dead-option.declared", "//of/2")]


def test_too_many_options_or_sums_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, enough in (("MOST_OPTIONS", 3), ("MOST_SUMS", 1)):
        with monkeypatch.context() as limited:
            limited.setattr(f"stacking_rules.lint_groups.{name}", enough)
            assert claims(SMALL) == TOO_SMALL
            limited.setattr(f"stacking_rules.lint_groups.{name}", enough - 1)
            assert claims(SMALL) == []
