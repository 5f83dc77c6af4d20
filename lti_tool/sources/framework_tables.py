"""Tables (CSV) of competency frameworks, read row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePath

from lti_tool.sources.framework_files import LARGEST_FILE, MOST_ITEMS, language, refuse

MOST_ROWS = 4 * MOST_ITEMS
Row = tuple[str, Mapping[str, str]]
"""A place ("skills_en.csv:12") and the row's values by column."""


def header(name: str, raw: bytes) -> list[str]:
    """Return the names of the columns of a table."""
    return next(csv.reader(io.StringIO(_decoded(name, raw))), [])


def read_rows(name: str, raw: bytes, columns: Collection[str]) -> Iterator[Row]:
    """Yield the rows of a table that must have ``columns``; ``InvalidInputError`` otherwise."""
    if len(raw) > LARGEST_FILE:
        refuse(name, f"it is larger than {LARGEST_FILE:,} bytes")
    reader = csv.DictReader(io.StringIO(_decoded(name, raw), newline=""), strict=True)
    names = list(reader.fieldnames or [])
    missing = [column for column in columns if column not in names]
    if missing or len(set(names)) != len(names):
        refuse(f"{name}:1", f"the columns must be {', '.join(columns)}, each once")
    try:
        for count, row in enumerate(reader):
            place = f"{name}:{reader.line_num}"
            if None in row or None in row.values():
                refuse(place, f"there are not {len(names)} values in this row")
            if count >= MOST_ROWS:
                refuse(place, f"there are more than {MOST_ROWS:,} rows")
            yield place, row
    except csv.Error as error:
        refuse(f"{name}:{reader.line_num}", f"it is not CSV: {error}")


def language_of(name: str) -> str | None:
    """Return the language in a file's name: skills_sv.csv, or sv_outcomes.csv; None if none."""
    parts = PurePath(name).stem.split("_")
    for part in (parts[-1], parts[0]):
        if len(parts) > 1 and len(part.split("-")[0]) == 2 and part[:2].isalpha():
            return language(part, name)
    return None


def _decoded(name: str, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return refuse(name, "it is not UTF-8 text")
