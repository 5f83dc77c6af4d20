"""The tree of progress: what counts where, what does not and why, and what is not known."""

from __future__ import annotations

from typing import Any

import pytest

from stacking_rules import Progress, evaluate, parse_record, parse_stack
from tests.rules.helpers import NOW, TODAY

RED, BLUE = {"color": "red"}, {"color": "blue"}


def progress(rule: object, *facts: dict[str, Any] | str, **more: Any) -> Progress:
    """Return the progress of who has completed ``facts``: 3 credits each, later ones later."""
    completions = []
    for day, said in enumerate(facts, 1):
        fact = {"achievement": said} if isinstance(said, str) else said
        usual = {"id": fact["achievement"], "on": f"2026-02-{day:02}", "credits": 3}
        completions.append({**usual, **fact})
    record = parse_record({"completions": completions, **more})
    stack = parse_stack({"key": "k", "requires": rule})
    return evaluate(stack, record, as_of=TODAY, known_on=NOW)


def twice(rule: object, *facts: dict[str, Any] | str, **more: Any) -> list[Progress]:
    """Return the progress at ``rule`` where it is the whole rule, and where it is a part of one."""
    part = progress({"all": [rule, {"credits": 99, "of": ["other"]}]}, *facts, **more).children[0]
    mixed = progress({"all": [rule, "other"]}, *facts, **more).children[0]
    return [progress(rule, *facts, **more), part, mixed]


def told(found: Progress) -> tuple[str, int, int, str]:
    return str(found.status), int(found.have), int(found.need), found.unit


def counted(found: Progress) -> list[str]:
    return [fact.id for fact in found.counted]


def unused(found: Progress) -> dict[str, str]:
    return {held.fact.id: str(held.reason) for held in found.unused}


def graded(key: str, grade: int | None = None) -> dict[str, Any]:
    return {"achievement": key, **({} if grade is None else {"grade": grade})}


@pytest.mark.parametrize(
    ("rule", "facts", "expected", "counts", "rest"),
    [
        ({"credits": 9}, ["x"], ("not-met", 3, 9, "credits"), ["x"], {}),
        ({"credits": 9}, [], ("not-met", 0, 9, "credits"), [], {}),
        ({"credits": 5, "of": ["x", "y", "z"]}, ["x", "y", "z"], ("met", 5, 5, "credits"),
         ["x", "y"], {"z": "not-needed"}),
        ({"items": 1, "of": ["x", "y"]}, ["x", "q"], ("met", 1, 1, "items"), ["x"], {}),
        ({"items": 1, "among": "awards"}, ["x"], ("not-met", 0, 1, "items"), [], {}),
        ({"items": 2, "of": ["x", "y"], "grade": 60}, [graded("x", 60), graded("y", 59)],
         ("not-met", 1, 2, "items"), ["x"], {"y": "below-grade"}),
        ({"items": 2, "of": ["x", "y"], "grade": 60}, [graded("x", 60), graded("y")],
         ("unknown", 1, 2, "items"), ["x"], {"y": "grade-missing"}),
        ({"items": 3, "of": ["x", "y", "z"], "grade": 60}, [graded("x", 60), graded("y")],
         ("not-met", 1, 3, "items"), ["x"], {"y": "grade-missing"}),
        ("x", ["x"], ("met", 1, 1, "items"), ["x"], {}),
        ("x", [], ("not-met", 0, 1, "items"), [], {}),
        ("x", [{"achievement": "x", "id": "x1"}, {"achievement": "x", "id": "x2"}],
         ("met", 1, 1, "items"), ["x1"], {}),
        ({"items": 1, "where": RED}, [{"achievement": "x", "attributes": BLUE}],
         ("not-met", 0, 1, "items"), [], {}),
        ({"items": 1, "of": ["x"], "where": RED}, [{"achievement": "x", "attributes": BLUE}],
         ("not-met", 0, 1, "items"), [], {"x": "other-kind"}),
        ({"completed": "x", "grade": 60, "open": {"from": "2020-01-01"}}, [graded("x")],
         ("unknown", 0, 1, "items"), [], {"x": "grade-missing"}),
        ({"completed": "x", "grade": 60}, [graded("x")], ("unknown", 0, 1, "items"), [],
         {"x": "grade-missing"}),
        ({"completed": "x", "grade": 60}, [graded("x", 59)], ("not-met", 0, 1, "items"), [],
         {"x": "below-grade"}),
        ({"completed": "x", "where": RED}, [{"achievement": "x", "attributes": BLUE}],
         ("not-met", 0, 1, "items"), [], {"x": "other-kind"}),
    ],
)  # fmt: skip
def test_an_amount_says_what_counts_and_why_the_rest_does_not(
    rule: object,
    facts: list[Any],
    expected: tuple[str, int, int, str],
    counts: list[str],
    rest: dict[str, str],
) -> None:
    for found in twice(rule, *facts):
        assert told(found) == expected
        assert counted(found) == counts
        assert unused(found) == rest


