"""A badge for every achievement that has no picture of its own: drawn from name and level alone.

The same name and level give the same bytes, so the picture can be named by its hash. No
person's data stand in it, and it loads nothing.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
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
SIDE = 512
HEXAGON = ((256, 20), (460.4, 138), (460.4, 374), (256, 492), (51.6, 374), (51.6, 138))
INSIDE = ((256, 44), (439.6, 150), (439.6, 362), (256, 468), (72.4, 362), (72.4, 150))
STONES = ((212, 102, 44, 20), (262, 102, 38, 20), (212, 128, 22, 20), (240, 128, 60, 20))
"""Left, top, width and height of the stones of a corner."""

NAME_SIZE, LEVEL_SIZE = 34, 24
_FONT = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"


@dataclass(frozen=True, slots=True)
class Design:
    """A badge before it is drawn; each of ``rows`` is a text, its baseline and its size."""

    label: str
    ground: str
    rim: str
    rows: tuple[tuple[str, int, int], ...]


def design(name: str, level: str = "") -> Design:
    """Return the badge of an achievement; ``level`` is a short line such as "EQF level 6"."""
    plain = " ".join(REFUSED.sub("", name).split()) or "Award"
    ground, rim = _COLOURS[hashlib.sha256(plain.encode()).digest()[0] % len(_COLOURS)]
    lines = _wrapped(plain)
    first = 268 - 21 * (len(lines) - 1)
    rows = [(line, first + 42 * place, NAME_SIZE) for place, line in enumerate(lines)]
    if level:
        rows.append((_cut(" ".join(level.split()), 20), 400, LEVEL_SIZE))
    return Design(f"{plain}, {level}" if level else plain, ground, rim, tuple(rows))


@lru_cache(maxsize=1024)
def default_badge(name: str, level: str = "") -> bytes:
    """Return the badge as an SVG in UTF-8."""
    made = design(name, level)
    label = escape(made.label, {'"': "&quot;"})
    stones = "".join(f"M{x} {y}h{w}v{h}h-{w}z" for x, y, w, h in STONES)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" '
        f'height="{SIDE}" role="img" aria-label="{label}">'
        f"<title>{label}</title>"
        f'<path d="{_path(HEXAGON)}" fill="{made.rim}"/>'
        f'<path d="{_path(INSIDE)}" fill="{made.ground}"/>'
        f'<path d="{stones}" fill="{made.rim}"/>'
        f'<g fill="#ffffff" font-family="{_FONT}" text-anchor="middle">'
        f"{''.join(_row(*row) for row in made.rows)}</g>"
        f"</svg>\n"
    ).encode()


def _path(corners: Sequence[tuple[float, float]]) -> str:
    return f"M{' '.join(f'{x:g} {y:g}' for x, y in corners)}z"


def _row(text: str, y: int, size: int) -> str:
    weight = 600 if size == NAME_SIZE else 400
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
