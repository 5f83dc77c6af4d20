"""The rows of a table of facts as the record document of one learner."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from stacking_rules.errors import DocumentError

LISTS = {
    "completion": "completions",
    "award": "awards",
    "external": "external",
    "attestation": "attestations",
}
"""Kind of a row -> the list of a record document in which it stands."""
_NAMES = {
    "completion": "achievement",
    "award": "award",
    "external": "award",
    "attestation": "statement",
}


def document_of(rows: pa.Table) -> dict[str, Any]:
    """Return the record document of one learner's rows."""
    found: dict[str, Any] = {}
    for row in rows.to_pylist():
        said = {name: value for name, value in row.items() if value is not None}
        said.pop("learner")
        rest = said.pop("record", None)
        if rest is not None:
            _merge(found, _json("record", rest))
        if "achievement" in said:
            _merge(found, row_to(said))
    return found


def _merge(found: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        if isinstance(value, list):
            found.setdefault(name, []).extend(value)
        else:
            found[name] = value


def row_to(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record document with one fact: the row ``said``."""
    item = {name: _plain(name, value) for name, value in said.items() if name != "kind"}
    if "grade" not in item:  # a column of scales says nothing where there is no grade
        item.pop("scale", None)
    kind = said.get("kind", "completion")
    if kind not in LISTS:
        raise DocumentError("/kind", f"A row is one of {', '.join(LISTS)}, not '{kind}'.")
    item[_NAMES[kind]] = item.pop("achievement")
    return {LISTS[kind]: [item]}


def _plain(name: str, value: Any) -> Any:
    if name == "attributes":
        return _json(name, value)
    return value.isoformat() if isinstance(value, date) else value


def _json(name: str, text: str) -> dict[str, Any]:
    """Return what stands in a column of JSON texts; numbers are exact."""

    try:
        found = json.loads(text, parse_float=Decimal)
    except ValueError:
        raise DocumentError(f"/{name}", "Here a JSON object is needed.") from None
    if not isinstance(found, dict):
        raise DocumentError(f"/{name}", "Here a JSON object is needed.")
    return found
