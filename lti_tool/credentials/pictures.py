"""Pictures of achievements as somebody hands them in: PNG and SVG, decided by their first bytes.

An SVG is taken only if all of it is drawing: no scripts, no addresses outside, no foreign content.
It is refused rather than cleaned, so that what is shown is what was handed in.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from xml.parsers import expat

from lti_tool.credentials.recognition import png, svg
from lti_tool.credentials.recognition.outcomes import FindingError
from lti_tool.errors import InvalidInputError

LARGEST = 512 * 1024
"""Bytes: the picture goes into every baked copy of a credential."""

PNG, SVG = "image/png", "image/svg+xml"
ENDINGS = {PNG: "png", SVG: "svg"}

# Without "use": some dozens of them in each other draw millions of shapes.
_DRAWING = (
    "svg g defs desc title metadata path rect circle ellipse line polyline polygon text tspan "
    "textPath linearGradient radialGradient stop clipPath mask pattern marker filter feBlend "
    "feColorMatrix feComponentTransfer feComposite feDropShadow feFlood feFuncA feFuncB "
    "feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset feTile "
    "feTurbulence "
)
_ELEMENTS = frozenset(_DRAWING.split())
_NAMESPACES = (
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/1999/xlink",
    "http://www.w3.org/XML/1998/namespace",
)
_OUTSIDE = re.compile(r"url\(\s*['\"]?(?!\s*#)|@import|expression|javascript:|image-set|\\", re.I)
_MOST_ELEMENTS = 20_000


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that may be shown; it is named by the SHA-256 of its bytes."""

    media_type: str
    content: bytes = field(repr=False)

    @property
    def content_hash(self) -> str:
        """The SHA-256 of the bytes, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def read_picture(content: bytes) -> Picture:
    """Return what was handed in as a picture.

    ``InvalidInputError`` (code ``picture``) says what is in the way: it is neither PNG nor SVG,
    is too large or damaged, or does something besides being drawn.
    """
    if len(content) > LARGEST:
        raise _refused(f"The picture is larger than {LARGEST // 1024} KiB.")
    if content.startswith(png.SIGNATURE):
        _check_png(content)
        return Picture(PNG, content)
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        _check_svg(content)
        return Picture(SVG, content)
    raise _refused("The picture is neither PNG nor SVG.")


def _check_png(content: bytes) -> None:
    try:
        png.unbake(content)
    except FindingError as error:
        if error.code == "picture-without":
            return
        raise _refused("The picture is a damaged PNG, or too many pixels wide or high.") from None
    raise _refused("The picture has a credential in it: hand in the picture alone.")


def _check_svg(content: bytes) -> None:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        raise _refused("The SVG is not UTF-8 text.") from None
    _Checker().check(content)
    # What can be baked later: it has something in it, and no credential yet.
    svg.bake(content, "{}")


class _Checker:
    """Walks through an SVG with expat alone, and refuses what is not drawing."""

    def __init__(self) -> None:
        self._count = 0
        parser = self._parser = expat.ParserCreate(namespace_separator=" ")
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = self._doctype
        parser.ProcessingInstructionHandler = self._instruction
        parser.StartElementHandler = self._start

    def check(self, content: bytes) -> None:
        try:
            self._parser.Parse(content, True)  # noqa: FBT003
        except expat.ExpatError:
            raise _refused("The SVG is not well-formed XML.") from None

    def _doctype(self, *_: object) -> None:
        raise _refused("The SVG has a DOCTYPE: remove it, it may define entities.")

    def _instruction(self, target: str, _data: str) -> None:
        raise _refused(f"The SVG has an instruction <?{target[:40]}?>: remove it.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > _MOST_ELEMENTS:
            raise _refused(f"The SVG has more than {_MOST_ELEMENTS} elements.")
        namespace, _, local = name.rpartition(" ")
        if namespace != svg.SVG or local not in _ELEMENTS:
            raise _refused(
                f"The SVG has the element '{local[:40]}', which is not taken: only shapes and "
                "texts are. Save it as plain SVG with styles as attributes."
            )
        for attribute, value in attributes.items():
            _check_attribute(attribute, value)


def _check_attribute(name: str, value: str) -> None:
    namespace, _, local = name.rpartition(" ")
    if namespace and namespace not in _NAMESPACES:
        raise _refused(f"The SVG has the foreign attribute '{local[:40]}': save it as plain SVG.")
    if local.lower().startswith("on"):
        raise _refused(f"The SVG has a script in '{local[:40]}': remove it.")
    is_reference = local.lower() in ("href", "src", "base")
    if (is_reference and not value.lstrip().startswith("#")) or _OUTSIDE.search(value):
        raise _refused(
            f"The SVG refers to something outside it in '{local[:40]}': only #parts of itself "
            "may be referred to."
        )


def _refused(message: str) -> InvalidInputError:
    return InvalidInputError(message, code="picture", field="image")
