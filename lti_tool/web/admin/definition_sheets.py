"""What an institution declares as tables of fields: rows in and out, every error at its field.

A sheet is a list of items (a scale, a table, a term); some have rows of their own (grades).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lti_tool.web.forms import Form
from stacking_rules.reading import escape

MOST_ITEMS = 100
MOST_ROWS = 100
LONGEST_CELL = 200
_FIELD = re.compile(r"i(\d{1,4})-(?:r(\d{1,4})-)?([a-z]+)")
EMPTY = "Fill this in, or remove the whole entry."
TOO_MANY = f"There are at most {MOST_ITEMS} entries with {MOST_ROWS} rows each."


@dataclass(frozen=True, slots=True)
class Column:
    """A field of every item or row: its name in the data, its label, whether it may be empty."""

    name: str
    label: str
    hint: str = ""
    is_optional: bool = False
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class SheetKind:
    """How one of KINDS is shown: ``item`` and ``row`` are what one of them is called."""

    title: str
    about: str
    item: str
    columns: tuple[Column, ...]
    row: str = ""
    rows: tuple[Column, ...] = ()
    is_single: bool = False


_PERIOD = (
    Column("since", "Counts from (if not always)", is_optional=True, kind="date"),
    Column("until", "Counts until, that day excluded", is_optional=True, kind="date"),
)
SHEETS = {
    "zone": SheetKind(
        "Time zone",
        "The zone in which a date of a rule is a day.",
        "zone",
        (Column("zone", "Time zone", "As in Europe/Madrid. Empty: UTC.", is_optional=True),),
        is_single=True,
    ),
    "scales": SheetKind(
        "Grade scales",
        "Grades with names, from the worst to the best. With points a mean can be asked for.",
        "scale",
        (Column("key", "Name", "Small letters, digits, dots and hyphens, as in letter."),),
        "grade",
        (Column("grade", "Grade"), Column("points", "Points", is_optional=True)),
    ),
    "tables": SheetKind(
        "Conversion tables",
        "How grades of one scale are read on another: the name of a scale, or low-high as in "
        "0-100. A grade counts as the highest row that it reaches.",
        "table",
        (Column("from", "From the scale"), Column("to", "To the scale"), *_PERIOD),
        "row",
        (Column("old", "This grade and better"), Column("new", "Is read as")),
    ),
    "terms": SheetKind(
        "Term calendar",
        "Academic terms in order; rules ask that things are finished within so many of them.",
        "term",
        (
            Column("name", "Name"),
            Column("from", "First day", kind="date"),
            Column("to", "Last day", kind="date"),
        ),
    ),
    "levels": SheetKind(
        "Level frameworks",
        "How levels of one framework are read as levels of another, as in scqf and eqf.",
        "framework",
        (Column("from", "Levels of"), Column("to", "Are read as levels of"), *_PERIOD),
        "row",
        (Column("old", "This level and higher"), Column("new", "Is read as")),
    ),
    "rates": SheetKind(
        "Credit rates",
        "How many credits of another kind one credit is worth: 0.5 or 30/60.",
        "rate",
        (
            Column("from", "Credits of"),
            Column("to", "Become credits of"),
            Column("rate", "Rate"),
            Column("quantum", "Rounded down to multiples of", is_optional=True),
        ),
    ),
}
"""Every one of ``declaring.KINDS``, in their order."""


@dataclass(slots=True)
class Item:
    """What stands in the fields of one item, and in those of its rows."""

    values: dict[str, str] = field(default_factory=dict)
    rows: list[dict[str, str]] = field(default_factory=list)

    @property
    def is_blank(self) -> bool:
        """Whether nothing at all is typed here."""
        return not any(self.values.values()) and not any(any(row.values()) for row in self.rows)


# -- from and to what is declared ---------------------------------------------------------------


def items_of(kind: str, value: Any) -> list[Item]:
    """Return what is declared of a kind as items; a single one without anything where none is."""
    if kind == "zone":
        return [Item({"zone": value or ""})]
    if kind == "scales":
        return [Item({"key": key}, _grades(scale)) for key, scale in (value or {}).items()]
    return [
        Item(
            {name: str(one) for name, one in entry.items() if name != "rows"},
            [{"old": str(old), "new": str(new)} for old, new in entry.get("rows", {}).items()],
        )
        for entry in value or ()
    ]


def _grades(scale: Any) -> list[dict[str, str]]:
    if isinstance(scale, list):
        return [{"grade": grade, "points": ""} for grade in scale]
    return [{"grade": grade, "points": str(points)} for grade, points in scale.items()]


@dataclass(slots=True)
class Read:
    """The data that a sheet says, and at which field each of its places (JSON pointers) stands."""

    data: dict[str, Any]
    places: dict[str, str]

    def field_at(self, pointer: str) -> str:
        """Return the field of a place, or of the nearest thing above it; "" without one."""
        while pointer and pointer not in self.places:
            pointer = pointer.rpartition("/")[0]
        return self.places.get(pointer, "")


def data_of(kind: str, items: list[Item], form: Form) -> Read:
    """Return what the items say; a field that is needed and empty is an error of the form.

    Items and rows in which nothing stands say nothing.
    """
    read = Read({}, {})
    filled = [(index, item) for index, item in enumerate(items) if not item.is_blank]
    for index, item in filled:
        _expect(SHEETS[kind].columns, item.values, f"i{index}-", form)
    if kind == "zone":
        read.places["/zone"] = "i0-zone"
        read.data = {"zone": filled[0][1].values["zone"]} if filled else {}
    elif kind == "scales":
        _read_scales(filled, form, read)
    else:
        _read_entries(kind, filled, form, read)
    return read


def _expect(columns: tuple[Column, ...], values: dict[str, str], prefix: str, form: Form) -> None:
    for column in columns:
        if not column.is_optional and not values.get(column.name):
            form.errors.setdefault(prefix + column.name, EMPTY)


def _rows(kind: str, index: int, item: Item, form: Form) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the rows of an item that say something, each with the beginning of its fields."""
    columns = SHEETS[kind].rows
    seen: set[str] = set()
    for number, row in enumerate(item.rows):
        if not any(row.values()):
            continue
        prefix = f"i{index}-r{number}-"
        _expect(columns, row, prefix, form)
        key = row.get(columns[0].name, "")
        if key in seen:
            form.errors.setdefault(prefix + columns[0].name, f"“{key}” stands here twice.")
        seen.add(key)
        yield prefix, row


