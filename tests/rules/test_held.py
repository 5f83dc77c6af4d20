"""What of a learner's record fits a requirement, with what amount, and what keeps it out."""

from __future__ import annotations

from typing import Any

import pytest

from stacking_rules import Progress, Unused, evaluate, parse_document, parse_record
from tests.rules.helpers import NOW, TODAY


def found(stack: dict[str, Any], *facts: dict[str, Any], **more: Any) -> Progress:
    """Return the progress at ``stack``; in ``more`` are the rest of the record and ``top``,
    what else the document says."""
    usual = {"on": "2026-02-01", "credits": 3}
    named = [usual | {"id": fact["achievement"]} | fact for fact in facts]
    top = {"quoin": 1, "stacks": [{"key": "s", **stack}], **more.pop("top", {})}
    document = parse_document(top)
    record = parse_record({"completions": named, **more}, document.definitions)
    return evaluate(document.stacks[0], record, as_of=TODAY, known_on=NOW)


def status(rule: object, *facts: dict[str, Any], **more: Any) -> str:
    return found({"requires": rule}, *facts, **more).status.value


def fact(achievement: str, credits: object = 3, **more: Any) -> dict[str, Any]:
    return {"achievement": achievement, "credits": credits, **more}


def waiver(kind: str, at: str, about: str, **more: Any) -> dict[str, Any]:
    said = {"stack": "s", "author": "R", "reason": "S", "from": "2026-05-01"}
    return {"kind": kind, "at": at, "fact": about, **said, **more}


X, Y = fact("x"), fact("y")


# -- what is asked about --------------------------------------------------------------------------


@pytest.mark.parametrize("among", ["completions", "awards", "attestations", "all"])
def test_what_is_asked_of_anything_sees_what_is_of_its_kinds(among: str) -> None:
    records: dict[str, dict[str, Any]] = {
        "completions": {"completions": [X | {"id": "x", "on": "2026-02-01"}]},
        "awards": {"awards": [award("w")]},
        "attestations": {"attestations": [{"statement": "t", "on": "2026-02-01"}]},
    }
    for name, record in records.items():
        facts = record.pop("completions", [])
        answer = status({"items": 1, "among": among}, *facts, **record)
        both = ("completions", "awards") if among == "all" else (among,)
        assert (answer == "met") is (name in both)


# -- what is carried over -------------------------------------------------------------------------

CYCLE = {"credits": 10, "rollover": {"at_most": {"credits": 9}}}


def award(key: str, **more: Any) -> dict[str, Any]:
    return {"id": key, "award": key, "on": "2025-03-01", **more}


@pytest.mark.parametrize("more", [{}, {"best": 3}])
def test_what_the_own_award_carries_over_counts_once_and_where_it_may(more: Any) -> None:
    rule, six = CYCLE | more, fact("x", 6)
    assert status(rule, six, awards=[award("s", carried=4)]) == "met"
    assert status(rule, six, awards=[award("s", carried="3.9")]) == "not-met"
    assert status(rule, six, awards=[award("t", carried=4)]) == "not-met"
    assert status(rule, fact("s", 1), six, awards=[award("s")]) == "not-met"
    assert status(rule, awards=[award("s", carried=10)]) == "met"
    assert status({"credits": 10, **more}, six, awards=[award("s", carried=4)]) == "not-met"
    nothing = found({"requires": rule}, fact("x", 10), awards=[award("s")])
    assert [counted.id for counted in nothing.counted] == ["x"]


# -- what is split --------------------------------------------------------------------------------


def test_credits_are_split_down_to_the_quantum_and_no_further() -> None:
    top = {"achievements": {"x": {"splittable": "2.5"}}}
    pools = {"all": [{"id": n, "credits": c, "of": ["x"]} for n, c in (("a", "2.5"), ("b", "3.5"))]}
    assert status(pools, fact("x", 6), top=top) == "met"
    assert status(pools, fact("x", "5.9"), top=top) == "not-met"
    third = {"all": [*pools["all"], {"id": "c", "credits": 1, "of": ["y"]}]}
    assert status(third, fact("x", 6), Y, top=top) == "met"
    tied = {"credits": "5.5", "of": ["x", "y"], "bundles": [{"of": ["x", "y"]}]}
    assert status(tied, fact("x", "2.5"), Y, top=top) == "met"


def test_what_is_counted_in_items_is_never_split() -> None:
    top = {"achievements": {"x": {"splittable": "0.5"}}}
    assert status({"items": 1, "of": ["x"], "best": 1}, X, top=top) == "met"


# -- amounts --------------------------------------------------------------------------------------


def test_points_are_multiplied_and_of_two_names_the_better_one_counts() -> None:
    rule = {"points": 60, "of": ["x", "y"], "factors": {"x": 2, "y": 1}}
    assert status(rule, fact("x", grade=30)) == "met"
    assert status(rule, fact("x", grade=29)) == "not-met"
    assert status(rule, fact("y", grade=60)) == "met"
    for factors in ({"x": "0.3", "y": "0.7"}, {"x": "0.7", "y": "0.3"}):
        same = {"points": 70, "of": ["x", "y"], "factors": factors}
        top = {"equivalent": [{"same": ["x", "y"]}]}
        assert status(same, fact("x", grade=100), top=top) == "met"
        assert status(same, fact("x", grade=99), top=top) == "not-met"


