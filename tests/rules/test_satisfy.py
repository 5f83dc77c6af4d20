"""What a fact has to say so that it passes some tests and fails others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from stacking_rules import parse_document
from stacking_rules.facts import Grade
from stacking_rules.read_test import read_test
from stacking_rules.satisfy import Inventor, Said, Sketch
from stacking_rules.selection import Asked, Test

TODAY = date(2026, 6, 30)
DAY = date(2025, 9, 1)
"""Of a fact about whose day nothing is asked."""
DECLARED: dict[str, Any] = {
    "quoin": 2,
    "scales": {"letter": {"F": 0, "D": 1, "C": 2, "A": 4}},
    "tables": [
        {"from": "letter", "to": "0-100", "rows": {"F": 0, "C": 50, "A": 80}, "since": "2026-01-01"}
    ],
    "levels": [{"from": "scqf", "to": "eqf", "rows": {"7": 5}}],
    "stacks": [{"key": "award", "requires": "a"}],
}
DEFINITIONS = parse_document(DECLARED).definitions
Wishes = Iterable[tuple[object, bool]]


def read(data: object) -> Test:
    return read_test(data, "", DEFINITIONS.scales)


def invent(
    must: Wishes,
    prefer: Wishes = (),
    fixed: Mapping[str, Said] | None = None,
    hints: Iterable[object] = (),
) -> Sketch | None:
    """Return what is invented where ``must`` and ``prefer`` are all the tests that there are."""
    goals, wishes = ([(read(test), want) for test, want in some] for some in (must, prefer))
    tests = [test for test, _ in (*goals, *wishes)]
    asked = Asked(TODAY, DEFINITIONS)
    return Inventor(asked, tests, [read(hint) for hint in hints], DAY).invent(
        goals, wishes, fixed or {}
    )


def number(value: object) -> Decimal:
    return Decimal(str(value))


FIVE_YEARS = {"on": {"last": {"years": 5}}}
EQF_5 = {"level": {"at_least": 5, "framework": "eqf"}}


@pytest.mark.parametrize(
    ("test", "passing", "failing"),
    [
        # What a fact says that passes, and what one says that just fails.
        ({"t": ["a", "b"]}, {"t": "a"}, {"t": "other"}),
        ({"n": [3, 7]}, {"n": number(3)}, {"n": number(8)}),
        ({"b": True}, {"b": True}, {"b": False}),
        ({"t": {"known": True}}, {"t": "known"}, {"t": None}),
        ({"n": {"at_least": 5}}, {"n": number(5)}, {"n": number(4)}),
        ({"n": {"above": 5}}, {"n": number(6)}, {"n": number(5)}),
        ({"n": {"at_most": 5}}, {"n": number(5)}, {"n": number(6)}),
        ({"level": {"at_least": 5}}, {"level": number(5)}, {"level": number(4)}),
        (EQF_5, {"level": number(5), "framework": "eqf"}, {"level": number(4), "framework": "eqf"}),
        # Awards that have counted it.
        ({"uses": 0}, {"used": ()}, {"used": ("other",)}),
        ({"uses": [1, 2]}, {"used": ("0",)}, {"used": ()}),
        ({"uses": {"at_least": 2}}, {"used": ("0", "1")}, {"used": ()}),
        ({"uses": {"above": 2}}, {"used": ("0", "1", "2")}, {"used": ()}),
        ({"uses": {"at_most": 1}}, {"used": ()}, {"used": ("0", "1")}),
        ({"used_in": "degree"}, {"used": ("degree",)}, {"used": ()}),
        # Grades: the best that passes, the best that fails.
        ({"grade": {"at_least": 50}}, {"grade": Grade(number(100), "0-100")},
         {"grade": Grade(number(49), "0-100")}),
        ({"grade": {"above": 4, "scale": "1-5"}}, {"grade": Grade(number(5), "1-5")},
         {"grade": Grade(number(4), "1-5")}),
        ({"grade": {"at_least": 5, "scale": "1-5"}}, {"grade": Grade(number(5), "1-5")},
         {"grade": Grade(number(4), "1-5")}),
        ({"grade": {"at_least": 1, "scale": "1-5"}}, {"grade": Grade(number(5), "1-5")}, None),
        ({"grade": {"at_least": "C", "scale": "letter"}},
         {"grade": Grade(number(4), "letter", "A")}, {"grade": Grade(number(1), "letter", "D")}),
        # Days: the usual one where it will do.
        ({"on": {"at_least": "2026-01-01"}}, {"on": "2026-01-01"}, {"on": "2025-09-01"}),
        ({"on": {"above": "2026-01-01"}}, {"on": "2026-01-02"}, {"on": "2025-09-01"}),
        ({"on": {"below": "2025-09-01"}}, {"on": "2025-08-31"}, {"on": "2025-09-01"}),
        (FIVE_YEARS, {"on": "2025-09-01"}, {"on": "2021-06-29"}),
        ({"started": {"last": {"months": 6}}}, {"started": "2025-12-30"},
         {"started": "2025-09-01"}),
        ({"on": {"at_least": {"asked": True, "minus": {"days": 9}}}}, {"on": "2026-06-21"},
         {"on": "2025-09-01"}),
        # Nothing happens after the day asked for; what is said of something else may.
        ({"on": {"at_least": "2026-06-30"}}, {"on": "2026-06-30"}, {"on": "2025-09-01"}),
        ({"on": {"at_least": "2026-12-01"}}, None, {"on": "2025-09-01"}),
        ({"started": {"at_least": "2026-12-01"}}, None, {"started": "2025-09-01"}),
        ({"recorded": {"at_least": "2026-12-01"}}, None, {"recorded": "2025-09-01"}),
        ({"ends": {"at_least": "2026-12-01"}}, {"ends": "2026-12-01"}, {"ends": "2025-09-01"}),
        # A day that nobody knows decides nothing.
        ({"on": {"last": {"years": 5}, "at": {"event": "applied"}}}, None, None),
        ({"on": {"at_least": {"event": "applied"}}}, None, None),
    ],
)  # fmt: skip
def test_a_single_test_is_passed_or_just_failed(
    test: object, passing: Sketch | None, failing: Sketch | None
) -> None:
    assert invent([(test, True)]) == passing
    assert invent([(test, False)]) == failing


@pytest.mark.parametrize("name", ["grade", "on", "started", "recorded"])
def test_that_a_grade_or_a_day_is_known_is_said_by_one(name: str) -> None:
    known = ({name: {"known": True}}, True)
    said = Grade(number(100), "0-100") if name == "grade" else "2025-09-01"
    assert invent([known]) == {name: said}
    # A fact always has its days; it may have no grade.
    unknown = ({name: {"known": False}}, True)
    assert invent([unknown]) == ({"grade": None} if name == "grade" else None)
    graded = ({"grade": {"at_least": 50}}, True)
    dated = ({name: {"at_least": "2026-01-01"}}, True)
    found = invent([known, graded if name == "grade" else dated])
    assert found is not None
    assert found[name] in (Grade(number(100), "0-100"), "2026-01-01")


def test_all_that_is_asked_for_is_met_together() -> None:
    assert invent([({"t": ["a", "b"]}, True), ({"t": ["b", "c"]}, True)]) == {"t": "b"}
    assert invent([({"t": ["a", "b"]}, True), ({"t": "a"}, False)]) == {"t": "b"}
    assert invent([({"t": "a"}, True), ({"t": "a"}, False)]) is None
    assert invent([({"n": {"at_least": 5}}, True), ({"n": {"at_least": 6}}, False)]) == {
        "n": number(5)
    }
    either = {"any": [{"t": "a"}, {"u": "b"}]}
    assert invent([(either, True), ({"t": "a"}, False)]) == {"t": "other", "u": "b"}
    assert invent([(either, False)]) == {"t": "other", "u": "other"}
    assert invent([]) == {}


def test_what_is_unremarkable_is_tried_last_and_the_best_grade_first() -> None:
    # Named values before what no test names, and before nothing at all.
    assert invent([({"t": "a"}, False)], hints=[{"t": "b"}]) == {"t": "b"}
    nothing_or_a = {"any": [{"t": {"known": False}}, {"t": "a"}]}
    assert invent([(nothing_or_a, True)]) == {"t": "a"}
    at_50, at_80 = ({"grade": {"at_least": grade}} for grade in (50, 80))
    assert invent([(at_50, True), (at_80, False)]) == {"grade": Grade(number(79), "0-100")}
    around = Inventor(Asked(TODAY, DEFINITIONS), [], [], DAY).grades
    assert around("0-100", number(50)) == [
        Grade(number(grade), "0-100") for grade in (100, 51, 50, 49, 0)
    ]
    assert around("1-5", number(5)) == [Grade(number(grade), "1-5") for grade in (5, 4, 1)]
    assert [grade.text for grade in around("letter", number(0)) if isinstance(grade, Grade)] == [
        *"ACDF"
    ]


def test_values_of_two_kinds_are_never_all_failed() -> None:
    assert invent([({"n": [3, "a"]}, True)]) == {"n": number(3)}
    assert invent([({"n": [3, "a"]}, False)]) is None


def test_what_is_preferred_is_met_in_order_as_far_as_it_goes() -> None:
    ab, a, b, x = {"t": ["a", "b"]}, {"t": "a"}, {"t": "b"}, {"u": "x"}
    assert invent([(ab, True)], [(a, True), (b, True), (x, True)]) == {"t": "a", "u": "x"}
    assert invent([(ab, True)], [(b, True), (a, True), (x, True)]) == {"t": "b", "u": "x"}
    assert invent([(a, True)], [(b, True), (x, False)]) == {"t": "a", "u": "other"}
    assert invent([], [(a, True), (b, True)]) == {"t": "a"}
    assert invent([(a, True), (a, False)], [(x, True)]) is None


def test_what_a_fact_says_anyway_stays() -> None:
    a, x = {"t": "a"}, {"u": "x"}
    assert invent([(x, True)], [(a, True)], {"t": "b"}) == {"t": "b", "u": "x"}
    assert invent([(a, True)], [], {"t": "b"}) is None
    named = {"achievement": "a"}
    assert invent([(named, True)], [(x, True)], named) == named | x
    assert invent([(named, True)], [], {"achievement": "z"}) is None
    assert invent([(named, False)], [(x, True)], {"achievement": "z"}) == x | {"achievement": "z"}


def test_a_grade_that_is_fixed_is_converted_on_its_day() -> None:
    at_50 = {"grade": {"at_least": 50}}
    grade = {"grade": Grade(number(2), "letter", "C")}
    assert invent([(at_50, True)], [], grade | {"on": "2026-02-01"}) is not None
    assert invent([(at_50, True)], [], grade | {"on": "2025-12-31"}) is None
    assert invent([(at_50, True)], [], grade) is None, "the usual day is before the table"
    assert invent([({"grade": 2}, True)], [], grade) == grade
    level = {"level": number(7), "framework": "scqf"}
    assert invent([(EQF_5, True)], [], level) == level
    assert invent([(EQF_5, True)], [], level | {"framework": "eqf"}) is not None
    assert invent([(EQF_5, True)], [], level | {"framework": "own"}) is None
    assert invent([(EQF_5, True)], [], level | {"framework": None}) is None


def test_only_values_that_some_test_or_hint_names_are_tried() -> None:
    goal = (read({"t": "z"}), True)
    asked = Asked(TODAY, DEFINITIONS)
    assert Inventor(asked, [], [], DAY).invent([goal], [], {}) is None
    hinted = Inventor(asked, [], [read({"t": ["y", "z"]})], DAY)
    assert hinted.invent([goal], [], {}) == {"t": "z"}
    # Asked again, for a fact that says something else beside it.
    assert hinted.invent([goal], [], {"id": "other"}) == {"t": "z", "id": "other"}
    assert hinted.invent([goal], [], {}) == {"t": "z"}


@pytest.mark.parametrize(("number_of_names", "is_found"), [(10, True), (11, False)])
def test_the_search_ends_after_four_thousand_tries(number_of_names: int, is_found: bool) -> None:
    # Of two values each the second one is needed everywhere: all are tried, 2 ** (n + 1) - 1.
    names = [f"n{place}" for place in range(number_of_names)]
    none = {"any": [{name: "a"} for name in names]}
    assert (invent([(none, False)]) is not None) is is_found