def _read_scales(filled: list[tuple[int, Item]], form: Form, read: Read) -> None:
    scales: dict[str, Any] = {}
    for index, item in filled:
        key = item.values.get("key", "")
        at = f"/scales/{escape(key)}"
        if key in scales:
            form.errors.setdefault(f"i{index}-key", f"The scale “{key}” stands here twice.")
        rows = list(_rows("scales", index, item, form))
        has_points = any(row.get("points") for _, row in rows)
        for number, (prefix, row) in enumerate(rows):
            if has_points and not row.get("points"):
                form.errors.setdefault(
                    f"{prefix}points", "Enter points for every grade of this scale, or for none."
                )
            read.places[f"{at}/{number}"] = f"{prefix}grade"
            read.places[f"{at}/{escape(row.get('grade', ''))}"] = f"{prefix}points"
        grades = {row.get("grade", ""): row.get("points", "") for _, row in rows}
        scales[key] = grades if has_points else list(grades)
        read.places[at] = f"i{index}-key"
    if scales:
        read.data = {"scales": scales}


def _read_entries(kind: str, filled: list[tuple[int, Item]], form: Form, read: Read) -> None:
    entries: list[dict[str, Any]] = []
    for index, item in filled:
        at = f"/{kind}/{len(entries)}"
        entry: dict[str, Any] = {name: value for name, value in item.values.items() if value}
        read.places |= {f"{at}/{c.name}": f"i{index}-{c.name}" for c in SHEETS[kind].columns}
        read.places[at] = f"i{index}-{SHEETS[kind].columns[0].name}"
        if SHEETS[kind].rows:
            rows = list(_rows(kind, index, item, form))
            entry["rows"] = {row.get("old", ""): row.get("new", "") for _, row in rows}
            if not rows:
                form.errors.setdefault(f"i{index}-to", "Add at least one row.")
            for prefix, row in rows:
                place = f"{at}/rows/{escape(row.get('old', ''))}"
                read.places.setdefault(f"{at}/rows", f"{prefix}old")
                read.places[place] = f"{prefix}old"
        entries.append(entry)
    if entries:
        read.data = {kind: entries}


