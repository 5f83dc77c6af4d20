"""The picture of an award that has none of its own: its name and its issuer on a plain ground."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from xml.sax.saxutils import escape

from PIL import Image, ImageDraw, ImageFont

from lti_tool.credentials.fonts import Face, runs

GROUND, INK, SOFT, STONE, KEY = "#0e3f43", "#ffffff", "#cfe3e1", "#2b8a88", "#e0b45c"
Brick = tuple[float, float, float, float]

BRICKS: tuple[Brick, ...] = (
    (0, 0, 12, 5.2),
    (14, 0, 6, 5.2),
    (0, 6.4, 6, 5.2),
    (8, 6.4, 12, 5.2),
    (14, 12.8, 6, 5.2),
)
CORNER: Brick = (0, 12.8, 12, 5.2)
"""The stones of the wall, and the one at its corner: left, top, width, height of 20 by 18."""

SIDE = 600
PREVIEW = (1200, 630)
"""Width and height that social networks show of a page."""

MOST_LINES = 5
PER_LINE = 22


def badge_svg(name: str, issuer_name: str) -> str:
    """Return a square picture as SVG: stones, the award's name, the issuer's name."""
    lines = _wrapped(name)
    texts = [
        _text(line, 330 + 48 * number, 40, INK, bold=True) for number, line in enumerate(lines)
    ]
    issuer = _wrapped(issuer_name, 34)[0] if issuer_name else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" role="img">'
        f"<title>{escape(name)}</title>"
        f'<rect width="{SIDE}" height="{SIDE}" rx="48" fill="{GROUND}"/>'
        f"{''.join(_stone(*brick, STONE) for brick in BRICKS)}{_stone(*CORNER, KEY)}"
        f"{''.join(texts)}{_text(issuer, 568, 24, SOFT)}</svg>"
    )


def badge_png(name: str, issuer_name: str, size: tuple[int, int] = (SIDE, SIDE)) -> bytes:
    """Return the same picture as PNG; ``size`` is width and height in pixels."""
    width, height = size
    unit = height / SIDE
    picture = Image.new("RGB", size, GROUND)
    draw = ImageDraw.Draw(picture)
    for brick, colour in (*((brick, STONE) for brick in BRICKS), (CORNER, KEY)):
        left, top, wide, high = (11 * unit * side for side in brick)
        left, top = left + width / 2 - 110 * unit, top + 66 * unit
        draw.rectangle((left, top, left + wide, top + high), fill=colour)
    for number, line in enumerate(_wrapped(name)):
        _draw(draw, line, width, (330 + 48 * number) * unit, 40 * unit, INK)
    if issuer_name:
        _draw(draw, _wrapped(issuer_name, 34)[0], width, 568 * unit, 24 * unit, SOFT)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _stone(left: float, top: float, width: float, height: float, colour: str) -> str:
    x, y = 190 + 11 * left, 66 + 11 * top
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{11 * width:g}" height="{11 * height:g}" '
        f'fill="{colour}"/>'
    )


def _text(line: str, y: int, size: int, colour: str, *, bold: bool = False) -> str:
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{SIDE // 2}" y="{y}" fill="{colour}" font-size="{size}"{weight} '
        f'font-family="sans-serif" text-anchor="middle">{escape(line)}</text>'
    )


def _wrapped(text: str, longest: int = PER_LINE) -> list[str]:
    """Return a text in lines that fit; what is too long for the picture ends in an ellipsis."""
    lines = list(_lines(text, longest))
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], lines[MOST_LINES - 1][: longest - 1] + "…"]
    return lines or [""]


def _lines(text: str, longest: int) -> Iterator[str]:
    line = ""
    for word in text.split():
        if line and _width(line) + 1 + _width(word) > longest:
            yield line
            line = ""
        line = f"{line} {word}".strip()
        while _width(line) > longest:
            cut = longest // 2 if _width(line[:longest]) > longest else longest
            yield line[:cut]
            line = line[cut:]
    if line:
        yield line


def _width(text: str) -> int:
    """Return how many Latin letters wide a text is: an ideograph is as wide as two."""
    return sum(2 if ord(character) >= 0x1100 else 1 for character in text)


def _draw(
    draw: ImageDraw.ImageDraw, line: str, width: int, y: float, size: float, colour: str
) -> None:
    pieces = [(_font(face, round(size)), piece) for face, piece in runs(line)]
    x = (width - sum(font.getlength(piece) for font, piece in pieces)) / 2
    for font, piece in pieces:
        draw.text((x, y), piece, font=font, fill=colour, anchor="ls")
        x += font.getlength(piece)


@cache
def _font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(face.path, size)
