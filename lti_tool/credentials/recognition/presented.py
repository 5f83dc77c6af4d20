"""What somebody hands in: told apart by its first bytes, never by a name, and unpacked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lti_tool.credentials.recognition import png, svg
from lti_tool.credentials.recognition.outcomes import invalid, unsupported
from lti_tool.strict_json import StrictJSONError, parse_object

LARGEST_PICTURE = 2 * 1024 * 1024
LARGEST_TEXT = 256 * 1024
DEEPEST = 64

_JWS = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Presented:
    """A credential as text: a JSON object, a compact JWS, or the address of a hosted badge."""

    form: str
    document: dict[str, Any] | None = None
    jws: str = ""
    url: str = ""


def read(raw: bytes) -> Presented:
    """Return what is in the bytes; ``FindingError`` when it is not one credential."""
    if len(raw) > LARGEST_PICTURE:
        raise invalid("too-large")
    if raw.startswith(png.SIGNATURE):
        return _read_text(png.unbake(raw), "PNG: ")
    if raw.startswith((b"PK", b"%PDF")):
        raise unsupported("zip-or-pdf")
    text = raw.strip()
    if text.startswith(b"<"):
        return _read_text(svg.unbake(text), "SVG: ")
    return _read_text(text, "")


def read_object(text: bytes) -> dict[str, Any]:
    """Return the members of a credential's JSON, strictly read."""
    try:
        found = parse_object(text, max_bytes=LARGEST_TEXT, max_depth=DEEPEST)
    except StrictJSONError:
        raise invalid("not-strict-json") from None
    check_texts(found)
    return found


def check_texts(value: Any) -> None:
    """Refuse control characters, which canonical forms write differently, and ``__proto__``."""
    if isinstance(value, dict):
        for key, member in value.items():
            if key == "__proto__":
                raise invalid("not-strict-json")
            check_texts(key)
            check_texts(member)
    elif isinstance(value, list):
        for member in value:
            check_texts(member)
    elif isinstance(value, str) and _CONTROL.search(value):
        raise invalid("control-characters")


def _read_text(text: bytes, wrapped: str) -> Presented:
    text = text.strip()
    if len(text) > LARGEST_TEXT:
        raise invalid("too-large")
    if text.startswith(b"{"):
        return Presented(f"{wrapped}JSON", document=read_object(text))
    if _JWS.fullmatch(text):
        return Presented(f"{wrapped}JWT", jws=text.decode("ascii"))
    if text.startswith(b"https://") and b"\n" not in text and text.isascii():
        return Presented(f"{wrapped}address", url=text.decode("ascii"))
    if text.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"[")):
        raise invalid("not-strict-json")
    raise invalid("not-a-credential")
