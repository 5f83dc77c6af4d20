"""Tables as people upload and download them (CSV, RFC 4180): bytes to cells and back, bounded."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lti_tool.errors import InvalidInputError
from lti_tool.translating import _

LARGEST = 1024 * 1024
MOST_ROWS = 10_000
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet compute a cell (OWASP, "CSV Injection")."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row with the number of the line on which it begins (the header is line 1)."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """What a file says, and how it was read: both are told, because they may be guessed."""

    encoding: str
    separator: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(content: bytes) -> Table:
    """Return the cells of a file; empty rows are left out.

    UTF-8, UTF-16 with a byte order mark, or else Windows-1252; separated by comma, semicolon or
    tab, whichever the first line has most of. ``InvalidInputError`` (field ``file``) for a file
    that is too large, empty, no text, or whose quotes do not close, with the line.
    """
    if len(content) > LARGEST:
        raise _wrong(_("This file is larger than 1 MiB. Split it into several files."))
    encoding, text = _decode(content)
    if "\x00" in text:
        raise _wrong(_("This is not a text file. Save the table as CSV and upload that."))
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    lines = _read(text, separator)
    if not lines:
        raise _wrong(_("This file is empty."))
    if len(lines) - 1 > MOST_ROWS:
        raise _wrong(
            _("This file has more than {most} rows. Split it into several files.", most=MOST_ROWS)
        )
    header = tuple(cell.lower() for cell in lines[0].cells)
    return Table(encoding, SEPARATORS[separator], header, tuple(lines[1:]))


def _decode(content: bytes) -> tuple[str, str]:
    if content.startswith(codecs.BOM_UTF8):
        content = content.removeprefix(codecs.BOM_UTF8)
    elif content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return "UTF-16", content.decode("utf-16")
        except UnicodeDecodeError:
            raise _wrong(_("This file begins as UTF-16 and is damaged.")) from None
    for name, codec in (("UTF-8", "utf-8"), ("Windows-1252", "cp1252")):
        try:
            return name, content.decode(codec)
        except UnicodeDecodeError:
            continue
    raise _wrong(_("This file is neither UTF-8, UTF-16 nor Windows-1252. Save it as UTF-8."))


def _read(text: str, separator: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found: list[Row] = []
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append(Row(begins, tuple(_unguarded(cell) for cell in cells)))
            begins = reader.line_num + 1
            if len(found) > MOST_ROWS + 1:
                break
    except csv.Error:
        raise _wrong(
            _(
                "The quotes in the row that begins on line {line} are not closed or not doubled.",
                line=begins,
            )
        ) from None
    return found


def _unguarded(cell: str) -> str:
    """Return a cell as it was before ``guarded``."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def write_table(header: Sequence[str], rows: Iterable[Sequence[str]], *, has_mark: bool) -> bytes:
    """Return a table as CSV in UTF-8; ``has_mark`` begins it with the mark that Excel needs."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(header)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    content = written.getvalue().encode()
    return codecs.BOM_UTF8 + content if has_mark else content


def _wrong(message: str) -> InvalidInputError:
    return InvalidInputError(message, field="file")