@pytest.mark.parametrize(
    ("rule", "facts", "expected"),
    [
        ({"all": ["x", "y"]}, ["x"], ("not-met", 1, 2, "parts")),
        ({"all": ["x", "y"]}, ["x", "y"], ("met", 2, 2, "parts")),
        ({"any": ["x", "y"]}, ["x", "y"], ("met", 1, 1, "parts")),
        ({"at_least": 2, "of": ["x", "y", "z"]}, ["x", "y", "z"], ("met", 2, 2, "parts")),
        ({"at_least": 2, "of": ["x", "y", "z"]}, [], ("not-met", 0, 2, "parts")),
        ({"all": ["y", {"completed": "x", "grade": 60}]}, ["y", "x"], ("unknown", 1, 2, "parts")),
        ({"all": ["y", {"completed": "x", "grade": 60}]}, ["x"], ("not-met", 0, 2, "parts")),
        ({"any": ["y", {"completed": "x", "grade": 60}]}, ["x", "y"], ("met", 1, 1, "parts")),
        ({"any": ["y", {"completed": "x", "grade": 60}]}, ["x"], ("unknown", 0, 1, "parts")),
        ({"all": ["x", {"credits": 3, "of": ["y"]}]}, ["x", "y"], ("met", 2, 2, "parts")),
    ],
)
def test_a_group_counts_its_parts(
    rule: object, facts: list[str], expected: tuple[str, int, int, str]
) -> None:
    assert [told(found) for found in twice(rule, *facts)] == [expected] * 3


def test_a_spare_part_is_met_by_what_is_not_needed() -> None:
    found = progress({"at_least": 2, "of": ["x", "y", "z"]}, "x", "y", "z")
    assert [told(part) for part in found.children] == [("met", 1, 1, "items")] * 3
    assert [counted(part) for part in found.children] == [["x"], ["y"], []]
    assert unused(found.children[2]) == {"z": "not-needed"}


def test_what_is_used_up_elsewhere_says_so_and_an_overlay_uses_nothing_up() -> None:
    one = {"id": "p", "items": 1, "of": ["x"]}
    rule = {"all": [one, {"id": "q", "items": 1, "of": ["x", "y"]}]}
    first, second = progress(rule, "x").children
    assert (counted(first), counted(second)) == (["x"], [])
    assert unused(second) == {"x": "used-elsewhere"}
    rule = {"all": [{**one, "use": "overlay"}, {"id": "q", "items": 1, "of": ["x", "y"]}]}
    first, second = progress(rule, "y", "x").children
    assert (counted(first), counted(second)) == (["x"], ["y"])
    assert unused(second) == {"x": "not-needed"}
    rule = {
        "all": [{"id": "q", "items": 1, "of": ["x"]}, {**one, "of": ["x", "y"], "use": "overlay"}]
    }
    first, second = progress(rule, "y", "x").children
    assert (counted(second), unused(second)) == (["y"], {"x": "not-needed"})


def test_a_clause_that_does_not_hold_keeps_a_requirement_from_being_met() -> None:
    red = {"id": "r", "items": 2, "where": RED}
    rule = {"credits": 6, "of": ["x", "y"], "of_which": [red]}
    x, y = ({"achievement": key, "attributes": c} for key, c in (("x", RED), ("y", BLUE)))
    found = progress(rule, x, y)
    assert told(found) == ("not-met", 6, 6, "credits")
    (clause,) = found.clauses
    assert (clause.address, str(clause.status)) == ("/r", "not-met")
    assert (int(clause.have), int(clause.need), clause.unit) == (1, 2, "items")
    met = progress(rule, x, {**y, "attributes": RED})
    assert told(met) == ("met", 6, 6, "credits")
    assert [str(clause.status) for clause in met.clauses] == ["met"]


