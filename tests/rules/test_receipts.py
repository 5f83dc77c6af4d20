"""A receipt is checked clause by clause, without a search: what breaks one clause is refused."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from stacking_rules import (
    LearnerRecord,
    Stack,
    counted_facts,
    evaluate,
    parse_document,
    parse_record,
    roll_up,
    verify_receipt,
)
from tests.rules.helpers import NOW, TODAY

SHARING = "share"
"""What the clause between two requirements is called."""
TERMS = [
    {"name": "spring", "from": "2026-01-10", "to": "2026-03-31"},
    {"name": "summer", "from": "2026-04-01", "to": "2026-06-30"},
    {"name": "autumn", "from": "2026-07-01", "to": "2026-12-31"},
]
TWO = [{"id": "a", "items": 1, "of": ["x", "y"]}, {"id": "b", "items": 1, "of": ["x", "y", "z"]}]


def stack_of(requires: object, **terms: Any) -> Stack:
    top = {"quoin": 1, "terms": TERMS, "stacks": [{"key": "s", "requires": requires, **terms}]}
    return parse_document(top).stacks[0]


def note(achievement: str, at: str = "/", **fields: Any) -> dict[str, Any]:
    known: dict[str, Any] = {"address": at, "kind": "completion", "id": achievement}
    known |= {"achievement": achievement, "on": "2026-02-01", "credits": "3"}
    attributes = {k: fields.pop(k) for k in list(fields) if k in ("color", "level", "area")}
    return {**known, **fields, "attributes": attributes}


def receipt_of(stack: Stack, *counted: dict[str, Any], **more: Any) -> dict[str, Any]:
    said = {"stack": "s", "version": stack.version, "content_hash": stack.content_hash}
    return {**said, "as_of": "2026-06-30", "counted": list(counted), **more}


def problems(requires: object, *counted: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    stack = stack_of(requires)
    found = verify_receipt(stack, json.loads(json.dumps(receipt_of(stack, *counted, **more))))
    return [(problem.code, problem.about) for problem in found]


NOT_MET = [("not-met", "/")]
X, Y, Z = note("x"), note("y"), note("z")
RED, BLUE, PLAIN = note("r", color="red"), note("b", color="blue"), note("p")
OVERLAY = {"id": "o", "items": 2, "of": ["x", "y"], "use": "overlay"}


@pytest.mark.parametrize(
    ("requires", "holds", "fails"),
    [
        ({"credits": 6}, [X, Y], [X, note("y", credits="2.5")]),
        ({"items": 2}, [X, note("y", credits="0")], [X]),
        ({"points": 130}, [note("x", grade=60), note("y", grade=70)], [note("x", grade=100)]),
        (
            {"credits": 5, "caps": [{"at_most": {"credits": 2}, "where": {"color": "red"}}]},
            [RED, BLUE],
            [RED, note("b", color="blue", credits="2.9")],
        ),
        (
            {"credits": 5, "caps": [{"at_most": {"credits": 2}, "where": {"color": "red"}}]},
            [note("r", color="red", credits="9"), BLUE],
            [PLAIN, note("q")],
        ),
        (
            {"credits": 4, "caps": [{"at_most": {"items": 1}, "where": {"color": "red"}}]},
            [RED, BLUE],
            [RED, note("r2", color="red")],
        ),
        (
            {"credits": 6, "of_which": [{"credits": 3, "where": {"color": "red"}}]},
            [RED, BLUE],
            [note("r", color="red", credits="2.9"), BLUE, PLAIN],
        ),
        (
            {"credits": 6, "of_which": [{"at_most": {"items": 1}, "where": {"color": "red"}}]},
            [RED, BLUE],
            [RED, PLAIN],
        ),
        (
            {"credits": 6, "of_which": [{"share": "1/2", "where": {"color": "red"}}]},
            [RED, BLUE],
            [RED, note("b", color="blue", credits="3.5")],
        ),
        (
            {
                "items": 2,
                "of_which": [{"share": "1/2", "unit": "items", "where": {"color": "red"}}],
            },
            [note("r", color="red", credits="0"), BLUE],
            [RED, BLUE, PLAIN],
        ),
        (
            {"credits": 6, "of_which": [{"share_at_most": "1/2", "where": {"color": "red"}}]},
            [RED, BLUE],
            [RED, PLAIN],
        ),
        (
            {"items": 2, "of_which": [{"mean": 70, "weight": "items"}]},
            [note("x", grade=60, credits="9"), note("y", grade=80)],
            [note("x", grade=60), note("y", grade="79.9")],
        ),
        (
            {"items": 2, "of_which": [{"mean": 70}]},
            [note("x", grade=60, credits="1"), note("y", grade=75, credits="2")],
            [note("x", grade=90), note("y")],
        ),
        (
            {"items": 2, "of_which": [{"mean": 70, "where": {"color": "red"}}]},
            [note("x", grade=70, color="red"), note("y", grade=10, color="blue")],
            [note("x", grade=10, color="red"), note("y", grade=90, color="blue")],
        ),
        (
            {"items": 2, "of_which": [{"distinct": "area", "at_least": 2}]},
            [note("x", area=["p", "q"]), note("y", area=["p"])],
            [note("x", area=["p"]), note("y", area=["p"])],
        ),
        (
            {"items": 3, "of_which": [{"distinct": "area", "at_least": 3}]},
            [note("x", area=["p", "q"]), note("y", area=["p", "r"]), note("z", area=["p"])],
            [note("x", area=["p", "q"]), note("y", area=["p", "q"]), note("z", area=["p"])],
        ),
        (
            {"items": 2, "of_which": [{"same": "area"}]},
            [note("x", area=["p", "q"]), note("y", area=["q", "r"])],
            [note("x", area=["p"]), note("y", area=["q"])],
        ),
        (
            {"items": 2, "of_which": [{"same": "area", "where": {"color": "red"}}]},
            [note("x", area=["p"], color="red"), note("y", area=["q"], color="blue")],
            [note("x", area=["p"], color="red"), note("y", area=["q"])],
        ),
        ({"items": 1, "best": 2}, [X, Y], [X, Y, Z]),
        (
            {"items": 2, "window": {"within": {"months": 3}, "from": "on"}},
            [note("x", on="2026-01-15"), note("y", on="2026-04-15")],
            [note("x", on="2026-01-15"), note("y", on="2026-04-16")],
        ),
        (
            {"items": 2, "window": {"within": {"months": 3}, "from": "started"}},
            [note("x", started="2026-01-01"), note("y", on="2026-04-01", started="2026-03-01")],
            [note("x", started="2026-01-01"), note("y")],
        ),
        (
            {"items": 2, "window": {"terms": 2}},
            [note("x", on="2026-01-10"), note("y", on="2026-06-30")],
            [note("x", on="2026-01-10"), note("y", on="2026-07-01")],
        ),
        (
            {"items": 2, "together": True},
            [note("x", on="2026-01-01", valid_until="2026-03-02"), note("y", on="2026-03-01")],
            [note("x", on="2026-01-01", valid_until="2026-03-01"), note("y", on="2026-03-01")],
        ),
        (
            {"items": 1, "bundles": [{"of": ["x", "y"]}]},
            [X, Y],
            [X, Z],
        ),
    ],
)
def test_what_keeps_the_clause_holds_and_what_breaks_it_does_not(
    requires: object, holds: list[dict[str, Any]], fails: list[dict[str, Any]]
) -> None:
    as_of = "2026-12-31" if "2026-07-01" in str(fails) else "2026-06-30"
    assert problems(requires, *holds, as_of=as_of) == []
    assert problems(requires, *fails, as_of=as_of) == NOT_MET


@pytest.mark.parametrize(
    ("requires", "holds", "fails"),
    [
        ({"all": TWO}, [("x", "/a"), ("y", "/b")], [("x", "/a")]),
        ({"any": TWO}, [("x", "/a")], []),
        ({"at_least": 1, "of": [*TWO, "q"]}, [("y", "/b")], []),
        (
            {"all": TWO, "of_which": [{"at_most": {"items": 1}, "where": {"achievement": "y"}}]},
            [("x", "/a"), ("y", "/b")],
            [("y", "/a"), ("z", "/b"), ("y", "/b")],
        ),
        (
            {"all": [*TWO, OVERLAY]},
            [("x", "/a"), ("y", "/b"), ("x", "/o"), ("y", "/o")],
            [("x", "/a"), ("y", "/b"), ("x", "/o")],
        ),
        (
            {"all": [*TWO, OVERLAY], "of_which": [{"at_most": {"items": 2}}]},
            [("x", "/a"), ("y", "/b"), ("x", "/o"), ("y", "/o")],
            [("x", "/a"), ("y", "/b"), ("z", "/b"), ("x", "/o"), ("y", "/o")],
        ),
    ],
)
def test_groups_hold_by_what_counts_at_their_parts(
    requires: object, holds: list[tuple[str, str]], fails: list[tuple[str, str]]
) -> None:
    assert problems(requires, *(note(key, at) for key, at in holds)) == []
    assert problems(requires, *(note(key, at) for key, at in fails)) != []


@pytest.mark.parametrize(
    ("after", "days", "expected"),
    [
        ({}, ("2026-02-01", "2026-02-01", "2026-03-01"), []),
        ({}, ("2026-02-01", "2026-01-31", "2026-03-01"), NOT_MET),
        ({"strict": True}, ("2026-02-01", "2026-02-02", "2026-03-01"), []),
        ({"strict": True}, ("2026-02-01", "2026-02-01", "2026-03-01"), NOT_MET),
        ({"by": "on"}, ("2026-02-01", "2025-02-01", "2026-02-01"), []),
        ({"by": "on"}, ("2026-02-01", "2025-02-01", "2026-01-31"), NOT_MET),
        ({}, ("2026-02-01", None, "2026-03-01"), NOT_MET),
    ],
)
def test_what_comes_after_begins_when_the_other_is_finished(
    after: dict[str, object], days: tuple[str, str | None, str], expected: object
) -> None:
    finished, started, on = days
    begins = {"id": "b", "items": 1, "of": ["y"], "after": {"of": "/a", **after}}
    rule = {"all": [{"id": "a", "items": 1, "of": ["x"]}, begins]}
    begun = {} if started is None else {"started": started}
    assert problems(rule, note("x", "/a", on=finished), note("y", "/b", on=on, **begun)) == expected


def test_one_item_counts_twice_only_where_a_clause_lets_it() -> None:
    twice = [note("x", "/a"), note("x", "/b")]
    assert problems({"all": TWO}, *twice) == [("counts-twice", "x")]
    assert problems({"all": TWO, "once": {"times": 2}}, *twice) == []
    assert problems({"all": TWO, "once": {"times": 1}}, *twice) == [("counts-twice", "x")]
    both = {"between": ["a", "b"]}
    assert problems({"all": TWO, SHARING: [both | {"at_most": {"items": 1}}]}, *twice) == []
    assert problems({"all": TWO, SHARING: [both | {"at_most": {"items": 0}}]}, *twice) == NOT_MET
    assert problems({"all": TWO, SHARING: [both | {"at_most": {"credits": 3}}]}, *twice) == []
    assert problems({"all": TWO, SHARING: [both | {"at_most": {"credits": 2}}]}, *twice) == NOT_MET
    assert problems({"all": TWO, SHARING: [both | {"unique": 1}]}, *twice) == NOT_MET
    own = [note("y", "/a"), note("z", "/b")]
    assert problems({"all": TWO, SHARING: [both | {"unique": 3}]}, *twice, *own) == []
    assert problems({"all": TWO, SHARING: [both | {"unique": 4}]}, *twice, *own) == NOT_MET


def test_sharing_holds_between_the_two_that_it_names() -> None:
    rule = {"all": [*TWO, {"id": "c", "items": 1, "of": ["x", "q"]}]}
    rule[SHARING] = [{"between": ["a", "b"], "at_most": {"items": 1}}]
    assert problems(rule, note("x", "/a"), note("x", "/b"), note("q", "/c")) == []
    refused = [("counts-twice", "x")]
    assert problems(rule, note("x", "/a"), note("y", "/b"), note("x", "/c")) == refused
    assert problems(rule, note("x", "/a"), note("x", "/b"), note("x", "/c")) == refused


def test_a_receipt_of_something_else_is_named_as_that() -> None:
    stack = stack_of({"items": 1})
    good = receipt_of(stack, X)
    assert verify_receipt(stack, good) == ()
    for field, code in (
        ("stack", "other-stack"),
        ("version", "other-version"),
        ("content_hash", "other-rule"),
    ):
        (problem,) = verify_receipt(stack, good | {field: "z"})
        assert (problem.code, problem.about) == (code, "z")


@pytest.mark.parametrize(
    ("change", "about"),
    [
        ([], ""),
        ({"counted": None}, "/counted"),
        ({"counted": ["x"]}, "/counted"),
        ({"as_of": "today"}, "/as_of"),
        ({"counted": [X | {"kind": 1}]}, "/counted/kind"),
        ({"counted": [X | {"credits": "much"}]}, "/completions/0/credits"),
        ({"other_awards": ["w"]}, "/other_awards"),
        ({"learner": {"events": {"born": "once"}}}, "/learner/events/born"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(change: Any, about: str) -> None:
    stack = stack_of({"items": 1})
    data = receipt_of(stack, X) | change if isinstance(change, dict) else change
    assert [(p.code, p.about) for p in verify_receipt(stack, data)] == [("unreadable", about)]


def test_what_does_not_belong_where_it_is_put_is_named() -> None:
    rule = {"all": [{"id": "a", "items": 1, "of": ["x"], "where": {"level": 6}}]}
    six = note("x", "/a", level=6)
    assert problems(rule, six) == []
    assert problems(rule, six, note("x2", "/z")) == [("unknown-address", "/z")]
    assert problems(rule, note("x", "/a", level=5)) == [("does-not-count", "x")]
    assert problems(rule, note("x", "/a")) == [("does-not-count", "x")]
    assert problems(rule, note("y", "/a", level=6)) == [("does-not-count", "y")]
    assert problems(rule, six, as_of="2026-01-31") == [("does-not-count", "x")]
    filtered = {"items": 1, "filters": [{"where": {"color": "red"}}]}
    assert problems(filtered, RED) == []
    assert problems(filtered, BLUE) == [("does-not-count", "b")]


def test_single_achievements_share_the_place_of_their_group() -> None:
    assert problems({"all": ["x", "y"]}, note("x", "/x"), note("y", "/y")) == []
    deep = {"all": [{"id": "core", "all": ["x", "y"]}, {"id": "more", "items": 1, "of": ["z"]}]}
    counted = (note("x", "/core/x"), note("y", "/core/y"), note("z", "/more"))
    assert problems(deep, *counted) == []


def test_what_the_receipt_gives_is_taken_as_stated() -> None:
    rule = {"all": ["x", {"id": "l", "learner": {"profession": "nurse"}}]}
    assert problems(rule, note("x", "/x")) == []
    assert problems(rule, note("x", "/x"), given={"/l": "met"}) == []
    assert problems(rule, note("x", "/x"), given={"/l": "not-met"}) == NOT_MET


def test_awards_and_attestations_are_facts_of_a_receipt() -> None:
    rule = {"all": [{"award": "small"}, {"attested": "sworn"}]}
    award = {"address": "/small", "kind": "award", "id": "w", "achievement": "small"}
    sworn = {"address": "/sworn", "kind": "attestation", "id": "s", "achievement": "sworn"}
    dated = {"on": "2026-02-01", "credits": "0"}
    assert problems(rule, award | dated, sworn | dated) == []
    assert problems(rule, award | dated) == NOT_MET


def test_an_item_that_another_award_used_up_is_known_from_the_receipt() -> None:
    rule = {"items": 1, "where": {"uses": 0}}
    other = {"id": "w", "award": "old", "on": "2026-03-01", "counted": ["x"]}
    assert problems(rule, X) == []
    assert problems(rule, X, other_awards=[other]) == [("does-not-count", "x")]


def test_a_renewal_is_checked_against_the_path_of_renewal() -> None:
    renewal = {"requires": {"items": 1, "of": ["refresh"]}, "opens": {"days": 90}}
    stack = stack_of({"items": 1, "of": ["x"]}, lasts={"years": 1}, renewal=renewal)
    held = {"id": "w", "award": "s", "on": "2025-08-01", "valid_until": "2026-08-01"}
    again = note("refresh", "/renewal", on="2026-06-01")
    assert verify_receipt(stack, receipt_of(stack, again, other_awards=[held])) == ()
    early = note("refresh", "/renewal", on="2026-05-02")
    found = verify_receipt(stack, receipt_of(stack, early, other_awards=[held]))
    assert [problem.code for problem in found] == ["does-not-count"]
    found = verify_receipt(stack, receipt_of(stack, note("refresh"), other_awards=[held]))
    assert [problem.code for problem in found] == ["does-not-count"]


def made(requires: object, record: LearnerRecord) -> dict[str, Any]:
    (new,) = roll_up([stack_of(requires)], record, as_of=TODAY, known_on=NOW).new_awards
    assert verify_receipt(new.stack, json.loads(json.dumps(new.receipt))) == ()
    return new.receipt


LEARNER = {
    "attributes": {"job": "nurse", "age": 40},
    "events": {"passed": "2026-01-01", "born": "1986-01-01"},
}


def record_of(*facts: dict[str, Any], **more: Any) -> LearnerRecord:
    usual = {"on": "2026-02-01", "credits": 3}
    named = [usual | {"id": fact["achievement"]} | fact for fact in facts]
    return parse_record({"completions": named, **more})


def test_a_receipt_says_who_asked_for_what_and_when() -> None:
    stack = stack_of({"all": ["x"]})
    found = made({"all": ["x"]}, record_of({"achievement": "x"}))
    assert {name: found[name] for name in ("stack", "version", "content_hash")} == {
        "stack": "s", "version": 1, "content_hash": stack.content_hash
    }  # fmt: skip
    assert (found["as_of"], found["known_on"]) == ("2026-06-30", "2026-06-30T12:00:00+00:00")
    assert (found["given"], found["waived"], found["other_awards"]) == ({}, {}, [])


def test_a_receipt_says_all_that_is_known_of_what_counted() -> None:
    said = {
        "achievement": "x", "grade": "4", "scale": "1-5", "started": "2026-01-01",
        "valid_until": "2027-01-01", "credits": "2.5",
        "attributes": {"level": 6, "hours": Decimal("1.5"), "area": ["a", "b"], "own": True},
    }  # fmt: skip
    (counted,) = made({"all": ["x"]}, record_of(said))["counted"]
    assert counted == {
        "address": "/x", "kind": "completion", "id": "x", "achievement": "x", "on": "2026-02-01",
        "credits": "2.5", "grade": "4", "scale": "1-5", "started": "2026-01-01",
        "valid_until": "2027-01-01",
        "attributes": {"level": [6], "hours": [1.5], "area": ["a", "b"], "own": [True]},
    }  # fmt: skip


def test_a_receipt_says_of_the_learner_what_the_rule_asks_and_no_more() -> None:
    after = {"on": {"at_least": {"event": "passed"}}}
    rule = {"all": [{"id": "l", "learner": {"job": "nurse"}}, {"completed": "x", "where": after}]}
    found = made(rule, record_of({"achievement": "x"}, learner=LEARNER))
    assert found["learner"] == {
        "attributes": {"job": ["nurse"]},
        "events": {"passed": "2026-01-01"},
    }
    assert found["given"] == {"/l": "met"}
    deep = {"any": [{"not": {"job": {"known": False}}}, {"age": {"at_least": 99}}]}
    rule = {"all": ["x", {"id": "l", "learner": deep}]}
    found = made(rule, record_of({"achievement": "x"}, learner=LEARNER))
    assert found["learner"] == {"attributes": {"job": ["nurse"], "age": [40]}, "events": {}}
    clause = {"items": 1, "filters": [{"where": {"not": {"on": {"below": {"event": "passed"}}}}}]}
    found = made(clause, record_of({"achievement": "x"}, learner=LEARNER))
    assert found["learner"] == {"attributes": {}, "events": {"passed": "2026-01-01"}}
    recent = {"items": 1, "where": {"on": {"last": {"years": 1}, "at": {"event": "passed"}}}}
    found = made(recent, record_of({"achievement": "x"}, learner=LEARNER))
    assert found["learner"] == {"attributes": {}, "events": {"passed": "2026-01-01"}}
    plain = {"items": 1, "where": {"age": {"known": False}, "job": {"known": False}}}
    found = made(plain, record_of({"achievement": "x"}, learner=LEARNER))
    assert found["learner"] == {"attributes": {}, "events": {}}


def test_a_receipt_names_other_awards_that_used_the_same_or_are_asked_about() -> None:
    awards = [
        {"id": "used", "award": "u", "on": "2026-03-01", "counted": ["x"],
         "valid_until": "2028-01-01",
         "attributes": {"type": "badge"}},
        {"id": "asked", "award": "a", "on": "2026-01-01", "counted": ["q"], "banked": True},
        {"id": "stranger", "award": "t", "on": "2026-01-01", "counted": ["q"]},
    ]  # fmt: skip
    rule = {"items": 1, "where": {"on": {"at_least": {"award": "a"}}}}
    found = made(rule, record_of({"achievement": "x"}, awards=awards))
    assert found["other_awards"] == [
        {"id": "used", "award": "u", "on": "2026-03-01", "counted": ["x"], "banked": False,
         "attributes": {"type": ["badge"]}, "valid_until": "2028-01-01"},
        {"id": "asked", "award": "a", "on": "2026-01-01", "counted": ["q"], "banked": True,
         "attributes": {}},
    ]  # fmt: skip


def test_a_receipt_gives_what_is_not_met_by_counting_and_names_exceptions() -> None:
    rule = {
        "all": [
            "x",
            {"id": "n", "none": ["q"]},
            {"id": "c", "if": "x", "then": {"items": 1, "of": ["y"]}},
        ]
    }
    found = made(rule, record_of({"achievement": "x"}, {"achievement": "y"}))
    assert found["given"] == {"/n": "met", "/c": "met"}
    waiver = {"id": "w", "kind": "waive", "stack": "s", "at": "/z", "author": "R", "reason": "S"}
    record = record_of({"achievement": "x"}, waivers=[waiver | {"from": "2026-01-01"}])
    (new,) = roll_up([stack_of({"all": ["x", "z"]})], record, as_of=TODAY, known_on=NOW).new_awards
    assert new.receipt["waived"] == {"/z": "w"}


def counted(requires: object, record: LearnerRecord) -> list[str]:
    progress = evaluate(stack_of(requires), record, as_of=TODAY, known_on=NOW)
    return [fact.id for _, fact in counted_facts(progress)]


def test_spare_parts_of_a_choice_do_not_count_unless_a_clause_needs_them() -> None:
    both = record_of({"achievement": "x"}, {"achievement": "y"})
    assert counted({"any": ["x", "y"]}, both) == ["x"]
    assert counted({"any": ["x", "y"], "of_which": [{"items": 2}]}, both) == ["x", "y"]
    inner = {"all": [{"id": "g", "any": ["x", "y"]}], "of_which": [{"items": 2}]}
    assert counted(inner, both) == ["x", "y"]
    nothing = {"any": [{"id": "zero", "items": 0}, "y"]}
    assert counted(nothing, both) == ["y"]
    assert counted({"if": "x", "then": "y"}, both) == ["y"]
