"""The badge of an achievement as pixels: for files that have to be PNG, and for social networks."""

from __future__ import annotations

import io
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from lti_tool.credentials.badge import HEXAGON, INSIDE, SIDE, STONES, design
from lti_tool.credentials.fonts import Face, runs

SQUARE = (600, 600)
PREVIEW = (1200, 630)
"""Width and height that social networks show of a page."""

GROUND, CLEAR = "#eef2f1", (0, 0, 0, 0)
FINER = 2
"""Drawn so many times larger and then made smaller: Pillow draws edges without shades."""


def badge_png(name: str, level: str = "", size: tuple[int, int] = SQUARE) -> bytes:
    """Return the badge that ``default_badge`` draws, as PNG; ``size`` is in pixels.

    A square has nothing behind it, other sizes a light ground.
    """
    width, height = (FINER * side for side in size)
    unit, made = height / SIDE, design(name, level)
    left = (width - height) / 2
    picture = Image.new("RGBA", (width, height), CLEAR if width == height else GROUND)
    draw = ImageDraw.Draw(picture)
    for corners, colour in ((HEXAGON, made.rim), (INSIDE, made.ground)):
        draw.polygon([(left + unit * x, unit * y) for x, y in corners], fill=colour)
    for x, y, wide, high in STONES:
        corner = (left + unit * x, unit * y)
        draw.rectangle((*corner, corner[0] + unit * wide, corner[1] + unit * high), fill=made.rim)
    for text, y, tall in made.rows:
        _write(draw, text, width / 2, unit * y, round(unit * tall))
    out = io.BytesIO()
    picture.resize(size, Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _write(draw: ImageDraw.ImageDraw, line: str, middle: float, y: float, size: int) -> None:
    pieces = [(_font(face, size), piece) for face, piece in runs(line)]
    x = middle - sum(font.getlength(piece) for font, piece in pieces) / 2
    for font, piece in pieces:
        draw.text((x, y), piece, font=font, fill="#ffffff", anchor="ls")
        x += font.getlength(piece)


@cache
def _font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(face.path, size)
