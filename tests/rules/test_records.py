"""A record is read as it is written; what is wrong is named by its place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from stacking_rules import (
    AchievementText,
    Attestation,
    Award,
    Completion,
    Definitions,
    DocumentError,
    Grade,
    Learner,
    LearnerRecord,
    LimitExceededError,
    Waiver,
    parse_record,
)
from stacking_rules.facts import Pin

DAY, MIDNIGHT = date(2026, 3, 1), datetime(2026, 3, 1, tzinfo=UTC)
SQL = {"achievement": "sql", "on": "2026-03-01"}
SMALL = {"award": "small", "on": "2026-03-01"}
SWORN = {"statement": "sworn", "on": "2026-03-01"}
STRIKE = {"stack": "s", "author": "Registrar", "reason": "Strike", "from": "2026-03-01"}
WAIVED = STRIKE | {"kind": "waive", "at": "/more"}
PIN = {"stack": "s", "at": "/core", "fact": "c1"}


def test_everything_that_is_said_of_a_completion_is_kept() -> None:
    said = SQL | {
        "id": "c1", "started": "2026-01-01", "valid_until": "2027-03-01", "credits": "2.5",
        "credit_kind": "ou", "grade": 4, "scale": "1-5", "state": "pending", "attempt": "second",
        "recorded_at": "2026-03-02T12:00:00+02:00", "withdrawn_at": "2026-04-01T00:00:00Z",
        "attributes": {"level": 6, "area": ["web", "data"], "mode": None, "empty": []},
    }  # fmt: skip
    (completion,) = parse_record({"completions": [said]}).completions
    assert completion == Completion(
        id="c1",
        achievement="sql",
        completed_on=DAY,
        recorded_at=datetime(2026, 3, 2, 10, tzinfo=UTC),
        credits=Decimal("2.5"),
        grade=Grade(Decimal(4), "1-5"),
        withdrawn_at=datetime(2026, 4, 1, tzinfo=UTC),
        started_on=date(2026, 1, 1),
        valid_until=date(2027, 3, 1),
        attributes=(("level", (Decimal(6),)), ("area", ("web", "data"))),
        state="pending",
        attempt="second",
        credit_kind="ou",
    )


def test_what_a_completion_does_not_say_is_taken_from_its_achievement() -> None:
    text = AchievementText(
        "sql", "SQL", credits=Decimal(4), scale="1-5", attributes=(("level", (Decimal(6),)),)
    )
    known = Definitions(achievements={"sql": text})
    silent, graded, loud = parse_record(
        {
            "completions": [
                SQL,
                SQL | {"grade": 5},
                SQL | {"credits": 1, "grade": 90, "scale": "0-100", "attributes": {"level": 7}},
            ]
        },
        known,
    ).completions
    assert silent == Completion(
        "completion-1", "sql", DAY, MIDNIGHT, Decimal(4), attributes=(("level", (Decimal(6),)),)
    )
    assert (graded.id, graded.grade) == ("completion-2", Grade(Decimal(5), "1-5"))
    assert (loud.credits, loud.grade) == (Decimal(1), Grade(Decimal(90)))
    assert loud.attributes == (("level", (Decimal(7),)),)


def test_an_attribute_that_is_null_is_unknown_even_where_the_achievement_has_it() -> None:
    text = AchievementText("sql", "SQL", attributes=(("level", (Decimal(6),)),))
    (fact,) = parse_record(
        {"completions": [SQL | {"attributes": {"level": None}}]},
        Definitions(achievements={"sql": text}),
    ).completions
    assert fact.values("level") is None


def test_awards_are_ones_own_or_of_others() -> None:
    said = {
        "id": "a1", "credits": 7, "counted": ["c1", "c2"], "banked": True, "carried": 3,
        "valid_until": "2027-01-01", "attributes": {"type": "certificate"},
    }  # fmt: skip
    record = parse_record({"awards": [SMALL | said, SMALL], "external": [SMALL]})
    assert record.awards == (
        Award(
            "a1", "small", DAY, MIDNIGHT, Decimal(7), date(2027, 1, 1),
            (("type", ("certificate",)),), ("c1", "c2"), is_banked=True, carried=Decimal(3),
        ),
        Award("award-2", "small", DAY, MIDNIGHT),
        Award("external-1", "small", DAY, MIDNIGHT, attributes=(("external", (True,)),)),
    )  # fmt: skip


def test_an_attestation_says_by_whom() -> None:
    said = {"by": "A. Person", "role": "confirmer", "attributes": {"place": "ward"}}
    record = parse_record({"attestations": [SWORN | said, SWORN]})
    assert record.attestations == (
        Attestation(
            "attestation-1", "sworn", DAY, MIDNIGHT, None,
            (("place", ("ward",)), ("by", ("A. Person",)), ("role", ("confirmer",))),
        ),
        Attestation("attestation-2", "sworn", DAY, MIDNIGHT),
    )  # fmt: skip


def test_the_learner_has_attributes_and_events() -> None:
    said = {"attributes": {"profession": ["nurse"]}, "events": {"enrolled": "2024-09-01"}}
    record = parse_record({"learner": said, "applied": ["s"], "declined": ["t"], "pins": [PIN]})
    assert record == LearnerRecord(
        learner=Learner((("profession", ("nurse",)),), (("enrolled", date(2024, 9, 1)),)),
        applied=("s",),
        declined=("t",),
        pins=(Pin("s", "/core", "c1"),),
    )
    assert record.learner.event("enrolled") == date(2024, 9, 1)
    assert parse_record({}) == LearnerRecord()


def test_an_exception_says_what_it_changes() -> None:
    changed = {"kind": "change-value", "fact": "c1", "field": "grade", "value": 70}
    more = {"id": "w", "until": "2027-01-01", "recorded_at": "2026-03-05T00:00:00Z"}
    record = parse_record({"waivers": [WAIVED, STRIKE | changed | more]})
    assert record.waivers == (
        Waiver("waiver-1", "waive", "s", "/more", "Registrar", "Strike", DAY, MIDNIGHT),
        Waiver(
            "w", "change-value", "s", "/", "Registrar", "Strike", DAY,
            datetime(2026, 3, 5, tzinfo=UTC), date(2027, 1, 1), "c1", "grade", Decimal(70),
        ),
    )  # fmt: skip


WRONG: list[tuple[Any, str]] = [
    ([], ""),
    ({"completion": []}, "/completion"),
    *(({name: {}}, f"/{name}") for name in ("completions", "awards", "external", "attestations")),
    *(({name: "x"}, f"/{name}") for name in ("waivers", "pins", "applied", "declined")),
    ({"learner": []}, "/learner"),
    ({"learner": {"events": []}}, "/learner/events"),
    ({"learner": {"events": {"a/b": "soon"}}}, "/learner/events/a~1b"),
    ({"learner": {"attributes": {"a/b": {}}}}, "/learner/attributes/a~1b"),
    ({"learner": {"name": "Ada"}}, "/learner/name"),
    ({"applied": ["s", "s"]}, "/applied/1"),
    ({"declined": ["S"]}, "/declined/0"),
    ({"completions": [SQL | {"id": "c"}, SQL | {"id": "c"}]}, "/completions/1/id"),
    ({"awards": [SMALL | {"id": "c"}], "external": [SMALL | {"id": "c"}]}, "/awards/1/id"),
    ({"attestations": [SWORN | {"id": "c"}, SWORN | {"id": "c"}]}, "/attestations/1/id"),
    ({"completions": [SQL, []]}, "/completions/1"),
]
FIELDS: list[tuple[str, dict[str, Any], str, list[object]]] = [
    ("completions", SQL, "achievement", [None, "Not a key"]),
    ("completions", SQL, "on", [None, "yesterday", 5]),
    ("completions", SQL, "id", [5]),
    ("completions", SQL, "credits", [-1, "many", True, None]),
    ("completions", SQL, "credit_kind", [5]),
    ("completions", SQL, "grade", [101, "A"]),
    ("completions", SQL, "scale", ["1-5"]),
    ("completions", SQL, "started", ["early"]),
    ("completions", SQL, "valid_until", ["never"]),
    ("completions", SQL, "state", ["Done", 1]),
    ("completions", SQL, "attempt", [2]),
    ("completions", SQL, "recorded_at", ["2026-03-01T12:00:00", "now"]),
    ("completions", SQL, "withdrawn_at", ["2026-03-01"]),
    ("completions", SQL, "attributes", [[]]),
    ("completions", SQL, "banked", [True]),
    ("awards", SMALL, "award", [None, ""]),
    ("awards", SMALL, "on", [None]),
    ("awards", SMALL, "id", [1]),
    ("awards", SMALL, "credits", [-1]),
    ("awards", SMALL, "carried", [-1]),
    ("awards", SMALL, "counted", ["c1"]),
    ("awards", SMALL, "banked", ["yes"]),
    ("awards", SMALL, "valid_until", [1]),
    ("awards", SMALL, "attributes", [1]),
    ("external", SMALL, "on", [None]),
    ("attestations", SWORN, "statement", [None]),
    ("attestations", SWORN, "on", [None]),
    ("attestations", SWORN, "id", [1]),
    ("attestations", SWORN, "valid_until", [1]),
    ("attestations", SWORN, "by", [{}]),
    ("waivers", WAIVED, "kind", [None, "forgive"]),
    ("waivers", WAIVED, "author", ["", " ", 1]),
    ("waivers", WAIVED, "reason", ["", 1]),
    ("waivers", WAIVED, "from", [None]),
    ("waivers", WAIVED, "until", ["once"]),
    ("waivers", WAIVED, "stack", [None]),
    ("waivers", WAIVED, "at", [1]),
    ("waivers", WAIVED, "id", [1]),
    ("waivers", WAIVED, "fact", [1]),
    ("waivers", WAIVED, "field", [1]),
    ("waivers", WAIVED, "value", [[], {}]),
    ("pins", PIN, "stack", [None]),
    ("pins", PIN, "at", [None]),
    ("pins", PIN, "fact", [None]),
    ("pins", PIN, "why", ["so"]),
]
WRONG += [
    ({group: [whole | {field: value}]}, f"/{group}/0/{field}")
    for group, whole, field, values in FIELDS
    for value in values
]
WRONG += [
    ({"awards": [SMALL | {"counted": ["c1", 2]}]}, "/awards/0/counted/1"),
    ({"completions": [SQL | {"attributes": {"a/b": {}}}]}, "/completions/0/attributes/a~1b"),
    *(({"waivers": [STRIKE | {"kind": kind}]}, "/waivers/0")
      for kind in ("substitute", "force", "exclude", "change-limit", "change-value")),
    ({"waivers": [STRIKE | {"kind": "change-value", "fact": "f", "value": 1}]}, "/waivers/0"),
    ({"waivers": [STRIKE | {"kind": "change-value", "field": "f", "value": 1}]}, "/waivers/0"),
    ({"waivers": [STRIKE | {"kind": "change-value", "field": "f", "fact": "f"}]}, "/waivers/0"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "address"), WRONG)
def test_what_is_wrong_is_named_by_its_place(data: object, address: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_record(data)
    assert caught.value.address == address


def test_a_record_has_its_limit() -> None:
    with pytest.raises(LimitExceededError) as caught:
        parse_record({"pins": [None] * 100_001})
    assert (caught.value.limit, caught.value.value) == ("pins", 100_000)
    with pytest.raises(DocumentError):
        parse_record({"pins": [None] * 100_000})
