"""What has no meaning is refused, never ignored; what may be left out may be empty."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from stacking_rules import DocumentError, parse_document, parse_record
from stacking_rules.formats import CURRENT as FORMAT

DONE = {"achievement": "sql", "on": "2026-01-01"}
EXCEPTION = {"stack": "a", "author": "A", "reason": "B", "from": "2026-01-01", "fact": "c1"}


HUGE = pytest.param(10**5000, id="huge")
"""A number that Python itself refuses to write."""


def stack(**said: Any) -> dict[str, Any]:
    return {"quoin": FORMAT, "stacks": [{"key": "award", "requires": "sql"} | said]}


def rule(**said: Any) -> dict[str, Any]:
    return stack(requires={"credits": 4} | said)


@pytest.mark.parametrize(
    ("address", "document"),
    [
        ("/requires/grace", rule(grace={"days": 9, "end_of": "year"})),
        ("/requires/of_which/0/weight", rule(of_which=[{"credits": 2, "weight": "items"}])),
        ("/requires/of_which/0/scale", rule(of_which=[{"same": "area", "scale": "0-9"}])),
        ("/requires/caps/0", rule(caps=[{"at_most": {"credits": 1}, "share": "1/2"}])),
        ("/requires/caps/0", rule(caps=[{"where": {"home": True}}])),
        ("/requires/caps/0/round", rule(caps=[{"at_most": {"credits": 1}, "round": "up"}])),
        ("/requires/of/0", rule(of=[{"award": "a", "attested": "b"}])),
        ("/requires/of/0", rule(of=[{}])),
        ("/requires/among", rule(of=["sql"], among="awards")),
        ("/requires/id", rule(id="")),
        ("", rule(title="\ud800")),
        ("/requires/where/on/below/asked", rule(where={"on": {"below": {"asked": False}}})),
        ("/requires/where/on/below", rule(where={"on": {"below": "2026-02-31"}})),
        ("/requires/where/on/below", rule(where={"on": {"below": "\uff12026-02-01"}})),
        ("/binding/event", stack(binding={"policy": "latest", "event": "enrolled"})),
        ("/renewal/rule", stack(renewal={"requires": "sql", "rule": "R1"})),
        ("/lasts", stack(lasts={})),
    ],
)
def test_words_that_mean_nothing_together_are_refused(
    address: str, document: dict[str, Any]
) -> None:
    with pytest.raises(DocumentError) as refused:
        parse_document(document)
    assert refused.value.address == f"/stacks/0{address}"


@pytest.mark.parametrize("day", ["20260101", "2026-W01-1", "2026-1-1", "2026-02-30", " 2026-01-01"])
def test_a_day_is_written_in_one_way(day: str) -> None:
    with pytest.raises(DocumentError, match="/completions/0/on: Here a date such as"):
        parse_record({"completions": [DONE | {"on": day}]})


@pytest.mark.parametrize("instant", ["2026-01-01", "2026-01-01T12:00:00", "20260101T120000Z"])
def test_an_instant_has_a_time_and_an_offset(instant: str) -> None:
    with pytest.raises(DocumentError, match="/completions/0/recorded_at: Here an instant such as"):
        parse_record({"completions": [DONE | {"recorded_at": instant}]})


@pytest.mark.parametrize(
    "number",
    ["1_000", " 1", "\u0661", "1e1000", "0x1", "Infinity", "", HUGE],
)
def test_a_number_is_written_in_plain_digits(number: object) -> None:
    with pytest.raises(DocumentError, match="/completions/0/credits"):
        parse_record({"completions": [DONE | {"credits": number}]})


@pytest.mark.parametrize("number", [Decimal("NaN"), Decimal("1e400"), HUGE])
def test_an_attribute_is_no_number_beyond_all_bounds(number: object) -> None:
    with pytest.raises(DocumentError, match="/completions/0/attributes/level"):
        parse_record({"completions": [DONE | {"attributes": {"level": number}}]})


def test_true_is_no_grade() -> None:
    definitions = parse_document(stack() | {"scales": {"pass": {"F": 0, "P": 1}}}).definitions
    fact = DONE | {"scale": "pass"}
    assert parse_record({"completions": [fact | {"grade": 1}]}, definitions)
    with pytest.raises(DocumentError, match="/completions/0/grade: Here a grade is needed"):
        parse_record({"completions": [fact | {"grade": True}]}, definitions)


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "change-value", "field": "on", "value": "yesterday"},
        {"kind": "change-value", "field": "valid_until", "value": "2026-02-30"},
        {"kind": "change-value", "field": "credits", "value": -1},
        {"kind": "change-value", "field": "grade", "value": "B"},
        {"kind": "change-limit", "value": "less"},
    ],
)
def test_an_exception_sets_what_its_field_can_be(said: dict[str, Any]) -> None:
    with pytest.raises(DocumentError, match="/waivers/0/value"):
        parse_record({"waivers": [EXCEPTION | said]})


def test_nobody_needs_to_have_applied_or_declined() -> None:
    record = parse_record({"applied": [], "declined": []})
    assert (record.applied, record.declined) == ((), ())
