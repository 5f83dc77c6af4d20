"""Record documents as the rows of a table of facts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

TYPES = {
    "learner": pa.string(),
    "kind": pa.string(),
    "id": pa.string(),
    "achievement": pa.string(),
    "on": pa.date32(),
    "credits": pa.decimal128(12, 4),
    "credit_kind": pa.string(),
    "grade": pa.string(),
    "scale": pa.string(),
    "started": pa.date32(),
    "valid_until": pa.date32(),
    "recorded_at": pa.timestamp("us", "UTC"),
    "withdrawn_at": pa.timestamp("us", "UTC"),
    "state": pa.string(),
    "attempt": pa.string(),
    "attributes": pa.string(),
    "record": pa.string(),
}
NAMES = {"completions": ("completion", "achievement"), "awards": ("award", "award"),
         "attestations": ("attestation", "statement")}  # fmt: skip
NO_COLUMN = {"counted", "banked", "carried", "by", "role"}


def table_of(records: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Return the rows of ``records`` (documents), the learners called l0, l1, ..."""
    rows = [row for number, record in enumerate(records) for row in rows_of(f"l{number}", record)]
    names = [name for name in TYPES if name in {"learner", "achievement", "on"} or any(
        name in row for row in rows)]  # fmt: skip
    return pa.table({n: pa.array([row.get(n) for row in rows], TYPES[n]) for n in names})


def rows_of(learner: str, record: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows, rest = [], {name: value for name, value in record.items() if name not in NAMES}
    for name, (kind, key) in NAMES.items():
        for fact in record.get(name, ()):
            if NO_COLUMN & fact.keys():
                rest.setdefault(name, []).append(fact)
                continue
            row = {n: cell(n, value) for n, value in fact.items() if n != key}
            row |= {"learner": learner, "achievement": fact[key]}
            rows.append(row if kind == "completion" else row | {"kind": kind})
    if rest or not rows:
        rows.append({"learner": learner, "record": json.dumps(rest, default=str)})
    return rows


def cell(name: str, value: Any) -> Any:
    if name == "attributes":
        return json.dumps(value, default=str)
    if name in ("on", "started", "valid_until"):
        return date.fromisoformat(value)
    if name in ("recorded_at", "withdrawn_at"):
        return datetime.fromisoformat(value)
    if name == "grade":
        return str(value)
    return Decimal(str(value)) if name == "credits" else value
