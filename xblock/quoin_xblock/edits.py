"""What an author types in Studio, and the values that fields take. Pure.

The texts of errors are translated where they are shown.
"""

from __future__ import annotations

from typing import Any

LONGEST_NAME, LONGEST_KEY, MOST_LINES = 255, 100, 20


class EditError(Exception):
    """What was typed cannot be the value of its field; the text says what can."""


def _(text: str) -> str:
    """Mark a text for translation."""
    return text


def parse_name(typed: Any) -> str:
    """Give a heading."""
    return _text(typed, LONGEST_NAME)


def parse_key(typed: Any) -> str:
    """Give a key of the catalogue, "" for none."""
    text = _text(typed, LONGEST_KEY)
    if any(letter.isspace() for letter in text):
        raise EditError(_("A key has no spaces. Copy it from the catalogue."))
    return text


def parse_lines(typed: Any) -> list[str]:
    """Give the lines of a text that are not empty, each once."""
    text = "\n".join(map(str, typed)) if isinstance(typed, list) else str(typed or "")
    lines = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if len(lines) > MOST_LINES or any(len(line) > LONGEST_NAME for line in lines):
        raise EditError(_("Enter at most 20 lines of at most 255 letters."))
    return lines


def parse_percent(typed: Any) -> float:
    """Give a share, 0 to 1, of what was typed in percent: 80, "80 %", "82,5"."""
    text = str(typed).replace("%", "").replace(",", ".").strip()
    try:
        percent = float(text)
    except ValueError:
        percent = -1.0
    # The comparison is false for "nan" too.
    if not 0 <= percent <= 100:
        raise EditError(_("Enter a percentage from 0 to 100."))
    return round(percent / 100, 6)


def parse_weight(typed: Any) -> float:
    """Give the points of the block in the gradebook."""
    try:
        weight = float(str(typed).replace(",", "."))
    except ValueError:
        weight = -1.0
    if not 0 < weight <= 1000:
        raise EditError(_("Enter a number above 0, at most 1000."))
    return weight


def parse_bool(typed: Any) -> bool:
    """Give a yes or no."""
    return typed is True or typed == "true"


def _text(typed: Any, longest: int) -> str:
    text = typed.strip() if isinstance(typed, str) else ""
    if len(text) > longest:
        raise EditError(_("That is too long."))
    return text
