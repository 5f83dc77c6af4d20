"""Clauses that contradict each other or their requirement, and numbers that differ."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from stacking_rules.lint_clauses import decimal_text
from tests.rules.linting import claims, found

LEVEL_4 = {"where": {"level": 4}}


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(45, 2), "22.5"),
        (Fraction(1, 5), "0.2"),
        (Fraction(3, 8), "0.375"),
        (Fraction(3, 50), "0.06"),
        (Fraction(24), "24"),
        (Fraction(10, 3), "10/3"),
        (Fraction(1, 6), "1/6"),
        (Fraction(1, 15), "1/15"),
    ],
)
def test_a_number_is_written_with_its_places_or_as_a_fraction(number: Fraction, text: str) -> None:
    assert decimal_text(number) == text


def amount(need: int, *of_which: object, **more: object) -> dict[str, Any]:
    return {"credits": need, **({"of_which": [*of_which]} if of_which else {})} | more


def values(requires: object, code: str) -> dict[str, str]:
    """Return the values of the only finding with ``code``, as text."""
    (finding,) = [f for f in found(requires) if f.code == code]
    return {name: str(value) for name, value in finding.values.items()}


def needed(share: str, **more: object) -> dict[str, object]:
    return {"share": share, "base": "needed"} | more


def test_a_share_of_what_is_needed_is_a_whole_number_or_the_one_that_is_printed() -> None:
    first = {"at_most": {"credits": 8}, "where": {"level": 4}}
    half = needed("1/2")
    assert claims(amount(9, first, half)) == [("fraction", "/least")]
    assert values(amount(9, half), "fraction") == {"exact": "4.5"}
    assert claims(amount(9, first, needed("1/2", printed=5))) == [("printed-number", "/least")]
    assert values(amount(9, needed("2/3", printed=5)), "printed-number") == {
        "printed": "5",
        "share": "2/3",
        "need": "9",
        "exact": "6",
    }
    assert claims(amount(9, needed("1/2", printed="4.5"))) == []
    assert claims(amount(9, first, {"credits": "4.5"})) == []


LIMIT = "unsatisfiable.limit"


@pytest.mark.parametrize(
    ("requires", "expected"),
    [
        (amount(4, {"at_most": {"credits": 3}}), [(LIMIT, "/most")]),
        (amount(4, {"at_most": {"items": 3}}), []),
        ({"items": 4, "of_which": [{"at_most": {"items": 3}}]}, [(LIMIT, "/most")]),
        ({"items": 4, "of_which": [{"at_most": {"credits": 3}}]}, []),
        (amount(4, {"at_most": {"credits": 3}} | LEVEL_4, **LEVEL_4), [(LIMIT, "/most")]),
        (amount(4, {"at_most": {"credits": 3}} | LEVEL_4), []),
        (
            amount(9, {"credits": 5} | LEVEL_4, {"at_most": {"credits": 4}} | LEVEL_4),
            [(LIMIT, "/least")],
        ),
        (amount(9, {"credits": 4} | LEVEL_4, {"at_most": {"credits": 4}} | LEVEL_4), []),
        (amount(9, {"items": 3}, best=2), [(LIMIT, "/least")]),
        (amount(9, {"items": 2}, best=2), []),
        # A cap drops from the sum what is too much; as much counts as there is.
        (amount(4, caps=[{"at_most": {"credits": 3}}]), [(LIMIT, "/cap")]),
        (amount(3, {"credits": 5} | LEVEL_4, caps=[{"at_most": {"credits": 3}}]), []),
        # What was carried over counts beside what the limit looks at.
        (
            amount(4, caps=[{"at_most": {"credits": 3}}], rollover={"at_most": {"credits": 9}}),
            [],
        ),
    ],
)
def test_an_amount_that_a_limit_beside_it_forbids_is_an_error(
    requires: object, expected: object
) -> None:
    assert claims(requires) == expected


def test_shares_of_the_same_leave_room_for_each_other() -> None:
    half, third = {"share": "1/2"}, {"share_at_most": "1/3"}
    clash = [("conflicting-limits", "/portion")]
    assert claims(amount(9, half, third)) == clash
    assert values(amount(9, half, third), "conflicting-limits") == {"need": "1/2", "most": "1/3"}
    assert claims(amount(9, third, half)) == [("conflicting-limits", "/portion-2")]
    assert claims(amount(9, half, {"share_at_most": "1/2"})) == []
    assert claims(amount(9, half, third | {"unit": "items"})) == []
    assert claims(amount(9, half, third | LEVEL_4)) == []


def test_a_window_is_judged_whatever_stands_before_it() -> None:
    filters = {"filters": [{"where": {"track": "x"}}]}
    terms = [{"name": "t", "from": "2026-01-15", "to": "2026-06-30"}]
    assert claims(amount(9, window={"terms": 0}) | filters) == [("empty-window", "/window")]
    assert claims(amount(9, window={"terms": 1}) | filters, terms=terms) == []
    assert claims(amount(9, window={"within": {"days": 9}}) | filters) == []


NEW_YEAR = "2026-01-01"
UNTIL, FROM = {"open": {"until": NEW_YEAR}}, {"open": {"from": NEW_YEAR}}
FILTERS = {"filters": [{"where": {"track": "x"}}]}


def nested(top: object, middle: object, inner: object) -> dict[str, Any]:
    part = {"id": "a", "items": 1} | dict(inner)  # type: ignore[call-overload]
    group = {"id": "m", "all": [part, "go"]} | dict(middle)  # type: ignore[call-overload]
    return {"all": [group, "sql"]} | dict(top)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("rule", "closed"),
    [
        (nested(FROM, {}, UNTIL), True),
        (nested({}, FROM, UNTIL), True),
        (nested({}, UNTIL, FROM), True),
        (nested({}, FROM, UNTIL | FILTERS), True),
        (nested({}, {"open": {"from": "2025-12-31"}}, UNTIL), False),
        (nested({}, {"open": {"until": "2026-01-02"}}, FROM), False),
        (nested(FILTERS, FILTERS, UNTIL), False),
    ],
)
def test_what_is_open_on_no_day_on_which_what_is_above_is_open_is_closed(
    rule: object, closed: bool
) -> None:
    assert claims(rule) == ([("unsatisfiable.closed", "/m/a/open")] if closed else [])


def test_what_is_looked_at_alone_may_be_open_on_other_days() -> None:
    part = {"id": "a", "items": 1} | UNTIL
    assert claims({"all": [{"id": "no", "none": [part]}, "go"]} | FROM) == []


def sharing(*entries: object) -> dict[str, Any]:
    parts = [
        {"id": name, "all": [{"id": "x", "credits": 2}, {"id": "y", "credits": 3}]}
        for name in "abc"
    ]
    return {"all": parts, "sharing": [*entries]} | FILTERS


def between(first: str, second: str) -> dict[str, object]:
    return {"between": [first, second], "at_most": {"items": 1}}


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([between("a", "b"), between("a", "c")], []),
        ([between("a", "b"), between("c", "b")], []),
        ([between("/a/x", "/a/y")], []),
        ([between("/a/x", "b"), between("/a/y", "b")], []),
        ([between("a", "b"), between("b", "a")], [("conflicting-shares", "/share-2")]),
        ([between("a", "b"), between("/a/x", "b")], [("conflicting-shares", "/share-2")]),
        ([between("/a/x", "b"), between("a", "b")], [("conflicting-shares", "/share-2")]),
        ([between("/a/x", "b"), between("/b/y", "a")], [("conflicting-shares", "/share-2")]),
        ([between("a", "/a/x")], [("conflicting-shares.itself", "/share")]),
        ([between("/a/x", "a")], [("conflicting-shares.itself", "/share")]),
        ([between("/", "a")], [("conflicting-shares.itself", "/share")]),
    ],
)
def test_what_is_shared_is_shared_once_and_between_two(
    entries: list[object], expected: object
) -> None:
    assert claims(sharing(*entries)) == expected


def test_a_mean_is_within_its_scale() -> None:
    letters = {"letter": {"F": 0, "C": 2, "A": 4}}
    mean = amount(9, {"mean": 5, "scale": "letter"})
    (finding,) = found(mean, scales=letters)
    assert (finding.code, finding.address) == ("mean-above-scale", "/mean")
    assert finding.values == {"target": 5, "best": 4, "scale": "letter"}
