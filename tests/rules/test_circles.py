"""Ways round in a circle are named once, from where they begin in the document."""

from __future__ import annotations

from datetime import date

from stacking_rules.circles import award_circles, substitution_circles
from stacking_rules.definitions import Substitution
from tests.rules.helpers import stack


def test_an_award_that_needs_itself_or_what_is_elsewhere_is_no_circle() -> None:
    itself = stack({"any": [{"award": "a"}, {"award": "elsewhere"}]}, "a")
    assert list(award_circles([itself])) == []


def test_a_circle_is_named_from_its_first_stack_by_the_shortest_way() -> None:
    needs = {"top": "cb", "a": "", "b": "cd", "c": "b", "d": "e", "e": "b"}
    stacks = [
        stack({"any": [{"award": key} for key in keys] + ["sql"]}, name)
        for name, keys in needs.items()
    ]
    assert list(award_circles(stacks)) == [(2, ("b", "c", "b")), (4, ("d", "e", "b", "d"))]


def test_what_every_version_of_a_stack_needs_is_looked_at() -> None:
    stacks = [
        stack("sql", "a"),
        stack({"award": "b"}, "a"),
        stack({"any": [{"award": "a"}, "sql"]}, "b"),
    ]
    assert list(award_circles(stacks)) == [(0, ("a", "b", "a"))]


def test_substitutions_are_a_circle_where_all_of_them_hold_on_one_day() -> None:
    def step(given: str, wanted: str, since: int = 1, until: int = 9999) -> Substitution:
        return Substitution(given, wanted, date(since, 1, 1), date(until, 1, 1))

    def circles(*steps: Substitution) -> list[tuple[int, tuple[str, ...]]]:
        return list(substitution_circles(steps))

    other, ab, bc, ca = step("x", "y"), step("a", "b"), step("b", "c"), step("c", "a")
    assert circles(other, ab, bc) == []
    assert circles(other, ab, bc, ca) == [(1, ("a", "b", "c", "a"))]
    assert circles(bc, ca, ab) == [(0, ("b", "c", "a", "b"))]
    early, late = step("c", "a", until=2020), step("a", "b", since=2020)
    assert circles(early, late, bc) == []
    assert circles(step("c", "a", until=2021), late, bc) == [(0, ("c", "a", "b", "c"))]
    # The same step for other days may close it.
    assert circles(early, step("c", "a", since=2020), late, bc) == [(1, ("c", "a", "b", "c"))]