# -- from and to the fields of a form -----------------------------------------------------------


def read_items(kind: str, form: Form) -> list[Item]:
    """Return what stands in the fields of a form, as it was typed."""
    sheet = SHEETS[kind]
    names = ({c.name for c in sheet.columns}, {c.name for c in sheet.rows})
    found: dict[int, tuple[dict[str, str], dict[int, dict[str, str]]]] = {}
    for name in form.values:
        match = _FIELD.fullmatch(name)
        if match is None or match[3] not in names[match[2] is not None]:
            continue
        values, rows = found.setdefault(int(match[1]), ({}, {}))
        into = values if match[2] is None else rows.setdefault(int(match[2]), {})
        into[match[3]] = form.text(name, longest=LONGEST_CELL)
    if len(found) > MOST_ITEMS or any(len(rows) > MOST_ROWS for _, rows in found.values()):
        form.errors[""] = TOO_MANY
    return [
        Item(values, [row for _, row in sorted(rows.items())])
        for _, (values, rows) in sorted(found.items())
    ]


def values_of(items: list[Item]) -> dict[str, str]:
    """Return the fields of a form in which these items stand."""
    found: dict[str, str] = {}
    for index, item in enumerate(items):
        found |= {f"i{index}-{name}": value for name, value in item.values.items()}
        for number, row in enumerate(item.rows):
            found |= {f"i{index}-r{number}-{name}": value for name, value in row.items()}
    return found


def change_items(kind: str, items: list[Item], act: str) -> str:
    """Add or remove an item or a row as a button says; return the field to look at next.

    Buttons say "add", "add|ITEM", "remove|ITEM" and "remove|ITEM|ROW".
    """
    name, *numbers = act.split("|")
    places = [int(one) for one in numbers if one.isdigit() and len(one) <= 4]
    sheet = SHEETS[kind]
    item = items[places[0]] if places and places[0] < len(items) else None
    if name == "add" and not numbers and len(items) < MOST_ITEMS:
        items.append(Item(rows=[{}] if sheet.rows else []))
        return f"i{len(items) - 1}-{sheet.columns[0].name}"
    if item is not None and name == "add" and sheet.rows and len(item.rows) < MOST_ROWS:
        item.rows.append({})
        return f"i{places[0]}-r{len(item.rows) - 1}-{sheet.rows[0].name}"
    if item is not None and name == "remove":
        return _remove(items, item, places)
    return ""


def _remove(items: list[Item], item: Item, places: list[int]) -> str:
    if len(places) == 1:
        items.pop(places[0])
    elif places[1] < len(item.rows):
        item.rows.pop(places[1])
    return ""


def shown_items(kind: str, items: list[Item]) -> list[Item]:
    """Return the items as a page shows them: every field there, and one item at least."""
    sheet = SHEETS[kind]
    shown = items or [Item(rows=[{}] if sheet.rows else [])]
    for item in shown:
        item.values = {c.name: item.values.get(c.name, "") for c in sheet.columns}
        item.rows = [{c.name: row.get(c.name, "") for c in sheet.rows} for row in item.rows]
    return shown
