"""Colours of an institution: whether everybody can read them, and what is made of them.

Contrast is that of WCAG 2.2 (relative luminance of sRGB). An accent is text, too, on every
ground of the pages, so it needs 4.5:1 there; what needs 3:1 (borders, icons) then has it as well.
"""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterator
from dataclasses import dataclass

TEXT, PART = 4.5, 3.0
"""Least contrast of text, and of borders and icons."""

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_WHITE, _BLACK = "#ffffff", "#0b1312"
_STEPS = 200

RGB = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Scheme:
    """What quoin.css has for a light or a dark page; ``pressed`` is what a pressed button nears."""

    ground: str
    face: str
    ink: str
    soft: str
    pressed: str
    tinted: float


LIGHT = Scheme("#f4f6f4", "#ffffff", "#18211f", "#51605d", "#000000", 0.11)
DARK = Scheme("#121716", "#1b2221", "#e8eeec", "#a9b7b3", "#ffffff", 0.12)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The values of the accent's custom properties in one scheme."""

    accent: str
    press: str
    on_accent: str
    tint: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The least contrast that an accent has anywhere, and the nearest colour that has enough."""

    ratio: float
    nearest: str

    @property
    def passes(self) -> bool:
        """Whether everybody can read it."""
        return self.ratio >= TEXT


def is_colour(text: str) -> bool:
    """Return whether a text is a colour as #0e5a60."""
    return _HEX.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def tokens(accent: str, scheme: Scheme) -> Tokens:
    """Return what the pages make of an accent."""
    accent = accent.lower()
    press = _mixed(accent, scheme.pressed, 0.25)

    def least(one: str) -> float:
        return min(contrast(one, accent), contrast(one, press))

    on_accent = max((_WHITE, _BLACK), key=least)
    return Tokens(accent, press, on_accent, _mixed(scheme.face, accent, scheme.tinted))


def judge(accent: str, scheme: Scheme) -> Verdict:
    """Say how well an accent can be read on the pages, and what would be the nearest that can."""
    ratio = _least(accent, scheme)
    if ratio >= TEXT:
        return Verdict(ratio, accent.lower())
    return Verdict(ratio, next(one for one in _around(accent) if _least(one, scheme) >= TEXT))


def _least(accent: str, scheme: Scheme) -> float:
    """Return the least contrast of all text that the accent takes part in."""
    made = tokens(accent, scheme)
    pairs = [(made.accent, ground) for ground in (scheme.ground, scheme.face, made.tint)]
    pairs += [(made.on_accent, made.accent), (made.on_accent, made.press)]
    pairs += [(scheme.ink, made.tint), (scheme.soft, made.tint)]
    return min(contrast(*pair) for pair in pairs)


def _around(accent: str) -> Iterator[str]:
    """Yield colours of the same hue, lighter and darker, the nearest first; grey at last."""
    red, green, blue = (part / 255 for part in _rgb(accent))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    for strength in (saturation, saturation / 2, 0.0):
        for step in range(1, _STEPS + 1):
            for there in (light - step / _STEPS, light + step / _STEPS):
                if 0 <= there <= 1:
                    made = colorsys.hls_to_rgb(hue, there, strength)
                    yield _hex(tuple(round(part * 255) for part in made))  # type: ignore[arg-type]


def _rgb(colour: str) -> RGB:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(colour: RGB) -> str:
    return "#" + "".join(f"{part:02x}" for part in colour)


def _mixed(one: str, other: str, share: float) -> str:
    """Return a colour with ``share`` of the other in it."""
    pairs = zip(_rgb(one), _rgb(other), strict=True)
    red, green, blue = (round(a + (b - a) * share) for a, b in pairs)
    return _hex((red, green, blue))


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