def test_ranks_become_points_on_another_scale_and_never_on_their_own() -> None:
    top = {
        "scales": {"core": ["D", "C", "B"]},
        "tables": [{"from": "core", "to": "0-100", "rows": {"D": 40, "C": 60, "B": 90}}],
    }
    graded = fact("x", grade="C", scale="core")
    assert status({"points": 60, "of": ["x"]}, graded, top=top) == "met"
    assert status({"points": 61, "of": ["x"]}, graded, top=top) == "not-met"
    assert status({"completed": "x", "grade": "C", "scale": "core"}, graded, top=top) == "met"


def test_a_limit_speaks_of_what_it_names_and_of_what_is_the_same() -> None:
    rule = {"at_most": {"items": 0}, "of": ["x"]}
    top = {"equivalent": [{"same": ["x", "z"]}]}
    for said in ({}, top):
        assert status(rule, X, top=said) == "not-met"
        assert status(rule, Y, top=said) == "met"
    planned = fact("x", state="planned")
    assert status(rule, planned) == "met"
    assert status(rule, fact("x", valid_until="2026-06-30")) == "met"


def test_an_achievement_that_is_asked_for_twice_counts_for_the_weaker_wish() -> None:
    graded = {"id": "g", "completed": "x", "grade": 50}
    for parts in (["x", graded], [graded, "x"], ["x", graded, "y"], [graded, "x", "y"]):
        assert status({"any": parts}, X) == "met"
        assert status({"all": parts}, X) != "met"
    assert status({"any": [graded, "y"]}, X) == "unknown"


def test_of_a_part_that_may_be_met_again_one_item_is_one_part() -> None:
    top = {"achievements": {"x": {"repeatable": 2}}}
    twice = [fact("x", id="x1"), fact("x", id="x2", on="2026-03-01")]
    assert status({"at_least": 2, "of": ["x", "y"]}, *twice, top=top) == "not-met"
    assert status({"at_least": 2, "of": ["x", "y"]}, *twice, Y, top=top) == "met"
    assert status({"items": 2, "of": ["x", "y"]}, *twice, top=top) == "met"
    assert status({"items": 3, "of": ["x", "y"]}, *twice, fact("x", id="x3"), top=top) == "not-met"


# -- what is shown --------------------------------------------------------------------------------


def test_what_counts_is_listed_in_the_order_of_its_days() -> None:
    later, earlier = fact("x", on="2026-03-01"), fact("y", on="2026-01-01")
    for facts in ((later, earlier), (earlier, later)):
        for more in ({}, {"best": 2}):
            progress = found({"requires": {"credits": 6, "of": ["x", "y"], **more}}, *facts)
            assert [counted.achievement for counted in progress.counted] == ["y", "x"]


@pytest.mark.parametrize(
    ("state", "answer", "reason"),
    [
        ("done", "met", None),
        ("in-progress", "not-met", Unused.NOT_DONE),
        ("planned", "not-met", Unused.NOT_DONE),
        ("pending", "unknown", Unused.PENDING),
    ],
)
def test_only_what_is_done_counts(state: str, answer: str, reason: Unused | None) -> None:
    progress = found({"requires": "x"}, fact("x", state=state))
    assert progress.status.value == answer
    assert [held.reason for held in progress.unused] == ([] if reason is None else [reason])


def test_what_is_debited_for_good_is_barred_by_the_ledger() -> None:
    banked = award("old", counted=["x"], banked=True)
    progress = found({"requires": {"credits": 3}}, X, awards=[banked])
    assert progress.status.value == "not-met"
    assert [(held.reason, held.barriers) for held in progress.unused] == [
        (Unused.BARRED, ("/ledger",))
    ]


# -- exceptions -----------------------------------------------------------------------------------

LOOKS = {
    "all": [
        {"id": "x", "items": 1, "of": ["x", "p"], "use": "overlay"},
        {"id": "y", "items": 1, "of": ["x", "q"], "use": "overlay"},
    ]
}


def parts(*waivers: dict[str, Any]) -> list[str]:
    progress = found({"requires": LOOKS}, X, waivers=list(waivers))
    return [part.status.value for part in progress.children]


def test_an_exception_is_made_at_its_address_and_below() -> None:
    assert parts() == ["met", "met"]
    assert parts(waiver("exclude", "/x", "x")) == ["not-met", "met"]
    assert parts(waiver("exclude", "/y", "x")) == ["met", "not-met"]
    assert parts(waiver("exclude", "/", "x")) == ["not-met", "not-met"]
    assert parts(waiver("exclude", "/x", "z")) == ["met", "met"]


@pytest.mark.parametrize("kind", ["substitute", "force"])
def test_something_else_counts_by_exception(kind: str) -> None:
    rule = {"all": [{"id": "a", "completed": "a", "grade": 50}, {"id": "b", "completed": "b"}]}
    b = fact("b")
    assert status(rule, X, b) == "not-met"
    for about in ("x", "named"):
        one = fact("x", id="named", grade=10)
        assert status(rule, one, b, waivers=[waiver(kind, "/a", about)]) == "met"
    assert status(rule, X, b, waivers=[waiver(kind, "/b", "x")]) == "not-met"
    low = fact("a", grade=40)
    assert status(rule, low, b, waivers=[waiver(kind, "/a", "a")]) == "met"
    planned = fact("a", grade=40, state="planned", valid_until="2026-03-01")
    assert status(rule, planned, b, waivers=[waiver(kind, "/a", "a")]) == "met"
