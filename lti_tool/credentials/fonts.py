"""The fonts of pictures and transcripts: Noto, out of two packages; none is ever fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path

from fontTools.ttLib import TTFont

SCRIPTS = (
    "Arabic",
    "Hebrew",
    "Devanagari",
    "Bengali",
    "Gujarati",
    "Gurmukhi",
    "Kannada",
    "Malayalam",
    "Oriya",
    "Sinhala",
    "Tamil",
    "Telugu",
    "Thai",
    "Lao",
    "Khmer",
    "Myanmar",
    "Ethiopic",
    "Georgian",
    "Armenian",
    "Symbols",
)


@dataclass(frozen=True, slots=True)
class Face:
    """One font file; ``name`` is what a document calls it."""

    name: str
    path: Path


@cache
def faces() -> tuple[Face, ...]:
    """Return the fonts in the order in which a character looks for one."""
    noto = Path(str(files("manimgx_fonts")))
    east_asian = Path(str(files("noto_cjk_sans_jp_regular"))) / "NotoSansCJKjp-Regular.otf"
    return (
        Face("latin", noto / "NotoSans[wght].ttf"),
        *(Face(script.lower(), noto / f"NotoSans{script}[wght].ttf") for script in SCRIPTS),
        Face("cjk", east_asian),
        Face("emoji", noto / "NotoEmoji[wght].ttf"),
    )


def face_of(character: str) -> Face:
    """Return the first font that has a character; the first of all when none has it."""
    code = ord(character)
    return next((face for face in faces() if code in _codes(face)), faces()[0])


def faces_of(text: str) -> list[Face]:
    """Return the fonts that a text needs beside the first, each once."""
    found = dict.fromkeys(face_of(character) for character in sorted(set(text)))
    return [face for face in found if face != faces()[0]]


def runs(text: str) -> Iterator[tuple[Face, str]]:
    """Cut a line into pieces that one font has; marks and spaces stay with what they follow."""
    current = faces()[0]
    marked = []
    for character in text:
        if ord(character) not in _codes(current) or current == faces()[-1]:
            current = face_of(character)
        marked.append((current, character))
    for face, piece in groupby(marked, key=lambda pair: pair[0]):
        yield face, "".join(character for _, character in piece)


@cache
def _codes(face: Face) -> frozenset[int]:
    with TTFont(face.path, lazy=True) as font:
        return frozenset(font.getBestCmap())
