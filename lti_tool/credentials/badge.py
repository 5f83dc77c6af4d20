"""A badge for every achievement that has no picture of its own: drawn from name and level alone.

The same name and level give the same bytes, so the picture can be named by its hash. No
person's data stand in it, and it loads nothing.
"""

from __future__ import annotations

import hashlib
import unicodedata
from functools import lru_cache
from xml.sax.saxutils import escape

from lti_tool.credentials.texts import REFUSED

LINES, WIDTH = 4, 15
"""Lines of a name, and columns of a line; a wide letter takes two."""

# Pairs (ground, rim) that white letters stand on with a contrast of more than 7 : 1.
_COLOURS = (
    ("#14395b", "#f2b33d"),
    ("#4a1942", "#f0c75e"),
    ("#0d4a42", "#f2a541"),
    ("#5a2018", "#f3c969"),
    ("#2b2f77", "#f4b860"),
    ("#1f4d1f", "#efc94c"),
    ("#4b2e05", "#7cc6c3"),
    ("#3a3a3a", "#e9b44c"),
)
_HEXAGON = "M256 20 460.4 138v236L256 492 51.6 374V138z"
_INSIDE = "M256 44 439.6 150v212L256 468 72.4 362V150z"
_FONT = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"


@lru_cache(maxsize=1024)
def default_badge(name: str, level: str = "") -> bytes:
    """Return the badge as an SVG in UTF-8; ``level`` is a short line such as "EQF level 6"."""
    plain = " ".join(REFUSED.sub("", name).split()) or "Award"
    ground, rim = _COLOURS[hashlib.sha256(plain.encode()).digest()[0] % len(_COLOURS)]
    lines = _wrapped(plain)
    first = 268 - 21 * (len(lines) - 1)
    rows = [_row(line, first + 42 * place, 34, 600) for place, line in enumerate(lines)]
    if level:
        rows.append(_row(_cut(" ".join(level.split()), 20), 400, 24, 400))
    label = escape(f"{plain}, {level}" if level else plain, {'"': "&quot;"})
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512" width="512" height="512" '
        f'role="img" aria-label="{label}">'
        f"<title>{label}</title>"
        f'<path d="{_HEXAGON}" fill="{rim}"/><path d="{_INSIDE}" fill="{ground}"/>'
        f'<g fill="{rim}"><path d="M212 102h44v20h-44zM262 102h38v20h-38zM212 128h22v20h-22z'
        f'M240 128h60v20h-60z"/></g>'
        f'<g fill="#ffffff" font-family="{_FONT}" text-anchor="middle">{"".join(rows)}</g>'
        f"</svg>\n"
    ).encode()


def _row(text: str, y: int, size: int, weight: int) -> str:
    return f'<text x="256" y="{y}" font-size="{size}" font-weight="{weight}">{escape(text)}</text>'


def _wrapped(text: str) -> list[str]:
    """Return the words in lines, the last one cut where they do not fit."""
    lines: list[str] = []
    for word in text.split():
        if lines and _columns(f"{lines[-1]} {word}") <= WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    kept = lines[: LINES - 1] + ([" ".join(lines[LINES - 1 :])] if len(lines) >= LINES else [])
    return [_cut(line, WIDTH) for line in kept]


def _cut(text: str, width: int) -> str:
    if _columns(text) <= width:
        return text
    kept = ""
    for letter in text:
        if _columns(kept + letter) > width - 1:
            break
        kept += letter
    return kept.rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def _columns(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    marks = sum(unicodedata.combining(letter) != 0 for letter in text)
    return len(text) + wide - marks
