"""What counts, what is missing, and nothing counted twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from stacking_rules import LearnerRecord, Status, Unused, evaluate, next_steps
from tests.rules.helpers import NOW, TODAY, at, done, has, rolled, stack


def test_all_of_needs_every_part() -> None:
    rule = {"all": ["a", "b"]}
    assert at(rule, has("a", "b")).status is Status.MET
    short = at(rule, has("a"))
    assert (short.status, short.have, short.need) == (Status.NOT_MET, 1, 2)


def test_three_of_five_counts_three_and_names_the_spare_one() -> None:
    progress = at({"at_least": 3, "of": list("abcde")}, has("a", "b", "c", "d"))
    assert progress.status is Status.MET
    assert progress.have == 3
    spare = [held.reason for node in progress.walk() for held in node.unused]
    assert spare == [Unused.NOT_NEEDED]


def test_one_achievement_twice_is_one_item() -> None:
    record = has(done("a"), done("a", on="2026-02-15"))
    assert at({"at_least": 2, "of": ["a", "b"]}, record).status is Status.NOT_MET


def test_credits_are_exact() -> None:
    rule = {"credits": "0.3", "of": ["a", "b", "c"]}
    record = has(*(done(key, credits="0.1") for key in "abc"))
    assert at(rule, record).status is Status.MET


def test_a_grade_floor_is_met_by_the_boundary_and_by_one_good_attempt() -> None:
    rule = {"completed": "a", "grade": 70}
    assert at(rule, has(done("a", 70))).status is Status.MET
    low = at(rule, has(done("a", "69.99")))
    assert low.status is Status.NOT_MET
    assert low.unused[0].reason is Unused.BELOW_GRADE
    retaken = has(done("a", 40), done("a", 80, on="2026-03-01"))
    assert at(rule, retaken).status is Status.MET


def test_a_missing_grade_is_unknown_and_never_a_pass() -> None:
    progress = at({"all": ["b", {"completed": "a", "grade": 70}]}, has("a", "b"))
    assert progress.status is Status.UNKNOWN


def test_an_item_serves_one_requirement_and_the_order_does_not_decide() -> None:
    # A registrar's case: W fits areas 1 and 2, X only area 1. First come, first served fails.
    rule = {
        "all": [
            {"id": "area-1", "any": ["w", "x"]},
            {"id": "area-2", "any": ["w"]},
        ]
    }
    assert at(rule, has("w", "x")).status is Status.MET
    assert at(rule, has("w")).status is Status.NOT_MET


def test_what_is_missing_can_really_be_filled() -> None:
    rule = {"all": [{"id": "one", "any": ["x", "y"]}, {"id": "two", "any": ["x"]}]}
    (step,) = next_steps(at(rule, has("x")))
    assert step.options == ("y",)


def test_credits_and_items_are_placed_together() -> None:
    rule = {
        "all": [{"id": "c", "credits": 10, "of": ["m", "n", "p"]}, {"id": "e", "any": ["p", "m"]}]
    }
    assert at(rule, has("m", "n", "p")).status is Status.MET
    assert at(rule, has("m", "n")).status is Status.NOT_MET


def test_as_of_and_known_on_ask_about_an_earlier_day() -> None:
    late = done("a", recorded=datetime(2026, 5, 1, tzinfo=UTC))
    rule = stack("a")
    before = NOW.replace(month=4)
    asked = evaluate(rule, has(late), as_of=TODAY, known_on=before)
    assert asked.status is Status.NOT_MET
    assert evaluate(rule, has(late), as_of=TODAY, known_on=NOW).status is Status.MET
    day_before = late.completed_on - timedelta(days=1)
    assert evaluate(rule, has(late), as_of=day_before, known_on=NOW).status is Status.NOT_MET


def test_a_withdrawn_completion_counts_only_for_whoever_looks_back() -> None:
    fact = done("a", withdrawn=datetime(2026, 5, 1, tzinfo=UTC))
    assert at("a", has(fact)).status is Status.NOT_MET
    earlier = datetime(2026, 4, 1, tzinfo=UTC)
    assert evaluate(stack("a"), has(fact), as_of=TODAY, known_on=earlier).status is Status.MET


def test_awards_roll_up_two_levels_and_keep_their_receipts() -> None:
    small = stack({"all": ["a", "b"]}, "small")
    large = stack({"all": [{"award": "small"}, "c"]}, "large")
    found = rolled([large, small], has("a", "b", "c"))
    assert [new.stack.key for new in found.new_awards] == ["small", "large"]
    counted = found.new_awards[1].receipt["counted"]
    assert [(c["address"], c["kind"]) for c in counted] == [  # type: ignore[index, union-attr]
        ("/small", "award"),
        ("/c", "completion"),
    ]


def test_an_award_that_is_held_is_not_made_again() -> None:
    small = stack("a", "small")
    first = rolled([small], has("a"))
    record = LearnerRecord(has("a").completions, (first.new_awards[0].award,))
    assert rolled([small], record).new_awards == ()


POOLS = st.lists(
    st.tuples(st.integers(1, 3), st.sets(st.sampled_from("abcdef"), min_size=1)),
    min_size=1,
    max_size=3,
)


@settings(max_examples=400, deadline=None)
@given(POOLS, st.sets(st.sampled_from("abcdef")), st.sampled_from(["items", "credits"]))
def test_the_answer_equals_trying_every_placement(
    pools: list[tuple[int, set[str]]], held: set[str], unit: str
) -> None:
    """Each item is put into one pool or none, in every possible way."""
    worth = {key: 1 + index % 3 if unit == "credits" else 1 for index, key in enumerate("abcdef")}
    parts = []
    for index, (need, keys) in enumerate(pools):
        name = f"p{index}"
        if unit == "credits":
            parts.append({"id": name, "credits": need, "of": sorted(keys)})
        else:
            count = min(need, len(keys))
            parts.append({"id": name, "at_least": count, "of": sorted(keys)})
    record = has(*(done(key, credits=worth[key]) for key in sorted(held)))
    expected = _by_exhaustion(parts, sorted(held), worth)
    assert (at({"all": parts}, record).status is Status.MET) == expected


def _by_exhaustion(parts: list[dict[str, object]], held: list[str], worth: dict[str, int]) -> bool:
    for places in product(range(-1, len(parts)), repeat=len(held)):
        totals = [Decimal(0)] * len(parts)
        for key, place in zip(held, places, strict=True):
            if place >= 0 and key in parts[place]["of"]:  # type: ignore[operator]
                totals[place] += worth[key]
        needs = [Decimal(str(part.get("credits", part.get("at_least")))) for part in parts]
        if all(total >= need for total, need in zip(totals, needs, strict=True)):
            return True
    return False


@settings(max_examples=100, deadline=None)
@given(st.permutations(list("abcdef")))
def test_the_order_of_the_facts_does_not_matter(order: list[str]) -> None:
    rule = {"all": [{"at_least": 2, "of": list("abcd")}, {"at_least": 2, "of": list("cdef")}]}
    assert at(rule, has(*order)) == at(rule, has(*"abcdef"))
