"""Facts for authors: the smallest sets of options agree with trying every set there is."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest

from stacking_rules import (
    Attestation,
    Award,
    Completion,
    Grade,
    Learner,
    LearnerRecord,
    Stack,
    Status,
    evaluate,
    parse_document,
    parse_stack,
)
from stacking_rules.allocate import Allocation
from stacking_rules.cases import case_of
from stacking_rules.clauses import After, Grace, Together
from stacking_rules.envelope import Unsaid, envelope
from stacking_rules.requirements import Amount, Attested, Completed, Earned, NoneOf
from stacking_rules.thresholds import Threshold, pools_of
from stacking_rules.ways import MOST_WAYS, Ways
from tests.rules.random_rules import KEYS
from tests.rules.test_impossible import Case

CASES, MOST_OPTIONS = 300, 6
DAY = date(2026, 6, 29)
NOW = datetime(2026, 12, 31, tzinfo=UTC)
CREDITS = {"a": 2, "b": 3, "c": 3, "d": 4, "e": 5}


def stack_of(requires: object, **more: object) -> Stack:
    texts = {key: {"credits": worth} for key, worth in CREDITS.items()}
    return parse_stack(
        {"key": "award", "requires": requires, "definitions": {"achievements": texts}} | more
    )


def ways(requires: object, **more: object) -> tuple[Any, ...]:
    """Return (sets, fewest items, least credits, most credits)."""
    found = envelope(stack_of(requires, **more))
    assert found.ways is not None, found.unsaid
    return found.ways.count, found.ways.items, found.ways.least, found.ways.most


FEW_OF_TRACK = {"at_most": {"items": 3}, "where": {"track": "x"}}
AE = {"id": "ae", "credits": 7, "of": ["a", "b", "c", "d"]}


@pytest.mark.parametrize(
    ("requires", "expected"),
    [
        ({"all": ["a", "b"]}, (1, 2, 5, 5)),
        ({"any": ["a", "b", "e"]}, (3, 1, 2, 5)),
        ({"at_least": 2, "of": ["a", "b", "d"]}, (3, 2, 5, 7)),
        ({"items": 2, "of": ["a", "b", "d"]}, (3, 2, 5, 7)),
        # bd, cd; abc (8), with ad (6) and bc (6) too little
        ({"credits": 7, "of": ["a", "b", "c", "d"]}, (3, 2, 7, 8)),
        ({"all": [{"id": "x", "items": 1, "of": ["a", "b"]}, "e"]}, (2, 2, 7, 8)),
        # competing: {a, b} once each
        ({"all": ["a", {"id": "x", "items": 1, "of": ["a", "b"]}]}, (1, 2, 5, 5)),
        ({"any": [{"id": "x", "all": ["a", "b"]}, {"id": "y", "all": ["b", "c"]}]}, (2, 2, 5, 6)),
        ({"all": [AE, {"id": "no", "none": ["d"]}]}, (1, 3, 8, 8)),
        (AE | {"best": 2}, (2, 2, 7, 7)),
        ({"items": 0, "of": ["a", "b"]}, (1, 0, 0, 0)),
        ({"credits": 20, "of": ["a", "b"]}, (0, 0, 0, 0)),
    ],
)
def test_the_smallest_sets_are_counted(requires: object, expected: tuple[int, ...]) -> None:
    assert ways(requires) == expected


def test_many_sets_are_counted_by_arithmetic_and_found_up_to_a_number() -> None:
    thirty = [f"k{number}" for number in range(30)]
    assert ways({"items": 10, "of": thirty})[:2] == (30_045_015, 10)
    twelve = thirty[:12]
    both = [{"id": name, "items": 3, "of": twelve} for name in "xy"]
    found = envelope(stack_of({"all": both}))
    assert found.ways == Ways(MOST_WAYS, 6, None, None, is_more=True)
    assert found.unsaid == Unsaid("many", "/")


@pytest.mark.parametrize(
    ("requires", "reason", "at"),
    [
        ({"all": ["a", {"id": "x", "credits": 4}]}, "open", "/x"),
        ({"points": 50, "of": ["a", "b"]}, "points", "/"),
        ({"credits": 4, "of": ["a", "z"]}, "credits", "/"),
        ({"if": {"learner": {"x": 1}}, "then": "a"}, "learner", "/"),
        ({"all": ["a", {"id": "x", "at_most": {"items": 1}}]}, "limit-of-all", "/x"),
        ({"all": ["a", {"id": "x", "none": [{"completed": "b", "grade": 50}]}]}, "none", "/x"),
        (AE | {"of_which": [{"distinct": "area", "at_least": 2}]}, "values", "/distinct"),
        (AE | {"rollover": {"at_most": {"credits": 3}}}, "carried", "/carry"),
        (AE | {"where": {"track": "x"}, "of_which": [FEW_OF_TRACK]},
         "tests", "/"),
        (AE | {"window": {"terms": 2}}, "days", "/window"),
    ],
)  # fmt: skip
def test_what_is_not_certain_is_not_said(requires: object, reason: str, at: str) -> None:
    found = envelope(stack_of(requires))
    assert (found.ways, found.unsaid) == (None, Unsaid(reason, at))


def one_of(name: str, *keys: object, **clauses: object) -> dict[str, Any]:
    """Return a part that asks for one item of ``keys``."""
    return {"id": name, "items": 1, "of": [*keys]} | clauses


def declaring(**texts: object) -> dict[str, Any]:
    """Return definitions in which ``texts`` are said of achievements beside their credits."""
    worth = {key: {"credits": worth} for key, worth in CREDITS.items()}
    return {"definitions": {"achievements": worth | texts}}


AREAS = {"a": {"attributes": {"area": "p"}}, "b": {"attributes": {"area": "q"}}}
ACCEPTED = {"accepted": [{"for": "a", "instead": "b"}]}


def two(*more: object, **clauses: object) -> dict[str, Any]:
    return {"items": 2, "of": ["a", "b", *more]} | clauses


def of_which(*entries: object) -> dict[str, Any]:
    return {"of_which": [*entries]}


SHARED = {"all": [one_of("x", "a", "b"), one_of("y", "b", "c")]}


@pytest.mark.parametrize(
    ("requires", "more", "expected"),
    [
        # (requirement, what its stack says beside it, what is unsaid or the number of ways)
        (two(), {"definitions": ACCEPTED}, Unsaid("same", "/")),
        ({"any": [{"id": "p", "all": ["a", {"id": "no", "none": ["b"]}]}, "c"]}, {},
         Unsaid("none", "/p/no")),
        ({"credits": 4, "of": ["a", "z"]}, declaring(z={"credits": 4, "splittable": 1}),
         Unsaid("split", "/")),
        ({"credits": 4, "of": ["a", "d"]}, declaring(z={"credits": 4, "splittable": 1}), 1),
        ({"all": ["a", {"id": "no", "none": ["b", {"completed": "c", "grade": 50}]}]}, {},
         Unsaid("none", "/no")),
        # A mean can be had by who has a grade for all of it.
        (two(**of_which({"mean": 50})), {}, 1),
        (one_of("", "a", {"award": "w"}, id="x", **of_which({"mean": 50})), {},
         Unsaid("points", "/mean")),
        # What is asked for of what counts, in a unit that is declared or is not.
        (two("d", **of_which({"credits": 6})), {}, 2),
        (two("z", **of_which({"credits": 5})), {}, Unsaid("credits", "/least")),
        (two(**of_which({"points": 50})), {}, Unsaid("points", "/least")),
        (two(**of_which({"at_most": {"points": 50}})), {}, Unsaid("points", "/most")),
        # Values that are declared of each, or of some.
        (two(**of_which({"distinct": "area", "at_least": 2})), declaring(**AREAS), 1),
        (two("c", **of_which({"distinct": "area", "at_least": 2})), declaring(**AREAS),
         Unsaid("values", "/distinct")),
        (two(**of_which({"same": "area"})), declaring(**AREAS), 0),
        # {a, b}, {a, c}, {b, c} by different items; b alone where it may be shared
        (SHARED, {}, 3),
        (SHARED | {"sharing": [{"between": ["x", "y"], "at_most": {"items": 1}}]}, {}, 2),
        (SHARED | {"sharing": [{"between": ["x", "y"], "at_most": {"credits": 3}}]}, {},
         Unsaid("sharing", "/share")),
        (SHARED | {"sharing": [{"between": ["x", "y"], "unique": 2}]}, {},
         Unsaid("sharing", "/share")),
    ],
)  # fmt: skip
def test_the_ways_are_counted_where_they_are_certain(
    requires: object, more: dict[str, Any], expected: Unsaid | int
) -> None:
    found = envelope(stack_of(requires, **more))
    if isinstance(expected, Unsaid):
        assert (found.ways, found.unsaid) == (None, expected)
    else:
        assert found.ways is not None, found.unsaid
        assert found.ways.count == expected


FIRST, SECOND = {"until": "2024-01-01"}, {"from": "2024-01-01"}
STRICTLY = {"of": "x", "strict": True}
NINE_DAYS = {"within": {"days": 9}}


@pytest.mark.parametrize(
    ("requires", "at"),
    [
        # (parts, and clauses of the whole, where days may be in each other's way, "" if nowhere)
        ({"all": [one_of("x", "a", open={"from": "2020-01-01"}), one_of("y", "b", open=FIRST),
                  one_of("z", "c", open=SECOND)]}, "/z/open"),
        ({"all": [one_of("x", "a", open=FIRST), one_of("y", "b", open={"from": "2023-12-31"})]},
         ""),
        ({"all": [one_of("x", "a"), one_of("y", "b", after=STRICTLY)]}, ""),
        ({"all": [one_of("x", "a"), one_of("y", "b", after=STRICTLY),
                  one_of("z", "c", after=STRICTLY)]}, "/y/after"),
        ({"all": [one_of("x", "a"), one_of("y", "b", after=STRICTLY)], "window": NINE_DAYS},
         "/y/after"),
        ({"all": [one_of("x", "a"), one_of("y", "b", after="x")], "window": NINE_DAYS}, ""),
        ({"all": [one_of("x", "a"), one_of("y", "b", after="x"),
                  one_of("z", "c", after="x")]}, ""),
    ],
)  # fmt: skip
def test_days_that_may_be_in_the_way_of_each_other_leave_it_open(requires: object, at: str) -> None:
    found = envelope(stack_of(requires))
    assert found.unsaid == (Unsaid("days", at) if at else None)
    assert (found.ways is None) is bool(at)


def test_the_days_of_a_renewal_are_not_those_of_the_first_award() -> None:
    later = {"credits": 4, "of": ["b", "d"], "window": {"terms": 2}}
    terms = [{"name": "t", "from": "2026-01-15", "to": "2026-06-30"}]
    texts = {key: {"credits": worth} for key, worth in CREDITS.items()}
    assert ways(
        {"all": ["a", "b"]},
        lasts={"years": 3},
        renewal={"requires": later},
        definitions={"achievements": texts, "terms": terms},
    ) == (1, 2, 5, 5)


def test_tests_that_may_be_in_the_way_of_others_leave_it_open() -> None:
    parts = [one_of("x", "a", where={"t": "p"}), one_of("y", "b", where={"t": "q"})]
    assert envelope(stack_of({"all": parts})).unsaid == Unsaid("tests", "/y")
    parts[1]["where"] = {"t": "p"}
    assert ways({"all": parts}) == (1, 2, 5, 5)


def test_a_search_that_reaches_its_limit_leaves_it_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stacking_rules.envelope.STEPS", 0)
    competing = {"all": [one_of("x", "a", "b"), one_of("y", "b", "c")]}
    found = envelope(stack_of(competing))
    assert (found.ways, found.unsaid) == (None, Unsaid("limit", "/"))
    # What is counted by arithmetic needs no search.
    assert ways({"at_least": 2, "of": ["a", "b", "d"]}) == (3, 2, 5, 7)


AGO = {"on": {"last": {"years": 5}}}
FROM_TODAY = {"on": {"at_least": {"asked": True, "minus": {"years": 3}}}}
FROM_EVENT = {"on": {"at_least": {"event": "applied", "minus": {"years": 3}}}}


@pytest.mark.parametrize(
    ("test", "is_lapsing"),
    [
        (AGO, True),
        (FROM_TODAY, True),
        ({"not": AGO}, True),
        ({"track": "p", "any": [{"track": "q"}, FROM_TODAY]}, True),
        (FROM_EVENT, False),
        ({"on": {"at_least": "2026-01-01"}, "track": "p"}, False),
        ({"not": FROM_EVENT}, False),
    ],
)
def test_a_test_that_measures_from_today_lapses(test: object, is_lapsing: bool) -> None:
    at_amount = envelope(stack_of({"all": ["a", one_of("x", "b", where=test)]}))
    assert at_amount.lapses == (("/x",) if is_lapsing else ())
    at_clause = envelope(stack_of({"all": ["a", "b"], "filters": [{"where": test}]}))
    assert at_clause.lapses == (("/filter",) if is_lapsing else ())


def test_awards_and_alternatives_that_end_lapse_and_those_that_begin_do_not() -> None:
    assert envelope(stack_of("a", valid="throughout")).lapses == ("",)
    assert envelope(stack_of("a", lasts={"years": 3})).lapses == ("",)
    assert envelope(stack_of({"all": ["a", one_of("x", "b", open=SECOND)]})).lapses == ()
    assert envelope(stack_of({"all": ["a", one_of("x", "b", open=FIRST)]})).lapses == ("/x/open",)


def test_what_something_further_can_undo_is_named_where_it_stands() -> None:
    few = {"id": "few", "at_most": {"items": 3}}
    mean = one_of("x", "b", of_which=[{"mean": 60, "over": "attempted"}])
    by_learner = {"id": "l", "if": {"learner": {"p": "q"}}, "then": "c"}
    by_others = {"id": "o", "if": "d", "then": "c"}
    found = envelope(stack_of({"all": ["a", few, mean, by_learner, by_others]}))
    assert found.undone_by == ("/few", "/o", "/x/mean")
    assert envelope(stack_of({"all": ["a", by_learner]})).undone_by == ()
    assert envelope(stack_of("a", repeats="first")).undone_by == ("",)


def test_credits_that_are_not_declared_leave_the_rest() -> None:
    found = envelope(stack_of({"all": ["a", "z"]}))
    assert (found.ways, found.unsaid) == (Ways(1, 2, None, None), Unsaid("worth", "z"))


def test_what_time_and_what_more_can_change_is_named() -> None:
    recent = {"id": "x", "credits": 4, "where": {"on": {"last": {"years": 5}}}}
    rule = {"all": [recent, {"id": "n", "none": ["b"]}]}
    found = envelope(stack_of(rule, lasts={"years": 3}, repeats="latest"))
    assert found.lapses == ("", "/x")
    assert found.undone_by == ("", "/n")
    applied = recent | {"where": {"on": {"last": {"years": 5}, "at": {"event": "applied"}}}}
    sound = envelope(stack_of(applied | {"of_which": [{"mean": 60}]}))
    assert (sound.lapses, sound.undone_by) == ((), ())
    ending = envelope(stack_of({"all": ["a", recent | {"open": {"until": "2028-01-01"}}]}))
    assert ending.lapses == ("/x", "/x/open")


@pytest.mark.parametrize(
    ("requires", "name", "reason", "at"),
    [
        ({"all": ["a", {"id": "x", "credits": 3, "of": ["b", "c"]}]}, "thresholds", "", ""),
        ({"all": ["a", {"id": "x", "items": 1, "of": ["a", "b"]}]}, "counts", "", ""),
        (
            {"all": [{"id": n, "credits": 3, "of": ["b", "c"]} for n in "xy"]},
            "equal-credits",
            "",
            "",
        ),
        (
            {"all": [{"id": n, "credits": 3, "of": ["b", "d"]} for n in "xy"]},
            "search",
            "credits",
            "/x",
        ),
        ({"all": [{"id": n, "credits": 3} for n in "xy"]}, "search", "credits", "/x"),
        (AE | {"best": 2}, "search", "clause", "/best"),
    ],
)
def test_how_it_is_decided_is_named(requires: object, name: str, reason: str, at: str) -> None:
    case = case_of(stack_of(requires))
    assert (case.name, case.reason, case.at) == (name, reason, at)


def test_how_many_compete_is_counted() -> None:
    chain = [{"id": f"p{n}", "items": 1, "of": [f"k{n}", f"k{n + 1}"]} for n in range(12)]
    assert case_of(stack_of({"all": chain})).competing == 12
    assert case_of(stack_of({"all": chain[::2]})).competing == 1


# -- against every set there is -------------------------------------------------------------------


def test_random_rules_have_the_sets_that_trying_them_all_gives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Whether it is met is all that is asked: no ties, no reasons.
    monkeypatch.setattr("stacking_rules.allocate.refine", lambda _problem, taken, _pins: taken)
    monkeypatch.setattr("stacking_rules.allocate.relax", nothing_placed)
    seen: Counter[str] = Counter()
    for seed in range(CASES):
        case = Case(seed)
        case.data["achievements"] = {key: declared(case, key) for key in KEYS}
        exact = json.loads(json.dumps(case.data), parse_float=Decimal)
        (stack,) = parse_document(exact).stacks
        found = envelope(stack)
        if found.ways is None or not can_be_tried(stack):
            continue
        sets = smallest(stack)
        assert found.ways.count == len(sets), (seed, case.data, sets)
        if sets:
            assert found.ways.items == min(map(len, sets)), (seed, case.data)
        if sets and found.ways.least is not None:
            totals = [worth(stack, way) for way in sets]
            assert (found.ways.least, found.ways.most) == (min(totals), max(totals)), seed
        seen["none" if not sets else "one" if len(sets) == 1 else "several"] += 1
    sys.stdout.write(f"{dict(seen)}\n")
    assert min(seen["none"], seen["one"], seen["several"]) >= 10


def declared(case: Case, key: str) -> dict[str, Any]:
    """Return what is declared of an achievement, all of it."""
    some = case.random
    return {
        "credits": case.texts[key]["credits"],
        "attributes": {
            "color": some.choice(["red", "blue"]),
            "level": some.randint(1, 3),
            "home": some.random() < 0.5,
            "area": some.sample(["p", "q", "r"], some.randint(1, 2)),
        },
    }


def can_be_tried(stack: Stack) -> bool:
    """Return whether all there is can be held on one day, with nothing but what is declared."""
    options = {*options_of(stack)}
    clauses = [clause for *_, clause in stack.clauses()]
    excludes = any(isinstance(node, NoneOf) for _, node in stack.walk())
    is_ordered = any(isinstance(clause, After) and clause.is_strict for clause in clauses)
    is_dated = is_ordered or (excludes and any(isinstance(c, Grace | Together) for c in clauses))
    is_open = bool(clauses) and any(kind != "completion" for kind, _ in options)
    return len(options) <= MOST_OPTIONS and not is_dated and not is_open


def nothing_placed(root: Threshold, *_: object) -> Allocation:
    return Allocation({pool.address: () for pool in pools_of(root)}, is_possible=False)


Option = tuple[str, str]


def smallest(stack: Stack) -> list[frozenset[Option]]:
    """Return the sets that qualify of which no smaller one does, by trying all in order of size."""
    options = sorted({*options_of(stack)})
    found: list[frozenset[Option]] = []
    for size in range(len(options) + 1):
        for chosen in combinations(options, size):
            way = frozenset(chosen)
            if not any(known <= way for known in found) and qualifies(stack, way):
                found.append(way)
    return found


def options_of(stack: Stack) -> Iterator[Option]:
    for _, node in stack.walk():
        if isinstance(node, Completed):
            yield "completion", node.achievement
        elif isinstance(node, Earned):
            yield "award", node.achievement
        elif isinstance(node, Attested):
            yield "attestation", node.achievement
        elif isinstance(node, Amount):
            yield from ((kind, key) for kind in node.among for key in node.of)


def qualifies(stack: Stack, way: Iterable[Option]) -> bool:
    """Return whether someone who has just these, with good grades or with poor ones, qualifies."""
    return any(
        evaluate(stack, holding(stack, way, grade), as_of=DAY, known_on=NOW).status is Status.MET
        for grade in (95, 60)
    )


def holding(stack: Stack, way: Iterable[Option], grade: int) -> LearnerRecord:
    completions, awards, sworn = [], [], []
    for kind, key in sorted(way):
        if kind == "award":
            awards.append(Award(f"w{key}", key, DAY, NOW))
        elif kind == "attestation":
            sworn.append(Attestation(f"s{key}", key, DAY, NOW))
        else:
            text = stack.definitions.achievements[key]
            completions.append(
                Completion(
                    key, key, DAY, NOW, text.credits, Grade(Decimal(grade)),
                    started_on=DAY, attributes=text.attributes,
                )
            )  # fmt: skip
    nurse = Learner((("profession", ("nurse",)),))
    return LearnerRecord(tuple(completions), tuple(awards), tuple(sworn), nurse)


def worth(stack: Stack, way: Iterable[Option]) -> Decimal:
    texts = stack.definitions.achievements
    return sum((texts[key].credits for kind, key in way if kind == "completion"), Decimal(0))
