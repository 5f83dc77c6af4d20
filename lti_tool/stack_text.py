"""Stack and record documents as text: YAML or JSON in, plain data and positions out, and back.

The only place that knows YAML. Events are counted as they come, so that a small file that
unfolds into a large one (aliases), tags and duplicate keys are refused before anything is built.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import yaml

from lti_tool.errors import StackTextError
from stacking_rules import (
    Definitions,
    Document,
    DocumentError,
    LearnerRecord,
    LimitExceededError,
    Option,
    parse_document,
    parse_record,
)
from stacking_rules.findings import Finding
from stacking_rules.places import pointer_to

MAX_BYTES = 1_000_000
MAX_EVENTS = 60_000
MAX_DEPTH = 60
Position = tuple[int, int]
Read = TypeVar("Read")

_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}


def read_document(text: str) -> Document:
    """Read a stack document; ``StackTextError`` names line, column and address."""
    return read_plain(text, document_of)


@dataclass(frozen=True, slots=True)
class Placed:
    """A stack document with the plain data it was read from, and where each part stands."""

    document: Document
    data: Any
    positions: dict[str, Position]

    def position_of(self, finding: Finding) -> Position:
        """Return line and column of what ``finding`` is about, or of what it stands in."""
        stack = self.document.stacks[finding.position] if finding.stack else None
        return _nearest(self.positions, pointer_to(finding, stack, self.data))


def read_placed(text: str) -> Placed:
    """Read a stack document as ``read_document`` does, and keep where everything stands."""
    data, positions = load(text)
    return Placed(_parsed(data, positions, document_of), data, positions)


def document_of(data: object) -> Document:
    """Read a document that is plain data; ``DocumentError`` names the address of what is wrong."""
    document = parse_document(data)
    try:
        ZoneInfo(document.definitions.zone)
    except (ValueError, OSError, KeyError):
        raise DocumentError("/zone", "There is no such time zone.") from None
    return document


def read_record(text: str, definitions: Definitions | None = None) -> LearnerRecord:
    """Read a record document; ``StackTextError`` names line, column and address.

    ``definitions`` are those of the stacks that it is held against.
    """
    return read_plain(text, lambda data: parse_record(data, definitions))


def read_catalogue(text: str, definitions: Definitions, as_of: date) -> tuple[Option, ...]:
    """Read what can be taken, finished by ``as_of`` if nothing else is said; see ``Option``.

    ``StackTextError`` names line, column and address.
    """
    return read_plain(text, lambda data: Option.read(data, definitions, as_of))


def read_plain(text: str, parse: Callable[[object], Read]) -> Read:
    """Read a text as what ``parse`` makes of its plain data; it may raise ``DocumentError``.

    ``StackTextError`` names line, column and address.
    """
    data, positions = load(text)
    return _parsed(data, positions, parse)


def _parsed(data: object, positions: dict[str, Position], parse: Callable[[object], Read]) -> Read:
    try:
        return parse(data)
    except DocumentError as error:
        line, column = _nearest(positions, error.address)
        raise StackTextError(
            error.message, line=line, column=column, address=error.address
        ) from None
    except LimitExceededError as error:
        raise StackTextError(str(error), line=1, column=1, address="") from None


def load(text: str) -> tuple[Any, dict[str, Position]]:
    """Return the data of ``text`` and, by JSON pointer, where each part stands (from 1).

    Numbers become int or Decimal, never float; dates stay text.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise StackTextError("The document is larger than 1 MB.", line=1, column=1, address="")
    builder = _Builder(text)
    try:
        return builder.build(), builder.positions
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = getattr(error, "problem", None) or "this cannot be read"
        raise StackTextError(
            f"Not valid YAML: {problem}.", line=line, column=column, address=""
        ) from None


def _position(event: yaml.Event) -> Position:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _nearest(positions: dict[str, Position], address: str) -> Position:
    while address and address not in positions:
        address = address.rpartition("/")[0]
    return positions.get(address, (1, 1))


class _Builder:
    """Builds plain data from YAML events, one document, counting as it goes."""

    def __init__(self, text: str) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._events = yaml.parse(text, Loader=loader)
        self._count = 0
        self.positions: dict[str, Position] = {}

    def build(self) -> Any:
        """Return the data of the one document in the text."""
        self._next()
        event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            return None
        data = self._value(self._next(), "", 0)
        self._next()
        event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            raise self._error(event, "", "Only one document may stand in a file.")
        return data

    def _next(self) -> yaml.Event:
        event = next(self._events)
        self._count += 1
        if self._count > MAX_EVENTS:
            raise self._error(event, "", "The document has too many parts.")
        return event

    def _error(self, event: yaml.Event, address: str, message: str) -> StackTextError:
        line, column = _position(event)
        return StackTextError(message, line=line, column=column, address=address)

    def _value(self, event: yaml.Event, address: str, depth: int) -> Any:
        self.positions.setdefault(address, _position(event))
        if depth > MAX_DEPTH:
            raise self._error(event, address, f"More than {MAX_DEPTH} levels.")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self._error(event, address, "Anchors and aliases (& and *) are not accepted.")
        if tag := getattr(event, "tag", None):
            raise self._error(event, address, f"The tag {tag} is not accepted.")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(address, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(address, depth)
        if not isinstance(event, yaml.ScalarEvent):
            raise self._error(event, address, "Here a value is needed.")
        return self._scalar(event, address)

    def _mapping(self, address: str, depth: int) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self._error(event, address, "A name must be text.")
            name = event.value
            here = f"{address}/{name.replace('~', '~0').replace('/', '~1')}"
            if name in found:
                raise self._error(event, here, f"'{name}' stands here twice.")
            self.positions[here] = _position(event)
            found[name] = self._value(self._next(), here, depth + 1)
        return found

    def _sequence(self, address: str, depth: int) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            found.append(self._value(event, f"{address}/{len(found)}", depth + 1))
        return found

    def _scalar(self, event: yaml.ScalarEvent, address: str) -> Any:
        if not event.implicit[0]:
            return event.value
        if event.value in _CONSTANTS:
            return _CONSTANTS[event.value]
        return self._number(event, address)

    def _number(self, event: yaml.ScalarEvent, address: str) -> Any:
        text = event.value
        if not text[:1].lstrip("+-.").isdigit() and not text[1:2].isdigit():
            return text
        if text.lstrip("+-").isdigit() and text.isascii() and len(text) <= 30:
            return int(text)
        try:
            number = Decimal(text)
        except InvalidOperation:
            return text
        if not number.is_finite() or abs(number.adjusted()) > 30:
            raise self._error(event, address, f"The number {text[:40]} is out of range.")
        return number
