"""None of: what may not be held beside an award, and the order in which it was earned."""

from __future__ import annotations

import pytest

from stacking_rules import LearnerRecord, Progress, Status, next_steps
from tests.rules.helpers import at, done, has, rolled, stack

RULE = {"all": ["sql", {"id": "not-both", "none": ["law", {"completed": "ethics", "grade": 60}]}]}


@pytest.mark.parametrize(
    ("record", "status"),
    [
        (has("sql"), Status.MET),
        (has("sql", "law"), Status.NOT_MET),
        (has("sql", done("ethics", 70)), Status.NOT_MET),
        (has("sql", done("ethics", 50)), Status.MET),
        (has("sql", done("ethics")), Status.UNKNOWN),
        (has("sql", "law", done("ethics")), Status.NOT_MET),
        (has("law"), Status.NOT_MET),
        (has(done("ethics")), Status.NOT_MET),
    ],
)
def test_nothing_of_it_may_be_held(record: LearnerRecord, status: Status) -> None:
    assert at(RULE, record).status is status


def test_what_shuts_the_way_is_named() -> None:
    (step,) = next_steps(at(RULE, has("sql", "law")))
    assert (step.address, step.kind, step.options) == ("/not-both", "blocked", ("law",))


def test_another_way_is_taken_around_it() -> None:
    rule = {"any": [RULE, {"id": "other", "all": ["r", "go"]}]}
    assert [s.options for s in next_steps(at(rule, has("sql", "law", "r")))] == [("go",)]
    assert at(rule, has("sql", "law", "r", "go")).status is Status.MET


def test_it_uses_nothing_up_and_knows_no_rivals() -> None:
    bar = {"id": "b", "none": [{"all": ["sql", "r"]}]}
    rule = {"all": [{"id": "a", "any": ["law", "sql"]}, bar]}
    found = at(rule, has("sql"))
    assert found.status is Status.MET
    barred: Progress = found.children[1]
    assert (barred.have, barred.need, barred.counted) == (1, 1, ())
    assert at(rule, has("sql", "r")).status is Status.NOT_MET


def test_none_of_none_of() -> None:
    rule = {"none": [{"none": ["sql"]}]}
    assert at(rule, has("sql")).status is Status.MET
    assert at(rule, has("r")).status is Status.NOT_MET


def test_who_holds_one_award_cannot_take_the_other_and_may_in_the_other_order() -> None:
    narrow = stack({"all": ["sql", {"none": [{"award": "wide"}]}]}, key="narrow")
    wide = stack({"all": ["sql", "law"]}, key="wide")
    both = rolled([narrow, wide], has("sql", "law"))
    assert [new.stack.key for new in both.new_awards] == ["wide"]
    assert both.progress["narrow"].status is Status.NOT_MET
    first = rolled([narrow, wide], has("sql"))
    assert [new.stack.key for new in first.new_awards] == ["narrow"]
