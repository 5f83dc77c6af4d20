"""Credentials baked into PNG pictures: one uncompressed iTXt chunk. Pixels are never decoded."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from lti_tool.credentials.recognition.outcomes import invalid
from lti_tool.errors import InvalidInputError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORDS = (b"openbadgecredential", b"clrcredential", b"openbadges")
MOST_CHUNKS = 20_000
WIDEST = 10_000
"""Pixels a side: more cannot be kept as a picture."""


def unbake(picture: bytes) -> bytes:
    """Return the credential in a PNG; ``FindingError`` when there is none, or anything is odd."""
    found = [_text(body) for kind, body in _chunks(picture) if kind == b"iTXt" and _is_ours(body)]
    if not found:
        raise invalid("picture-without")
    if len(found) > 1:
        raise invalid("several-credentials")
    return found[0]


def bake(picture: bytes, credential: bytes, *, keyword: bytes = KEYWORDS[0]) -> bytes:
    """Return the PNG with the credential in it instead of any other.

    ``InvalidInputError`` when it is no PNG.
    """
    if not picture.startswith(SIGNATURE):
        raise InvalidInputError("Give a picture in PNG format.", code="picture-format")
    kept = [
        (kind, body) for kind, body in _chunks(picture) if not (kind == b"iTXt" and _is_ours(body))
    ]
    # After the header, which must come first.
    kept.insert(1, (b"iTXt", keyword + b"\0\0\0\0\0" + credential))
    return SIGNATURE + b"".join(_chunk(kind, body) for kind, body in kept)


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    for number in range(MOST_CHUNKS):
        if at + 12 > len(picture):
            raise invalid("picture-damaged")
        length, kind = struct.unpack_from(">I4s", picture, at)
        end = at + 8 + length
        if end + 4 > len(picture) or (number == 0) != (kind == b"IHDR"):
            raise invalid("picture-damaged")
        body = picture[at + 8 : end]
        if zlib.crc32(kind + body) != int.from_bytes(picture[end : end + 4]):
            raise invalid("picture-damaged")
        if number == 0:
            _check_header(body)
        yield kind, body
        if kind == b"IEND":
            return
        at = end + 4
    raise invalid("picture-damaged")


def _check_header(body: bytes) -> None:
    if len(body) != 13:
        raise invalid("picture-damaged")
    if not all(0 < side <= WIDEST for side in struct.unpack_from(">II", body)):
        raise invalid("picture-too-large")


def _is_ours(body: bytes) -> bool:
    return body.partition(b"\0")[0] in KEYWORDS


def _text(body: bytes) -> bytes:
    """Return the text after keyword, compression flag and method, language, translated keyword."""
    rest = body.partition(b"\0")[2]
    if len(rest) < 4 or rest[0] != 0:
        raise invalid("picture-compressed" if rest[:1] == b"\x01" else "picture-damaged")
    return rest[2:].partition(b"\0")[2].partition(b"\0")[2]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
