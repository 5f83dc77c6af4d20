"""Credentials baked into SVG pictures. Expat alone: no entities, no tree, no addresses."""

from __future__ import annotations

from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from lti_tool.credentials.recognition.outcomes import FindingError, invalid
from lti_tool.errors import InvalidInputError

SVG = "http://www.w3.org/2000/svg"
OB = "https://purl.imsglobal.org/ob/v3p0"
CLR = "https://purl.imsglobal.org/clr/v2p0"
OB2 = "http://openbadges.org"
ELEMENTS = {f"{OB} credential", f"{CLR} credential", f"{OB2} assertion"}
DEEPEST = 200


class _Reader:
    """Walks through a picture and keeps what stands in our elements."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.after_root: int | None = None
        self._root_begun = False
        self._depth = 0
        self._text: list[str] | None = None
        self._verify = ""
        parser = self._parser = expat.ParserCreate(namespace_separator=" ")
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        # One declaration of a type is enough to define entities in it.
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.DefaultHandler = self._other

    def read(self, picture: bytes) -> None:
        try:
            self._parser.Parse(picture, True)  # noqa: FBT003
        except (expat.ExpatError, ValueError):
            raise invalid("picture-damaged") from None

    def _doctype(self, *_: object) -> None:
        raise invalid("picture-entities")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._mark()
        self._depth += 1
        if self._depth > DEEPEST or (self._depth == 1 and name != f"{SVG} svg"):
            raise invalid("picture-damaged")
        self._root_begun = True
        if name in ELEMENTS:
            self._text, self._verify = [], attributes.get("verify", "")

    def _end(self, name: str) -> None:
        self._mark()
        self._depth -= 1
        if name in ELEMENTS and self._text is not None:
            self.found.append("".join(self._text).strip() or self._verify)
            self._text = None

    def _characters(self, text: str) -> None:
        self._mark()
        if self._text is not None:
            self._text.append(text)

    def _other(self, _: str) -> None:
        self._mark()

    def _mark(self) -> None:
        """Keep where the first thing after the root's tag begins."""
        if self._root_begun and self.after_root is None:
            self.after_root = self._parser.CurrentByteIndex


def unbake(picture: bytes) -> bytes:
    """Return the credential in an SVG; ``FindingError`` when there is none, or anything is odd."""
    reader = _Reader()
    reader.read(picture)
    if not reader.found:
        raise invalid("picture-without")
    if len(reader.found) > 1:
        raise invalid("several-credentials")
    return reader.found[0].encode()


def bake(picture: bytes, credential: str, *, namespace: str = OB) -> bytes:
    """Return the SVG with a credential (JSON or JWT) as the first element of its root.

    ``InvalidInputError`` when it is no SVG in UTF-8, its root is empty, or it holds one already.
    """
    reader = _Reader()
    try:
        reader.read(picture)
    except FindingError as error:
        raise InvalidInputError(error.message, code="picture-format") from None
    if reader.found or reader.after_root is None or _is_empty(picture, reader.after_root):
        raise InvalidInputError(
            "Give an SVG picture with something in it and no credential.", code="picture-format"
        )
    head, tail = picture[: reader.after_root], picture[reader.after_root :]
    return head + _element(credential, namespace).encode() + tail


def _is_empty(picture: bytes, after_root: int) -> bool:
    """Return whether the root is written as one tag, ``<svg/>``: nothing can go into it."""
    return not picture[:after_root].endswith(b">") or picture[:after_root].endswith(b"/>")


def _element(credential: str, namespace: str) -> str:
    opened = f'<openbadges:credential xmlns:openbadges="{namespace}"'
    if not credential.lstrip().startswith("{"):
        return f"{opened} verify={quoteattr(credential)}/>"
    # The end mark of a CDATA section may stand inside it only in two pieces.
    safe = credential.replace("]]>", "]]]]><![CDATA[>")
    return f"{opened}><![CDATA[{safe}]]></openbadges:credential>"