def test_a_day_on_which_nothing_counts_is_a_clause_too() -> None:
    shut = {"all": ["x"], "open": {"until": "2020-01-01"}}
    found = progress(shut, "x")
    assert told(found) == ("not-met", 1, 1, "parts")
    assert [(c.address, str(c.status)) for c in found.clauses] == [("/open", "not-met")]
    assert str(progress({"all": ["x"], "open": {"from": "2020-01-01"}}, "x").status) == "met"


def test_what_filters_work_is_at_fault_or_a_barrier_and_no_clause_of_its_own() -> None:
    rule = {"items": 1, "of": ["x", "y"], "filters": [{"where": RED}], "grace": {"days": 1}}
    x, y = ({"achievement": key, "attributes": c} for key, c in (("x", BLUE), ("y", RED)))
    alone = progress(rule, x)
    assert (str(alone.status), alone.clauses, alone.at_fault) == ("not-met", (), ("/filter",))
    found = progress(rule, x, y)
    assert told(found) == ("met", 1, 1, "items")
    assert (counted(found), found.clauses, found.at_fault) == (["y"], (), ())
    (held,) = found.unused
    assert (held.fact.id, str(held.reason), held.barriers) == ("x", "barred", ("/filter",))


CASE = {"if": {"learner": {"job": "nurse"}}, "then": "x", "else": "y"}


@pytest.mark.parametrize(
    ("job", "facts", "status", "shown"),
    [
        ("nurse", ["x"], "met", ["/if", "/then"]),
        ("nurse", ["y"], "not-met", ["/if", "/then"]),
        ("clerk", ["y"], "met", ["/if", "/else"]),
        ("clerk", ["x"], "not-met", ["/if", "/else"]),
        (None, ["x"], "unknown", ["/if", "/then", "/else"]),
        (None, ["x", "y"], "met", ["/if", "/then", "/else"]),
    ],
)
def test_a_case_shows_the_branch_that_is_taken_or_both(
    job: str | None, facts: list[str], status: str, shown: list[str]
) -> None:
    learner = {} if job is None else {"attributes": {"job": job}}
    for found in twice(CASE, *facts, learner=learner):
        assert told(found) == (status, int(status == "met"), 1, "parts")
        steps = [child.address.removeprefix(found.address.rstrip("/")) for child in found.children]
        assert steps == shown


def test_a_case_that_may_ask_for_nothing_is_open_while_it_is_not_known() -> None:
    rule = {"if": {"learner": {"job": "nurse"}}, "then": "x"}
    assert [str(found.status) for found in twice(rule)] == ["unknown"] * 3
    assert [str(found.status) for found in twice(rule, "x")] == ["met"] * 3
    assert [str(found.status) for found in twice(CASE)] == ["not-met"] * 3


def test_a_case_that_asks_for_nothing_is_met() -> None:
    rule = {"if": {"learner": {"job": "nurse"}}, "then": "x"}
    found = progress(rule, learner={"attributes": {"job": "clerk"}})
    assert told(found) == ("met", 1, 1, "parts")
    assert [child.address for child in found.children] == ["/if"]


def test_what_is_waived_is_met_by_exception() -> None:
    waiver = {"id": "w1", "kind": "waive", "stack": "k", "at": "/y", "author": "dean",
              "reason": "ill", "from": "2026-01-01"}  # fmt: skip
    found = progress({"all": ["x", "y"]}, "x", waivers=[waiver])
    assert told(found) == ("met", 2, 2, "parts")
    assert [(told(part), part.waiver) for part in found.children] == [
        (("met", 1, 1, "items"), ""),
        (("met", 1, 1, "parts"), "w1"),
    ]


def test_parts_of_which_nothing_is_held_are_shown_as_they_are_to_anybody() -> None:
    rule = {"all": ["x", {"any": ["y", {"credits": 9}]}, {"items": 1, "of": ["z"], "best": 1}]}
    nothing, some = progress(rule), progress(rule, "z")
    assert [node.address for node in nothing.walk()] == [node.address for node in some.walk()]
    assert nothing.children[0] == some.children[0]
    assert told(nothing.children[2]) == ("not-met", 0, 1, "items")
    assert told(some.children[2]) == ("met", 1, 1, "items")
    assert told(some) == ("not-met", 1, 3, "parts")
