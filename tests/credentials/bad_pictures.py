"""Pictures that every check must refuse; they stand in the table of the bad inputs."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from lti_tool.credentials.recognition.png import SIGNATURE, bake
from tests.credentials.bad_inputs import INVALID, ROWS, row
from tests.credentials.outside import Issuer, Web, raw

__all__ = ["ROWS", "tiny_png"]


def tiny_png(*more: tuple[bytes, bytes], width: int = 1, height: int = 1) -> bytes:
    """Return a grey picture with further chunks before its data."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), *more, (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b"")]
    return SIGNATURE + b"".join(chunk(*one) for one in chunks)


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk with its length and sum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _text_chunk(text: bytes) -> tuple[bytes, bytes]:
    return b"iTXt", b"openbadgecredential\0\0\0\0\0" + text


@row(44, "two chunks", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    text = raw(uni.sign(uni.credential()))
    return tiny_png(_text_chunk(text), _text_chunk(text))


@row(45, "compressed chunk, 50 MB", INVALID)
def _(_web: Web, _uni: Issuer) -> Any:
    packed = zlib.compress(b" " * 50_000_000, 9)
    return tiny_png((b"iTXt", b"openbadgecredential\0\1\0\0\0" + packed))


@row(46, "chunk length 2^31", INVALID)
def _(_web: Web, _uni: Issuer) -> Any:
    return tiny_png()[:33] + struct.pack(">I", 2**31) + b"iTXtopenbadgecredential\0"


@row(47, "wrong sum", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    baked = bytearray(bake(tiny_png(), raw(uni.sign(uni.credential()))))
    baked[200] ^= 1
    return bytes(baked)


@row(48, "60,000 pixels a side", INVALID)
def _(_web: Web, uni: Issuer) -> Any:
    text = raw(uni.sign(uni.credential()))
    return tiny_png(_text_chunk(text), width=60_000, height=60_000)


SVG_HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:o="https://purl.imsglobal.org/ob/v3p0">'


@row(49, "external entity", INVALID)
def _(_web: Web, _uni: Issuer) -> Any:
    kind = '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    return f"{kind}{SVG_HEAD}<o:credential>&x;</o:credential></svg>"


@row(50, "billion laughs", INVALID)
def _(_web: Web, _uni: Issuer) -> Any:
    entities = '<!ENTITY a0 "lol">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
    )
    return f"<!DOCTYPE svg [{entities}]>{SVG_HEAD}<o:credential>&a9;</o:credential></svg>"


@row(65, "PNG and HTML in one", INVALID)
def _(_web: Web, _uni: Issuer) -> Any:
    return tiny_png((b"tEXt", b"x\0<html><script>alert(1)</script>")) + b"<html></html>"
