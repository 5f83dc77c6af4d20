"""Tests on facts, overlays and validity: what a requirement looks at."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from stacking_rules import (
    Completion,
    DocumentError,
    LearnerRecord,
    LimitExceededError,
    Status,
    Unused,
    next_change,
    next_steps,
    parse_record,
)
from stacking_rules.read_test import read_anchor, read_test
from stacking_rules.selection import Asked, all_of, any_of, lapses, passes
from stacking_rules.spans import Span, add
from tests.rules.helpers import NOW, TODAY, at, stack


def fact(**fields: Any) -> Completion:
    """A completion from its record form; attributes are given by name."""
    known = {"achievement": "sql", "on": "2026-03-01"}
    known["id"] = "{achievement}@{on}".format(**known | fields)
    return parse_record({"completions": [known | fields]}).completions[0]


SQL = fact(
    credits=5,
    grade=70,
    started="2026-01-10",
    attributes={"level": 6, "area": ["data", "web"], "verified": True, "mode": None},
)


@pytest.mark.parametrize(
    ("test", "answer"),
    [
        ({"area": "web"}, True),
        ({"area": ["law", "data"]}, True),
        ({"area": "law"}, False),
        ({"area": {"not": "law"}}, True),
        ({"area": {"not": ["law", "data"]}}, False),
        ({"level": 6}, True),
        ({"level": "6"}, None),
        ({"level": {"at_least": 6}}, True),
        ({"level": {"above": 6}}, False),
        ({"level": {"at_least": 5, "below": "6.5"}}, True),
        ({"verified": True}, True),
        ({"verified": False}, False),
        ({"mode": "distance"}, None),
        ({"mode": {"not": "distance"}}, None),
        ({"mode": {"at_least": 3}}, None),
        ({"area": {"at_least": 3}}, None),
        ({"grade": {"at_least": 70}}, True),
        ({"grade": {"at_least": 2, "scale": "1-5"}}, None),
        ({"credits": {"at_most": 5}}, True),
        ({"achievement": ["r", "sql"]}, True),
        ({"on": {"at_least": "2026-03-01"}}, True),
        ({"on": {"above": "2026-03-01"}}, False),
        ({"started": {"below": "2026-02-01"}}, True),
        ({"area": "web", "level": 5}, False),
        ({"on": {"last": {"days": 121}}}, True),
        ({"on": {"last": {"days": 120}}}, False),
        ({"on": {"last": {"months": 3, "days": 29}}}, True),
        ({"started": {"last": {"years": 1}}}, True),
        ({"any": [{"mode": "x"}, {"level": 6}]}, True),
        ({"any": [{"mode": "x"}, {"level": 5}]}, None),
        ({"all": [{"mode": "x"}, {"level": 5}]}, False),
        ({"not": {"mode": "x"}}, None),
        ({"not": {"any": [{"level": 5}, {"area": "law"}]}}, True),
    ],
)
def test_a_test_is_yes_no_or_unknown(test: dict[str, object], answer: bool | None) -> None:
    assert passes(read_test(test, ""), SQL, Asked(TODAY)) is answer


def test_nothing_is_all_and_not_any() -> None:
    assert all_of([]) is True
    assert any_of([]) is False


@pytest.mark.parametrize(
    ("test", "address"),
    [
        ({}, ""),
        ([], ""),
        ({"level": {"atleast": 6}}, "/level"),
        ({"level": {}}, "/level"),
        ({"level": {"at_least": 6, "scale": "1-5"}}, "/level"),
        ({"level": {"at_least": "high"}}, "/level/at_least"),
        ({"level": None}, "/level"),
        ({"level": []}, "/level"),
        ({"any": [{"a": 1}, {}]}, "/any/1"),
        ({"level": {"last": {"years": 5}}}, "/level"),
        ({"on": {"last": {}}}, "/on/last"),
        ({"on": {"last": {"years": "5"}}}, "/on/last/years"),
        ({"on": {"last": {"weeks": 5}}}, "/on/last/weeks"),
        ({"a/b": {"not": [None]}}, "/a~1b/not/0"),
    ],
)
def test_a_wrong_test_is_refused_by_address(test: object, address: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_test(test, "")
    assert caught.value.address == address


def test_deep_tests_are_refused() -> None:
    test: dict[str, object] = {"level": 1}
    for _ in range(10):
        test = {"not": test}
    with pytest.raises(LimitExceededError):
        read_test(test, "")


def record(*completions: Completion) -> LearnerRecord:
    return LearnerRecord(completions)


def test_a_test_chooses_among_attempts() -> None:
    audited = fact(id="a", attributes={"track": "audited"})
    verified = fact(id="b", on="2026-04-01", attributes={"track": "verified"})
    rule = {"completed": "sql", "where": {"track": "verified"}}
    assert at(rule, record(audited, verified)).counted == (verified,)
    refused = at(rule, record(audited))
    assert refused.status is Status.NOT_MET
    assert [held.reason for held in refused.unused] == [Unused.OTHER_KIND]


def test_what_is_not_recorded_makes_unknown_and_never_met() -> None:
    silent = fact()
    found = at({"completed": "sql", "where": {"track": "verified"}}, record(silent))
    assert found.status is Status.UNKNOWN
    assert [held.reason for held in found.unused] == [Unused.DATA_MISSING]
    sure_no = {"completed": "sql", "grade": 60, "where": {"track": "verified"}}
    assert at(sure_no, record(fact(attributes={"track": "audited"}))).status is Status.NOT_MET


def test_credits_of_everything_that_passes() -> None:
    rule = {"credits": 10, "where": {"level": {"at_least": 6}}}
    six = fact(achievement="a", credits=5, attributes={"level": 6})
    seven = fact(achievement="b", credits=5, attributes={"level": 7})
    five = fact(achievement="c", credits=5, attributes={"level": 5})
    unsaid = fact(achievement="d", credits=5)
    assert at(rule, record(six, seven, five)).status is Status.MET
    assert at(rule, record(six, five)).status is Status.NOT_MET
    assert at(rule, record(six, five)).have == 5
    assert at(rule, record(six, five, unsaid)).status is Status.UNKNOWN


def test_items_of_everything_that_passes() -> None:
    rule = {"items": 2, "where": {"level": {"at_least": 6}}}
    six = fact(achievement="a", attributes={"level": 6})
    again = fact(id="again", achievement="a", on="2026-05-01", attributes={"level": 7})
    seven = fact(achievement="b", attributes={"level": 7})
    unsaid = fact(achievement="c")
    assert at(rule, record(six, seven)).status is Status.MET
    once = at(rule, record(six, again))
    assert (once.status, once.have, once.unit) == (Status.NOT_MET, 1, "items")
    (step,) = next_steps(once)
    assert (step.kind, step.count, step.options) == ("items", 1, ())
    assert at(rule, record(six, unsaid)).status is Status.UNKNOWN


def test_items_and_credits_share_what_is_held() -> None:
    parts = [{"id": "two", "items": 2}, {"id": "ten", "credits": 10, "of": ["b", "c"]}]
    held = [fact(achievement=key, credits=5) for key in "abcd"]
    assert at({"all": parts}, record(*held)).status is Status.MET
    assert at({"all": parts}, record(*held[:3])).status is Status.NOT_MET


@pytest.mark.parametrize("need", ["2", 1.5, -1, True, None])
def test_items_are_counted_in_whole_numbers(need: object) -> None:
    with pytest.raises(DocumentError, match="/requires/items"):
        stack({"items": need})


def test_an_unknown_attempt_with_more_credits_is_hope() -> None:
    small = fact(id="s", credits=2, attributes={"level": 6})
    large = fact(id="l", credits=9)
    rule = {"credits": 9, "of": ["sql"], "where": {"level": 6}}
    assert at(rule, record(small, large)).status is Status.UNKNOWN


def test_an_overlay_uses_nothing_up() -> None:
    parts = [
        {"id": "core", "all": ["sql", "r"]},
        {"id": "total", "credits": 10, "of": ["sql", "r"], "use": "overlay"},
    ]
    held = record(fact(credits=5), fact(achievement="r", credits=5))
    assert at({"all": parts}, held).status is Status.MET
    consuming = [parts[0], {**parts[1], "use": "consume"}]
    assert at({"all": consuming}, held).status is Status.NOT_MET


def test_an_overlay_that_is_short_leaves_the_rest_as_it_is() -> None:
    parts = [
        {"id": "total", "credits": 11, "use": "overlay"},
        {"id": "core", "at_least": 1, "of": ["sql", "go"]},
        {"id": "more", "credits": 5, "of": ["sql", "r"]},
    ]
    held = record(fact(credits=5), fact(achievement="r", credits=5))
    found = at({"all": parts}, held)
    assert [child.status.value for child in found.children] == ["not-met", "met", "met"]
    assert found.children[0].have == Decimal(10)


@pytest.mark.parametrize(
    ("until", "status"),
    [("2026-06-30", Status.NOT_MET), ("2026-07-01", Status.MET), (None, Status.MET)],
)
def test_validity_ends_with_the_day_before(until: str | None, status: Status) -> None:
    assert at("sql", record(fact(valid_until=until))).status is status


def test_an_award_may_expire_too() -> None:
    data = {"awards": [{"award": "a", "on": "2025-06-30", "valid_until": "2026-06-30"}]}
    held = parse_record(data)
    assert at({"award": "a"}, held).status is Status.NOT_MET
    assert held.awards[0].valid_until == date(2026, 6, 30)


def test_what_is_recent_today_is_not_for_ever() -> None:
    rule = stack({"completed": "sql", "where": {"on": {"last": {"years": 5}}}})
    held = record(fact(on="2021-06-30"))
    assert at({"completed": "sql", "where": {"on": {"last": {"years": 5}}}}, held).status == "met"
    change = next_change([rule], "award", held, as_of=TODAY, known_on=NOW)
    assert change is not None
    assert (change.on.isoformat(), change.status) == ("2026-07-01", Status.NOT_MET)
    assert next_change([rule], "award", held, as_of=change.on, known_on=NOW) is None


def test_something_that_expires_is_forecast() -> None:
    held = record(fact(valid_until="2026-09-01"))
    change = next_change([stack("sql")], "award", held, as_of=TODAY, known_on=NOW)
    assert change is not None
    assert (change.on.isoformat(), change.status) == ("2026-09-01", Status.NOT_MET)


@pytest.mark.parametrize(
    ("day", "span", "later"),
    [
        ("2026-01-31", Span(months=1), "2026-02-28"),
        ("2024-02-29", Span(months=12), "2025-02-28"),
        ("2026-11-30", Span(months=3, days=1), "2027-03-01"),
        ("2026-12-31", Span(), "2026-12-31"),
        ("9999-12-01", Span(days=40), "9999-12-31"),
        ("9000-01-01", Span(months=12_000), "9999-12-31"),
    ],
)
def test_months_keep_the_day_or_take_the_last(day: str, span: Span, later: str) -> None:
    assert add(date.fromisoformat(day), span).isoformat() == later


HELD = (
    fact(achievement="first", on="2026-01-01"),
    fact(achievement="first", on="2026-02-01"),
    *parse_record(
        {
            "awards": [
                {"award": "w", "on": "2025-06-01", "valid_until": "2026-06-01"},
                {"award": "w", "on": "2026-02-01", "valid_until": "2027-02-01"},
                {"award": "first", "on": "2020-01-01"},
            ]
        }
    ).awards,
)


@pytest.mark.parametrize(
    ("anchor", "day"),
    [
        ({"asked": True}, "2026-06-30"),
        ({"event": "passed"}, "2024-05-31"),
        ({"event": "failed"}, None),
        ({"completed": "first"}, "2026-01-01"),
        ({"completed": "w"}, None),
        ({"award": "w"}, "2026-02-01"),
        ({"expiry": "w"}, "2027-02-01"),
        ({"award": "unknown"}, None),
        ({"event": "passed", "plus": {"months": 1}}, "2024-06-30"),
        ({"event": "passed", "minus": {"years": 1, "days": 1}}, "2023-05-30"),
        ({"event": "passed", "plus": {"days": 3, "months": 2}, "minus": {"days": 1, "months": 1}},
         "2024-07-02"),
        ({"event": "passed", "end_of": "year"}, "2024-12-31"),
        ({"event": "passed", "plus": {"years": 1}, "end_of": "year"}, "2025-12-31"),
    ],
)  # fmt: skip
def test_a_day_that_depends_on_the_learner_is_found(
    anchor: dict[str, object], day: str | None
) -> None:
    learner = parse_record({"learner": {"events": {"passed": "2024-05-31"}}}).learner
    asked = Asked(TODAY, learner=learner, facts=HELD)
    found = asked.day_of(read_anchor(anchor, ""))
    assert (None if found is None else found.isoformat()) == day


@pytest.mark.parametrize(
    ("test", "address"),
    [
        ({"on": {"at_least": {}}}, "/on/at_least"),
        ({"on": {"at_least": {"event": "a", "award": "b"}}}, "/on/at_least"),
        ({"on": {"at_least": {"event": "A"}}}, "/on/at_least/event"),
        ({"on": {"at_least": {"event": "a", "end_of": "month"}}}, "/on/at_least/end_of"),
        ({"on": {"at_least": {"event": "a", "plus": {}}}}, "/on/at_least/plus"),
        ({"on": {"at_least": {"event": "a", "minus": 5}}}, "/on/at_least/minus"),
        ({"on": {"at_least": {"day": "a"}}}, "/on/at_least/day"),
        ({"on": {"last": {"years": 1}, "at": {"award": "A"}}}, "/on/at/award"),
        ({"on": {"last": {"years": 1}, "from": {}}}, "/on/from"),
        ({"grade": {"at_least": 5, "scale": "5-1"}}, "/grade/scale"),
        ({"grade": {"at_least": 101}}, "/grade/at_least"),
        ({"level": {"at_least": 5, "framework": 6}}, "/level/framework"),
        ({"level": {"known": "yes"}}, "/level"),
        ({"level": {"at_least": 1_000_001}}, "/level/at_least"),
        ({"level": {"at_least": -1_000_001}}, "/level/at_least"),
        ({"all": []}, "/all"),
        ({"not": []}, "/not"),
    ],
)
def test_a_test_that_cannot_be_meant_is_named_by_its_place(test: object, address: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_test(test, "")
    assert caught.value.address == address


def test_tests_stand_in_each_other_ten_deep() -> None:
    for kind in ("not", "all"):
        deep: Any = {"level": 1}
        for _ in range(9):
            deep = {kind: deep if kind == "not" else [deep]}
        assert read_test(deep, "")
        with pytest.raises(LimitExceededError):
            read_test({kind: deep if kind == "not" else [deep]}, "")


@pytest.mark.parametrize(
    ("test", "on", "started", "days"),
    [
        ({"on": {"last": {"days": 5}}}, "2026-03-01", None, ["2026-03-07"]),
        ({"started": {"last": {"days": 5}}}, "2026-03-01", "2026-02-01", ["2026-02-07"]),
        ({"started": {"last": {"days": 5}}}, "2026-03-01", None, []),
        ({"not": {"on": {"last": {"days": 5}}}}, "2026-03-01", None, ["2026-03-07"]),
        ({"any": [{"on": {"last": {"days": 5}}}, {"not": {"on": {"last": {"days": 6}}}}]},
         "2026-03-01", None, ["2026-03-07", "2026-03-08"]),
        ({"on": {"last": {"days": 5}, "at": {"event": "e"}}}, "2026-03-01", None, []),
        ({"on": {"last": {"years": 9000}}}, "2026-03-01", None, []),
        ({"level": 5}, "2026-03-01", None, []),
    ],
)  # fmt: skip
def test_the_days_on_which_a_test_lapses_are_known(
    test: dict[str, object], on: str, started: str | None, days: list[str]
) -> None:
    begun = {} if started is None else {"started": started}
    found = lapses(read_test(test, ""), fact(on=on, **begun))
    assert [day.isoformat() for day in found] == days


def test_one_of_several_values_is_enough_and_orders_are_strict_where_they_say_so() -> None:
    six = Asked(TODAY)
    many = fact(attributes={"level": [4, 6]})
    for test, answer in (
        ({"level": {"below": 4}}, False),
        ({"level": {"below": 5}}, True),
        ({"level": {"at_most": 4}}, True),
        ({"level": {"above": 6}}, False),
        ({"kind": "completion"}, True),
        ({"kind": "award"}, False),
    ):
        assert passes(read_test(test, ""), many, six) is answer, test


@pytest.mark.parametrize(
    ("rule", "on", "status"),
    [
        ({"items": 1, "open": {"until": "2026-08-01"}}, "2026-08-01", Status.NOT_MET),
        ({"all": ["sql"], "filters": [{"where": {"on": {"last": {"days": 200}}}}]},
         "2026-09-18", Status.NOT_MET),
        ({"items": 1, "open": {"from": "2026-08-01"}}, "2026-08-01", Status.MET),
    ],
)  # fmt: skip
def test_a_change_that_only_time_makes_is_foretold(rule: object, on: str, status: Status) -> None:
    change = next_change([stack(rule)], "award", LearnerRecord((SQL,)), as_of=TODAY, known_on=NOW)
    assert change is not None
    assert (change.on.isoformat(), change.status) == (on, status)
