"""What a table of facts may say, what it means, and how it is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from stacking_rules import AchievementText, Definitions, DocumentError, Grade, parse_record
from stacking_rules.cohort.columns import OrderError
from stacking_rules.cohort.facts_table import Cohort, read_facts
from tests.rules.cohort.tables import TYPES, table_of

AS_OF, KNOWN = date(2026, 6, 30), datetime(2026, 7, 1, tzinfo=UTC)
FACT = {"learner": "l", "achievement": "x", "on": date(2026, 1, 1)}


def read(table: pa.Table, definitions: Definitions | None = None) -> Cohort:
    return read_facts(table, definitions or Definitions(), as_of=AS_OF, known_on=KNOWN)


def table(*rows: dict[str, Any], **types: Any) -> pa.Table:
    names = dict.fromkeys(name for row in rows for name in row)
    return pa.table(
        {n: pa.array([row.get(n) for row in rows], types.get(n, TYPES.get(n))) for n in names}
    )


def test_rows_become_columns_in_order() -> None:
    rows = [
        FACT | {"achievement": "y", "grade": "70", "credits": 2},
        FACT | {"achievement": "x", "grade": "50.5", "on": date(2026, 1, 3)},
        FACT | {"learner": "m", "grade": "70"},
    ]
    found = read(table(*rows, credits=pa.int8())).columns
    assert found.starts.tolist() == [0, 2, 3]
    assert [(found.kinds[n].achievement, found.kinds[n].credits) for n in found.kind] == [
        ("x", 0),
        ("y", 2),
        ("x", 0),
    ]
    values = [found.grades[number] for number in found.grade]
    assert values == [Grade(Decimal("50.5")), Grade(Decimal(70)), Grade(Decimal(70))]
    assert (found.first_day, found.day.tolist()) == (date(2026, 1, 1), [2, 0, 0])
    assert found.rare is None


@pytest.mark.parametrize(
    ("more", "counts"),
    [
        ({"on": date(2026, 6, 30)}, True),
        ({"on": date(2026, 7, 1)}, False),
        ({"valid_until": AS_OF}, False),
        ({"valid_until": date(2026, 7, 1)}, True),
        ({"recorded_at": KNOWN}, True),
        ({"recorded_at": datetime(2026, 7, 1, 0, 0, 1, tzinfo=UTC)}, False),
        ({"withdrawn_at": KNOWN}, False),
        ({"withdrawn_at": datetime(2026, 7, 1, 0, 0, 1, tzinfo=UTC)}, True),
        ({"state": "pending"}, True),
        ({"state": "planned"}, False),
    ],
)
def test_what_counts_on_the_day_is_in_the_columns(more: dict[str, Any], counts: bool) -> None:
    found = read(table(FACT | more)).columns
    assert (found.learners, found.starts.tolist()) == (1, [0, int(counts)])


def test_what_a_row_does_not_say_is_as_the_document_says() -> None:
    text = AchievementText("x", "X", credits=Decimal(4), scale="0-20", attributes=(("a", ("b",)),))
    cohort = read(table(FACT | {"grade": "15"}), Definitions(achievements={"x": text}))
    assert cohort.columns.kinds[0].credits == 4
    assert cohort.columns.kinds[0].attributes == (("a", ("b",)),)
    assert cohort.columns.grades[int(cohort.columns.grade[0])] == Grade(Decimal(15), "0-20")
    assert cohort.record_of(0).completions[0].credits == 4


def test_a_learner_comes_back_as_one_record() -> None:
    record = {
        "completions": [
            {"id": "c", "achievement": "x", "on": "2026-01-01", "credits": "2.5", "grade": 70,
             "scale": "0-100", "started": "2025-12-01", "valid_until": "2027-01-01",
             "recorded_at": "2026-01-02T10:00:00+00:00", "attempt": "2",
             "attributes": {"level": 3, "mode": ["online", "live"]}},
        ],
        "awards": [{"id": "w", "award": "s", "on": "2026-01-05"},
                   {"id": "v", "award": "t", "on": "2026-01-05", "counted": ["c"]}],
        "attestations": [{"id": "a", "statement": "sworn", "on": "2026-03-01"}],
        "learner": {"attributes": {"profession": "nurse"}},
        "declined": ["s"],
    }  # fmt: skip
    cohort = read(table_of([record, {"completions": []}]))
    assert cohort.record_of(0) == parse_record(record)
    assert cohort.record_of(1) == parse_record({})
    assert cohort.columns.rare is not None
    assert cohort.columns.rare.tolist() == [True, True]
    assert cohort.learners.to_pylist() == ["l0", "l1"]


@pytest.mark.parametrize(
    ("rows", "types", "at"),
    [
        ([{"learner": "l", "achievement": "x"}], {}, "/on"),
        ([FACT | {"mark": 3}], {}, "/mark"),
        ([FACT | {"grade": 1.5}], {"grade": pa.float64()}, "/grade"),
        ([FACT | {"credits": 1.5}], {"credits": pa.float32()}, "/credits"),
        ([FACT | {"on": "2026-01-01"}], {"on": pa.string()}, "/on"),
        ([FACT, FACT | {"on": None}], {}, "/on"),
        ([FACT | {"learner": None}], {}, "/learner"),
        ([FACT | {"achievement": None}], {}, "/achievement"),
        ([FACT | {"kind": "badge"}], {}, "/kind"),
        ([FACT | {"attributes": "red"}], {}, "/attributes"),
        ([FACT | {"attributes": "[1]"}], {}, "/attributes"),
        ([FACT | {"recorded_at": datetime(2026, 1, 1)}], {"recorded_at": pa.timestamp("us")},  # noqa: DTZ001
         "/recorded_at"),
        ([FACT | {"grade": "101"}], {}, "/completions/0/grade"),
    ],
)  # fmt: skip
def test_what_is_not_of_the_format_is_refused(
    rows: list[dict[str, Any]], types: dict[str, Any], at: str
) -> None:
    with pytest.raises(DocumentError) as error:
        read(table(*rows, **types))
    assert error.value.address == at


def test_the_rows_of_a_learner_stand_together() -> None:
    with pytest.raises(OrderError):
        read(table(FACT, FACT | {"learner": "m"}, FACT))


def test_a_dictionary_is_as_good_as_its_values() -> None:
    plain = table(FACT | {"grade": "60"}, FACT | {"achievement": "y", "grade": "70"})
    encoded = plain.set_column(
        1, "achievement", plain.column("achievement").dictionary_encode()
    ).set_column(0, "learner", plain.column("learner").dictionary_encode())
    ours, theirs = read(plain).columns, read(encoded).columns
    assert ours.kinds == theirs.kinds
    assert ours.kind.tolist() == theirs.kind.tolist()
