"""How an institution looks: its stylesheet, and its logo as it may be shown."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping

from PIL import Image

from lti_tool.colours import DARK, LIGHT, Scheme, tokens
from lti_tool.credentials.pictures import PNG, SVG, Picture, read_picture
from lti_tool.errors import InvalidInputError

LARGEST_LOGO = 100 * 1024
LOGO_SIZE = (640, 160)
"""Pixels that a logo has at most, four for each that is shown."""

USUAL = {"light": "#0e5a60", "dark": "#7bcec6"}
"""The accents of quoin.css: what a scheme has where the institution gives none."""


def stylesheet(colours: Mapping[str, str]) -> str:
    """Return the stylesheet of an institution with these accents (``light``, ``dark``)."""
    light = _rules(colours.get("light") or USUAL["light"], LIGHT)
    dark = _rules(colours.get("dark") or USUAL["dark"], DARK)
    return f":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"


def _rules(accent: str, scheme: Scheme) -> str:
    made = tokens(accent, scheme)
    return (
        f"--accent:{made.accent};--accent-press:{made.press};"
        f"--on-accent:{made.on_accent};--tint:{made.tint}"
    )


def digest_of(colours: Mapping[str, str]) -> str:
    """Return the hash that names a stylesheet in its address."""
    return hashlib.sha256(stylesheet(colours).encode()).hexdigest()[:16]


def read_logo(content: bytes) -> Picture:
    """Return a logo as it may be shown: PNG drawn anew and no larger than needed, or pure SVG.

    ``InvalidInputError`` (field ``logo``) says what is in the way.
    """
    if len(content) > LARGEST_LOGO:
        raise InvalidInputError(
            f"The logo is larger than {LARGEST_LOGO // 1024} KiB.", field="logo"
        )
    try:
        found = read_picture(content)
        return found if found.media_type == SVG else Picture(PNG, _drawn_anew(content))
    except InvalidInputError as error:
        raise InvalidInputError(error.message, code=error.code, field="logo") from None


def _drawn_anew(content: bytes) -> bytes:
    """Return the pixels of a PNG alone: nothing else that stood in the file is kept."""
    try:
        with Image.open(io.BytesIO(content), formats=("PNG",)) as opened:
            picture = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise InvalidInputError("The logo is a damaged PNG.", field="logo") from None
    picture.thumbnail(LOGO_SIZE, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
