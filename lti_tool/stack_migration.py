"""Stack documents from an older format to the current one, as text: comments and layout stay."""

from __future__ import annotations

import re

from lti_tool.errors import StackTextError
from lti_tool.stack_text import load, read_placed
from stacking_rules.formats import CURRENT, Rename, migrated, renames

_NUMBER = re.compile(r"(quoin['\"]?\s*:\s*['\"]?)\d+")


def migrate_text(text: str) -> tuple[str, tuple[Rename, ...]]:
    """Return a document (YAML or JSON) in the current format, and what it calls otherwise now.

    A document that is current already comes back as it is. ``StackTextError`` names the place
    of what is wrong; the result was read again and says the same.
    """
    placed = read_placed(text)
    number, data, positions = placed.document.format, placed.data, placed.positions
    found = renames(data, number)
    lines = text.splitlines(keepends=True)
    # From the end, so that the columns of what comes before stay right.
    for rename in sorted(found, key=lambda r: positions[r.address], reverse=True):
        line, column = positions[rename.address]
        lines[line - 1] = _renamed(lines[line - 1], column - 1, rename)
    line, column = positions["/quoin"]
    before, after = lines[line - 1][: column - 1], lines[line - 1][column - 1 :]
    lines[line - 1] = before + _NUMBER.sub(rf"\g<1>{CURRENT}", after, count=1)
    new = "".join(lines)
    _check(new, migrated(data, number))
    return new, found


def _renamed(line: str, column: int, rename: Rename) -> str:
    """Return the line with the name at ``column`` replaced; it may stand in quotation marks."""
    return line[:column] + line[column:].replace(rename.old, rename.new, 1)


def _check(text: str, wanted: object) -> None:
    """Refuse a result that does not read as it should: a name written in an unusual way."""
    data, _ = load(text)
    if not isinstance(wanted, dict) or data != {**wanted, "quoin": CURRENT}:
        message = "The document is written in a way that cannot be migrated; write it plainly."
        raise StackTextError(message, line=1, column=1, address="")
