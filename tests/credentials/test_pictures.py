"""Pictures of achievements: which are taken, and the badge that is drawn where there is none."""

from __future__ import annotations

import struct
import xml.etree.ElementTree as ET
import zlib

import pytest

from lti_tool.credentials.badge import default_badge
from lti_tool.credentials.pictures import LARGEST, PNG, SVG, read_picture
from lti_tool.credentials.recognition import png, svg
from lti_tool.errors import InvalidInputError

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'


def a_png(width: int = 2, height: int = 2) -> bytes:
    """A picture in PNG format, grey all over."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    pixels = zlib.compress((b"\0" + b"\x80" * width) * min(height, 10))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return png.SIGNATURE + chunks


def test_a_png_and_an_svg_are_known_by_their_first_bytes() -> None:
    assert read_picture(a_png()).media_type == PNG
    drawing = (
        f'{HEAD}<path d="M0 0h9v9z" style="fill:url(#a)"/><text><textPath href="#b"/></text></svg>'
    )
    assert read_picture(drawing.encode()).media_type == SVG


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("<script>alert(1)</script>", "'script'"),
        ('<g onload="alert(1)"/>', "script in 'onload'"),
        ("<foreignObject/>", "'foreignObject'"),
        ('<image href="https://evil.example/x.png"/>', "'image'"),
        ('<use href="#a"/>', "'use'"),
        ('<textPath href="https://evil.example/x.svg#a"/>', "outside"),
        ('<textPath xmlns:l="http://www.w3.org/1999/xlink" l:href="//evil.example/"/>', "outside"),
        ('<path style="fill:url(https://evil.example/)"/>', "outside"),
        ('<path fill="url( &quot;data:image/svg+xml,x&quot; )"/>', "outside"),
        ('<path style="fill:\\75 rl(x)"/>', "outside"),
        ("<style>@import 'x';</style>", "'style'"),
        ("<animate/>", "'animate'"),
        ('<a href="#x"/>', "'a'"),
        ('<g xmlns:i="https://inkscape.example/" i:label="x"/>', "foreign attribute"),
        ('<x xmlns="https://purl.imsglobal.org/spec/ob/v3p0"/>', "'x'"),
        ("<g>", "not well-formed"),
        ("&unknown;", "not well-formed"),
    ],
)
def test_an_svg_that_does_more_than_being_drawn_is_refused(inside: str, reason: str) -> None:
    with pytest.raises(InvalidInputError, match="(?i)" + reason) as refused:
        read_picture(f"{HEAD}{inside}</svg>".encode())
    assert refused.value.code == "picture"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + b"\0" * 40,
        b"%PDF-1.7",
        b"<html><body>polyglot</body></html>",
        b'<!DOCTYPE svg [<!ENTITY a "b">]>' + HEAD.encode() + b"<g/></svg>",
        b'<?xml-stylesheet href="https://evil.example/"?>' + HEAD.encode() + b"<g/></svg>",
        HEAD.encode("utf-16") + "<g/></svg>".encode("utf-16"),
        f"{HEAD[:-1]}/>".encode(),
        b"<" + b" " * LARGEST + b">",
        a_png()[:-6],
        a_png().replace(b"IDAT", b"IDAX"),
        a_png(60_000, 60_000),
        png.bake(a_png(), b"{}"),
        svg.bake(default_badge("A"), "{}"),
    ],
)
def test_what_is_no_picture_or_no_plain_one_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInputError):
        read_picture(content)


@pytest.mark.parametrize(
    "name",
    [
        "Data practice",
        "<script>alert('x')</script> & \"more\" ]]>",
        "数据基础" * 20,
        "بيانات مفتوحة",
        "Donaudampfschifffahrtsgesellschaftskapitän",
        "bell \x07 and half \ud800",
        "",
        "🎓" * 50,
        "word " * 100,
    ],
)
def test_a_badge_is_drawn_for_any_name_and_is_always_the_same(name: str) -> None:
    badge = default_badge(name, "EQF level 6")
    assert badge == default_badge.__wrapped__(name, "EQF level 6")
    assert read_picture(badge).media_type == SVG
    root = ET.fromstring(badge)
    lines = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert len(lines) <= 5
    assert lines[-1] == "EQF level 6"
    assert len(badge) < 4000
    assert svg.unbake(svg.bake(badge, '{"a": 1}')) == b'{"a": 1}'


def test_name_and_level_both_make_the_badge() -> None:
    assert len({default_badge("A"), default_badge("B"), default_badge("A", "EQF level 5")}) == 3
