"""What every reader refuses, with the address and the words that lead to the right one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from stacking_rules import DocumentError, LimitExceededError, parse_stack, reading
from stacking_rules.facts import Grade
from stacking_rules.read_test import read_anchor, read_test
from stacking_rules.selection import AllTests, Anchor, Compare, Known, NotTest, OneOf, Recent
from stacking_rules.spans import Span

NOW = "2026-06-30T12:00:00Z"


def refused(read: Any, *arguments: object) -> tuple[str, str]:
    with pytest.raises(DocumentError) as caught:
        read(*arguments)
    return caught.value.address, caught.value.message


# -- names ----------------------------------------------------------------------------------------


def test_a_name_that_is_near_is_offered_and_none_that_is_far() -> None:
    fields = ("title", "titles", "rule")
    assert refused(reading.mapping_of, {"titel": 1}, "/a", fields) == (
        "/a/titel",
        "'titel' is not known here. Did you mean 'title'?",
    )
    assert refused(reading.mapping_of, {"zzz": 1}, "/a", fields) == (
        "/a/zzz",
        "'zzz' is not known here.",
    )
    assert reading.mapping_of({"rule": 1}, "/a", fields) == {"rule": 1}
    assert refused(reading.one_of, "titel", fields, "/a") == (
        "/a",
        "Here one of title, titles, rule is needed, not 'titel'. Did you mean 'title'?",
    )
    assert refused(reading.one_of, 5, fields, "/a") == (
        "/a",
        "Here one of title, titles, rule is needed, not 5.",
    )


def test_a_name_is_text_and_its_address_a_json_pointer() -> None:
    assert refused(reading.any_mapping, {1: "a"}, "/a") == (
        "/a",
        "'1' is not text; put it in quotation marks.",
    )
    assert reading.escape("a~b/c~1") == "a~0b~1c~01"
    assert refused(reading.attributes_of, {"a/b~c": {}}, "")[0] == "/a~1b~0c"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "nothing"),
        ("a" * 50, f"'{'a' * 40}'"),
        ({}, "a mapping"),
        ([], "an empty list"),
        ([1], "a list"),
        (10**40, "a number beyond all bounds"),
        (2**100, "a number beyond all bounds"),
        (2**100 - 1, str(2**100 - 1)),
        (True, "True"),
        (Decimal("0." + "1" * 60), f"Decimal('0.{'1' * 29}"),
    ],
)
def test_what_stands_there_is_named_in_few_words(value: object, said: str) -> None:
    assert reading.kind_of(value) == said


def test_an_attribute_that_is_null_or_empty_is_not_known() -> None:
    said = {"a": None, "b": [], "c": "x", "d": ["y", 2, True]}
    assert reading.attributes_of(said, "") == (("c", ("x",)), ("d", ("y", Decimal(2), True)))
    assert refused(reading.attributes_of, {"a": ["x", None]}, "/at")[0] == "/at/a/1"


def test_a_key_has_a_form_and_stands_once() -> None:
    assert reading.keys_of(["a", "a.b-c_9", "0" * 100], "/of") == ("a", "a.b-c_9", "0" * 100)
    for wrong in ("", "A", "-a", "a b", "é", "a" * 101, 5, None):
        assert refused(reading.keys_of, ["a", wrong], "/of")[0] == "/of/1"
    assert refused(reading.keys_of, ["a", "b", "a"], "/of") == ("/of/2", "'a' stands here twice.")
    assert refused(reading.keys_of, [], "/of")[0] == "/of"
    assert refused(reading.refuse_repeats, ["a", "a"], "/of", "/key")[0] == "/of/1/key"


def test_labels_are_one_or_a_list() -> None:
    assert reading.rules_of("R1", "/rule") == ("R1",)
    assert reading.rules_of(["R1", "R2"], "/rule") == ("R1", "R2")
    assert refused(reading.rules_of, ["R1", 2], "/rule")[0] == "/rule"


# -- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0, "0", 1_000_000, "1e6", "0.000001", Decimal("2.5"), ".5", 0.5])
def test_a_number_up_to_a_million_with_six_places_is_read_exactly(value: Any) -> None:
    assert reading.amount_of(value, "") == Decimal(str(value))


@pytest.mark.parametrize(
    "value",
    [
        *(-1, "1000000.000001", 1_000_001, "0.0000001", "1e-7", "NaN", "Infinity"),
        *("1_0", "", "1,5", True, None, [], float("inf")),
    ],
)
def test_a_number_beyond_that_is_refused(value: object) -> None:
    assert refused(reading.amount_of, value, "/n")[0] == "/n"


def test_a_number_may_have_another_least() -> None:
    assert reading.amount_of(-5, "", least=-5) == -5
    assert refused(reading.amount_of, -6, "/n", -5) == (
        "/n",
        "The number must be between -5 and 1000000.",
    )


def test_a_whole_number_has_a_most_that_it_may_be() -> None:
    assert [reading.whole_of(value, "", 7) for value in (0, 7)] == [0, 7]
    assert [reading.count_of(value, "", 7) for value in (0, 7)] == [0, 7]
    for wrong in (-1, 8, True, "5", 2.0, None):
        assert refused(reading.whole_of, wrong, "/n", 7)[0] == "/n"
        assert refused(reading.count_of, wrong, "/n", 7)[0] == "/n"


def test_a_share_is_a_decimal_or_a_fraction_up_to_one() -> None:
    assert reading.fraction_of("2/3", "") == Fraction(2, 3)
    assert reading.fraction_of("0.25", "") == Fraction(1, 4)
    assert reading.fraction_of(Decimal("0.1"), "") == Fraction(1, 10)
    assert [reading.fraction_of(value, "") for value in (0, 1, "3/3")] == [0, 1, 1]
    assert reading.fraction_parts("60/30", "") == (60, 30)
    for wrong in ("3/2", 2, "1/0", "a/2", "1/", "/2", "1/2/3", "-1/2", " 1/2", "1/1000000000", []):
        assert refused(reading.fraction_of, wrong, "/s")[0] == "/s"


def test_values_are_text_numbers_and_truths_one_or_several() -> None:
    assert reading.values_of("a", "") == ("a",)
    assert reading.values_of([1, "a", False], "") == (Decimal(1), "a", False)
    assert reading.values_of(Decimal("1e30"), "") == (Decimal("1e30"),)
    for wrong in (None, {}, [], [[]], 0.5, Decimal("1e31"), Decimal("1e-31"), Decimal("NaN")):
        assert refused(reading.values_of, wrong, "/v")[0].startswith("/v")


# -- scales and grades ----------------------------------------------------------------------------


def test_a_scale_goes_from_a_lower_to_a_higher_number() -> None:
    for scale in ("0-100", "1-5", "-5-5", "0.5-1.5"):
        assert reading.scale_of(scale, "", {}) == scale
    assert reading.scale_bounds("-5-5") == (Decimal(-5), Decimal(5))
    assert reading.scale_bounds("0.5-10") == (Decimal("0.5"), Decimal(10))
    for wrong in ("5-5", "5-1", "letter", "0-", "-5", "0-100-5", 5, None):
        assert refused(reading.scale_of, wrong, "/scale", {})[0] == "/scale"


def test_a_grade_is_within_its_scale() -> None:
    assert reading.read_grade(5, "1-5", "", {}) == Grade(Decimal(5), "1-5")
    assert reading.read_grade("1.0", "1-5", "", {}) == Grade(Decimal(1), "1-5")
    assert reading.read_grade(-5, "-5-5", "", {}) == Grade(Decimal(-5), "-5-5")
    for wrong in ("5.1", "0.9", True, None, [], "A"):
        assert refused(reading.read_grade, wrong, "1-5", "/grade", {})[0] == "/grade"
    assert reading.grade_of({}, "", {}) is None
    assert reading.grade_of({"grade": 5}, "", {}) == Grade(Decimal(5), "0-100")
    assert refused(reading.grade_of, {"scale": "1-5"}, "/a", {})[0] == "/a/scale"
    assert refused(reading.grade_of, {"grade": 6, "scale": "1-5"}, "/a", {})[0] == "/a/grade"


# -- days -----------------------------------------------------------------------------------------


def test_days_and_instants_have_one_form() -> None:
    assert reading.day_of("2026-06-30", "") == reading.day_of(date(2026, 6, 30), "")
    instant = reading.instant_of(NOW, "")
    assert instant == reading.instant_of("2026-06-30 14:00:00.000+02:00", "")
    for wrong in ("2026-6-30", "2026-02-30", "20260630", NOW, instant, 5, None):
        assert refused(reading.day_of, wrong, "/on")[0] == "/on"
    for wrong in ("2026-06-30", "2026-06-30T12:00:00", "2026-06-30T25:00:00Z", instant, None):
        assert refused(reading.instant_of, wrong, "/at")[0] == "/at"
    assert reading.optional_day({}, "from", "") is None
    assert refused(reading.optional_day, {"from": 5}, "from", "/a")[0] == "/a/from"


def test_a_span_adds_its_years_and_months() -> None:
    assert reading.span_of({"years": 2, "months": 3, "days": 4}, "") == Span(27, 4)
    assert reading.span_of({"days": 0}, "") == Span(0, 0)
    assert reading.span_of({"days": 100_000}, "") == Span(0, 100_000)
    assert refused(reading.span_of, {"days": 100_001}, "/s")[0] == "/s/days"
    assert refused(reading.span_of, {}, "/s")[0] == "/s"
    assert refused(reading.span_of, {"weeks": 1}, "/s")[0] == "/s/weeks"


# -- tests ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"t": ["a", 1]}, OneOf("t", ("a", Decimal(1)))),
        ({"t": {"not": ["a", "b"]}}, NotTest(OneOf("t", ("a", "b")))),
        ({"t": {"known": False}}, Known("t", is_known=False)),
        ({"not": {"t": "a"}}, NotTest(OneOf("t", ("a",)))),
        ({"n": {"at_least": -1_000_000}}, Compare("n", "at_least", Decimal(-1_000_000))),
        (
            {"n": {"below": 7, "at_least": 5}},
            AllTests((Compare("n", "at_least", Decimal(5)), Compare("n", "below", Decimal(7)))),
        ),
        (
            {"level": {"above": 5, "framework": "eqf"}},
            Compare("level", "above", Decimal(5), "eqf"),
        ),
        ({"grade": {"at_most": 4, "scale": "1-5"}}, Compare("grade", "at_most", Decimal(4), "1-5")),
        ({"on": {"above": "2026-01-01"}}, Compare("on", "above", "2026-01-01")),
        ({"on": {"last": {"years": 5}}}, Recent("on", Span(60))),
        (
            {"started": {"last": {"days": 5}, "at": {"award": "a"}}},
            Recent("started", Span(0, 5), Anchor("award", "a")),
        ),
    ],
)
def test_a_test_is_read_as_it_is_written(written: object, meant: object) -> None:
    assert read_test(written, "") == meant


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ({}, ""),
        ([], ""),
        ({"t": None}, "/t"),
        ({"a/b": {}}, "/a~1b"),
        ({"any": []}, "/any"),
        ({"any": [{"t": "a"}, {}]}, "/any/1"),
        ({"all": [{"not": {}}]}, "/all/0/not"),
        ({"t": {"not": []}}, "/t/not"),
        ({"t": {"known": "yes"}}, "/t"),
        ({"t": {"known": True, "not": "a"}}, "/t"),
        ({"t": {"at_least": 5, "x": 1}}, "/t"),
        # Only levels have a framework, only grades a scale.
        ({"t": {"at_least": 5, "framework": "eqf"}}, "/t"),
        ({"level": {"at_least": 5, "scale": "1-5"}}, "/level"),
        ({"t": {"at_least": 5, "": "eqf"}}, "/t"),
        ({"level": {"framework": "eqf"}}, "/level"),
        ({"level": {"at_least": 5, "framework": 5}}, "/level/framework"),
        ({"grade": {"at_least": 5, "scale": "letter"}}, "/grade/scale"),
        ({"grade": {"at_least": 101}}, "/grade/at_least"),
        ({"n": {"at_least": "soon"}}, "/n/at_least"),
        # A day that is in no calendar.
        ({"on": {"at_least": "2026-02-30"}}, "/on/at_least"),
        ({"n": {"below": "\u0662\u0660\u0662\u0666-01-01"}}, "/n/below"),
        ({"n": {"at_least": -1_000_001}}, "/n/at_least"),
        ({"n": {"last": {"years": 5}}}, "/n"),
        ({"on": {"last": {}}}, "/on/last"),
        ({"on": {"last": {"years": 5}, "of": "a"}}, "/on/of"),
        ({"on": {"last": {"years": 5}, "at": {}}}, "/on/at"),
    ],
)
def test_a_test_that_cannot_be_meant_is_named_by_its_place(written: object, place: str) -> None:
    assert refused(read_test, written, "/where")[0] == f"/where{place}"


def test_the_words_that_compare_are_told() -> None:
    assert refused(read_test, {"n": {"atleast": 5}}, "")[1] == (
        "Here one of at_least, at_most, above, below, not, last, known is needed, not a mapping."
    )


def test_tests_are_nested_ten_levels_deep() -> None:
    deep: object = {"t": "a"}
    for _ in range(9):
        deep = {"not": deep}
    assert read_test(deep, "")
    for deeper in ({"not": deep}, {"all": [deep]}, {"any": [deep]}):
        with pytest.raises(LimitExceededError) as caught:
            read_test(deeper, "")
        assert (caught.value.limit, caught.value.value) == ("levels of tests", 10)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"event": "applied"}, Anchor("event", "applied")),
        ({"expiry": "a", "plus": {"years": 1}}, Anchor("expiry", "a", Span(12))),
        ({"completed": "a", "minus": {"days": 3}}, Anchor("completed", "a", Span(0, -3))),
        (
            {"award": "a", "plus": {"years": 1, "days": 5}, "minus": {"months": 2, "days": 1}},
            Anchor("award", "a", Span(10, 4)),
        ),
        (
            {"asked": True, "end_of": "year"},
            Anchor("asked", "", Span(), to_year_end=True),
        ),
    ],
)
def test_a_day_that_depends_on_the_learner_is_read_as_it_is_written(
    written: object, meant: Anchor
) -> None:
    assert read_anchor(written, "") == meant


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ({}, ""),
        ({"event": "a", "award": "b"}, ""),
        ({"plus": {"days": 1}}, ""),
        ({"asked": False}, "/asked"),
        ({"asked": "a"}, "/asked"),
        ({"event": 5}, "/event"),
        ({"event": "a", "plus": {}}, "/plus"),
        ({"event": "a", "minus": {"weeks": 1}}, "/minus/weeks"),
        ({"event": "a", "end_of": "month"}, "/end_of"),
        ({"event": "a", "after": "b"}, "/after"),
    ],
)
def test_a_day_that_cannot_be_meant_is_named_by_its_place(written: object, place: str) -> None:
    assert refused(read_anchor, written, "/at")[0] == f"/at{place}"


def test_a_stack_without_a_rule_is_refused_as_a_whole() -> None:
    assert refused(parse_stack, {"key": "a"}) == (
        "",
        "A stack needs 'requires': what must be met.",
    )
