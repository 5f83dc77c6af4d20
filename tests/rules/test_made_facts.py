"""From what is wanted to facts: what a made-up fact says, and who has used it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from stacking_rules import Award, Completion, Grade, LearnerRecord, Stack, parse_stack
from stacking_rules.facts import Attestation
from stacking_rules.leaves import Place, places
from stacking_rules.made_facts import FactBook, instant
from stacking_rules.made_records import (
    Maker,
    Wanted,
    facts_of,
    is_met,
    minimal,
    with_facts,
    without,
)
from stacking_rules.satisfy import Inventor
from stacking_rules.selection import Asked
from stacking_rules.weaken import weaker
from stacking_rules.weaken_days import moved
from tests.rules.helpers import TODAY, done, has, stack

DAY = date(2026, 1, 10)
LETTER = {"scales": {"letter": {"F": 0, "D": 1, "C": 2, "B": 3, "A": 4}}}


def book_of(award: Stack) -> FactBook:
    return FactBook(award, Inventor(Asked(TODAY, award.definitions), (), (), DAY))


def place_of(rule: object, **more: Any) -> tuple[FactBook, Place]:
    award = parse_stack({"key": "s", "requires": rule, **more})
    return book_of(award), places("/", award.requires)[0]


# -- what a fact says ----------------------------------------------------------------------------


def test_a_completion_says_what_is_wanted_of_it_and_the_rest_are_attributes() -> None:
    book, place = place_of({"credits": 6})
    sketch: dict[str, Any] = {
        "achievement": "a", "kind": "completion",
        "credits": Decimal(3), "grade": Grade(Decimal(70)),
        "on": "2026-02-01", "started": "2026-01-20", "recorded": "2026-02-09", "used": ("0",),
        "level": Decimal(6), "fine": True, "nothing": None,
    }  # fmt: skip
    assert book.fact(place, sketch, Decimal(2)) == Completion(
        "a", "a", date(2026, 2, 1), datetime(2026, 2, 9, tzinfo=UTC), Decimal(3),
        Grade(Decimal(70)), started_on=date(2026, 1, 20),
        attributes=(("level", (Decimal(6),)), ("fine", (True,))),
    )  # fmt: skip


def test_without_a_wish_a_fact_is_of_the_usual_day_and_known_at_once() -> None:
    book, place = place_of({"credits": 6})
    fact = book.fact(place, {}, Decimal(2))
    assert isinstance(fact, Completion)
    assert (fact.id, str(fact.credits), fact.grade) == ("item-1", "2", None)
    assert (fact.on, fact.started_on, fact.recorded_at) == (DAY, DAY, instant(DAY))
    late = book.fact(replace(place, rank=2), {}, Decimal(2))
    assert late.on == date(2026, 1, 30)


def test_awards_and_attestations_say_their_own_day() -> None:
    book, place = place_of({"award": "x"})
    sketch: dict[str, Any] = {"achievement": "x", "on": "2026-02-01", "issuer": "i"}
    on, attributes = date(2026, 2, 1), (("issuer", ("i",)),)
    award = Award("x", "x", on, instant(on), Decimal(1), attributes=attributes)
    assert book.fact(place, sketch, Decimal(7)) == award
    book, place = place_of({"attested": "x"})
    assert book.fact(place, sketch, Decimal(7)) == Attestation(
        "x", "x", on, instant(on), attributes=attributes
    )


@pytest.mark.parametrize(
    ("rule", "declared", "expected"),
    [
        ({"credits": 6, "of": ["a"]}, {}, 2),
        ({"items": 6, "of": ["a"]}, {}, 1),
        ({"credits": 6, "of": ["a"]}, {"a": {"credits": 5}}, 5),
        ({"items": 6, "of": ["a"]}, {"a": {"credits": 5}}, 5),
        ({"credits": 6, "of": ["a"]}, {"a": {"attributes": {"level": 6}}}, 2),
        ({"credits": 6, "of": ["a"]}, {"b": {"credits": 5}}, 2),
    ],
)
def test_credits_are_those_declared_or_those_needed(
    rule: object, declared: object, expected: int
) -> None:
    book, place = place_of(rule, definitions={"achievements": declared})
    assert book.fact(place, {"achievement": "a"}, Decimal(2)).credits == expected


def test_where_grades_count_the_best_one_is_given() -> None:
    for rule in ({"points": 50, "of": ["a"]}, {"items": 1, "of_which": [{"mean": 60}]}):
        book, place = place_of(rule)
        assert book.fact(place, {}, Decimal(1)).grade == Grade(Decimal(100))
    mean = {"items": 1, "of_which": [{"mean": 3, "scale": "letter"}]}
    book, place = place_of(mean, definitions=LETTER)
    assert book.fact(place, {}, Decimal(1)).grade == Grade(Decimal(4), "letter", "A")


@pytest.mark.parametrize(
    ("rule", "size", "expected"),
    [
        ({"points": 50, "of": ["a", "b"]}, 20, "20.0"),
        ({"points": 50, "of": ["a", "b"], "factors": {"a": 0.3}}, 20, "66.7"),
        ({"points": 50, "of": ["a", "b"], "factors": {"b": 0.3}}, 20, "20.0"),
        ({"points": 500, "of": ["a", "b"]}, 250, "100"),
        ({"points": 50, "of": ["a", "b"], "scale": "1-10"}, 0, "1"),
        ({"points": 50, "of": ["a", "b"], "factors": {"a": 0}}, 20, None),
        ({"points": 50, "of": ["a"], "of_which": [{"mean": 60}]}, 20, None),
        ({"points": 5, "of": ["a"], "scale": "letter"}, 2, None),
        ({"credits": 50, "of": ["a"]}, 20, None),
    ],
)
def test_points_are_the_least_grade_that_gives_them(
    rule: object, size: int, expected: str | None
) -> None:
    book, place = place_of(rule, definitions=LETTER)
    said = book.points(place, "a", Decimal(size))
    grade = said.get("grade")
    assert (str(grade.value) if isinstance(grade, Grade) else None) == expected
    assert bool(said) is (expected is not None)


# -- facts kept, and who has used them -----------------------------------------------------------


def test_a_second_fact_of_an_achievement_is_taken_only_where_that_is_wanted() -> None:
    book = book_of(stack("a"))
    one, other = done("a", credits=1), done("a", credits=2)
    for fact in (one, other):
        book.take(fact, {}, is_repeat_wanted=False)
    assert book.all() == [one]
    for fact in (one, other, other, done("a", credits=3), done("b")):
        book.take(fact, {}, is_repeat_wanted=True)
    assert [fact.id for fact in book.all()] == [one.id, f"{one.id}.2", f"{one.id}.3", done("b").id]
    assert book.new_key() == "item-5"


def test_a_fact_that_has_been_used_comes_with_the_awards_that_have() -> None:
    book = book_of(parse_stack({"key": "s", "requires": "a", "supersedes": ["old"]}))
    early, late = done("a", on="2026-01-01"), done("b", on="2026-02-01")
    book.take(early, {"used": ("deg", "s", "old", "0")}, is_repeat_wanted=False)
    book.take(late, {"used": ("deg",)}, is_repeat_wanted=False)
    book.take(done("c"), {"used": ()}, is_repeat_wanted=False)
    users = [fact for fact in book.all() if isinstance(fact, Award)]
    assert {(u.id, u.achievement, str(u.on), u.counted) for u in users} == {
        ("award-deg", "deg", "2026-02-01", (early.id, late.id)),
        ("award-earlier-s", "earlier-s", "2026-01-01", (early.id,)),
        ("award-earlier-old", "earlier-old", "2026-01-01", (early.id,)),
        ("award-earlier-0", "earlier-0", "2026-01-01", (early.id,)),
    }
    assert [u.values("type") for u in users] == [("deg",), ("s",), ("old",), ("0",)]


# -- records -------------------------------------------------------------------------------------


def test_needless_facts_are_left_out_the_last_ones_first() -> None:
    def held(record: LearnerRecord) -> set[str]:
        return {fact.achievement for fact in facts_of(record)}

    record = has("a", "b", "c", "d")
    assert held(minimal(record, lambda r: bool(held(r) & {"a", "c"}))) == {"a"}
    assert held(minimal(record, lambda r: held(r) >= {"b", "d"})) == {"b", "d"}

    def harmed(record: LearnerRecord) -> bool:
        """c does harm without d: d can go only after c is gone."""
        return "a" in held(record) and ("c" not in held(record) or "d" in held(record))

    assert held(minimal(record, harmed)) == {"a"}


def test_only_the_fact_of_that_kind_is_left_out_and_awards_forget_it() -> None:
    on = date(2026, 1, 1)
    one = done("a")
    award = Award(one.id, "x", on, instant(on), counted=(one.id, "gone"))
    said = Attestation("said", "y", on, instant(on))
    record = with_facts(LearnerRecord(), [award, said, one])
    assert (record.completions, record.attestations) == ((one,), (said,))
    assert record.awards == (replace(award, counted=(one.id,)),)
    assert facts_of(without(record, one)) == [replace(award, counted=(one.id,)), said]
    assert facts_of(without(record, record.awards[0])) == [one, said]
    apart = replace(award, id="other")
    alone = without(with_facts(record, [one, apart]), one)
    assert alone.awards == (replace(apart, counted=()),)


def test_learners_are_made_from_little_first_and_quickly_from_nothing_else() -> None:
    award = stack({"items": 2})
    maker = Maker(award, "/")
    quick = list(maker.just_meets(Wanted(award.requires, TODAY), is_quick=True))
    every = list(maker.just_meets(Wanted(award.requires, TODAY)))
    assert every[: len(quick)] == quick
    assert (len(quick), len(every)) == (2, 3)
    assert all(is_met(award, record, TODAY) for record in every)
    assert [len(record.completions) for record in every] == [2, 2, 2]


def test_what_is_only_told_apart_gives_values_to_try() -> None:
    renewal = {"requires": {"items": 1, "of_which": [{"same": "dept"}]}}
    rule = {"items": 2, "of_which": [{"distinct": "area", "at_least": 2}]}
    maker = Maker(parse_stack({"key": "s", "requires": rule, "renewal": renewal}), "/")
    assert [getattr(test, "name", "") for test in maker.hints] == ["area", "dept"]


def test_a_rule_to_be_met_stands_where_the_maker_makes_learners() -> None:
    award = parse_stack({"key": "s", "requires": "a", "renewal": {"requires": "b"}})
    other = stack("c").requires
    at_first, again = Maker(award, "/").with_rule(other), Maker(award, "/renewal").with_rule(other)
    assert (at_first.requires, at_first.renewal) == (other, None)
    assert again.requires == award.requires
    assert again.renewal is not None
    assert again.renewal.requires == other
    assert Maker(stack("a"), "/renewal").with_rule(other).requires == other


@pytest.mark.parametrize(
    ("first", "expected"),
    [("2026-06-30", "2026-06-30"), ("2026-07-01", "2025-12-12"), ("2026-02-01", "2026-02-01")],
)
def test_the_usual_day_is_the_first_of_the_term_that_has_begun(first: str, expected: str) -> None:
    terms = [{"name": "t", "from": first, "to": "2026-12-30"}]
    award = parse_stack({"key": "s", "requires": "a", "definitions": {"terms": terms}})
    (record, *_) = Maker(award, "/").just_meets(Wanted(award.requires, TODAY))
    assert str(record.completions[0].on) == expected


# -- other days ----------------------------------------------------------------------------------


def test_a_fact_of_another_day_is_known_on_that_day() -> None:
    on, day = date(2026, 1, 1), date(2026, 3, 31)
    for fact in (
        replace(done("a"), started_on=on),
        Award("x", "x", on, instant(on)),
        Attestation("y", "y", on, instant(on)),
    ):
        other = moved(fact, day)
        assert (other.on, other.recorded_at.date()) == (day, day)
        assert other.started_on in (day, None)
        assert (other.id, other.kind) == (fact.id, fact.kind)


def shifts(rule: object, address: str, as_of: date = TODAY) -> list[Callable[..., Any]]:
    found = [w.shift for w in weaker("/", stack(rule).requires, address, as_of)]
    return [shift for shift in found if shift is not None]


@pytest.mark.parametrize(
    ("order", "on", "started"),
    [
        ({}, "2026-01-10", "2026-01-09"),
        ({"strict": True}, "2026-01-10", "2026-01-10"),
        ({"by": "on"}, "2026-01-09", "2026-01-09"),
        ({"by": "on", "strict": True}, "2026-01-10", "2026-01-10"),
    ],
)
def test_what_comes_too_soon_does_by_a_day(order: dict[str, Any], on: str, started: str) -> None:
    rule = {"all": ["a", {"completed": "b", "after": {"of": "a", "id": "o", **order}}]}
    (shift,) = shifts(rule, "/b/o")
    late = replace(done("b", on="2026-01-10"), started_on=DAY)
    early = shift(late, False)
    assert (str(early.on), str(early.started_on)) == (on, started)
    sworn = shift(Attestation("y", "y", DAY, instant(DAY)), False)
    assert str(sworn.on) == min(on, started)


@pytest.mark.parametrize(
    ("grace", "as_of", "end"),
    [
        ({"days": 90}, "2026-06-30", "2026-04-01"),
        ({"months": 1}, "2026-03-31", "2026-02-28"),
        ({"months": 1}, "2026-03-28", "2026-02-28"),
        ({"end_of": "year"}, "2026-06-30", "2025-12-31"),
    ],
)
def test_grace_is_over_on_the_day_that_is_asked_for(
    grace: dict[str, Any], as_of: str, end: str
) -> None:
    (shift,) = shifts(
        {"all": ["a"], "grace": {"id": "g", **grace}}, "/g", date.fromisoformat(as_of)
    )
    first, other = shift(done("a"), True), shift(done("b"), False)
    assert (str(first.valid_until), other.valid_until) == (end, None)
    assert first.on == other.on
    assert (date.fromisoformat(end) - first.on).days == 10
