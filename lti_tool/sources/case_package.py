"""CASE packages (1EdTech Competencies and Academic Standards Exchange 1.0 and 1.1) as JSON.

A CFPackage is read as published services give it out (``CFDocument``, ``CFItems``,
``CFAssociations`` with ``identifier``), and in the other shape that is met, ``document``,
``items``, ``associations`` with ``sourcedId``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lti_tool.sources.framework_files import (
    CHILD,
    LARGEST_FILE,
    LONGEST_CODE,
    LONGEST_NAME,
    LONGEST_TARGET,
    UNKNOWN_LANGUAGE,
    Framework,
    Item,
    Label,
    Link,
    instant,
    language,
    refuse,
    text,
    uri,
)
from lti_tool.strict_json import StrictJSONError, parse_object

ASSOCIATIONS = frozenset(
    {
        *(CHILD, "isPeerOf", "isPartOf", "exactMatchOf", "precedes", "isRelatedTo"),
        *("replacedBy", "exemplar", "hasSkillLevel", "isTranslationOf"),
    }
)
Data = Mapping[str, Any]


def is_case(data: Data) -> bool:
    """Return whether a JSON object is a CASE package."""
    return "CFDocument" in data or ("document" in data and "items" in data)


def read_package(name: str, raw: bytes) -> dict[str, Any]:
    """Return the JSON object in a file; ``InvalidInputError`` with the reason otherwise."""
    try:
        return parse_object(raw, max_bytes=LARGEST_FILE)
    except StrictJSONError as error:
        refuse(name, f"it cannot be read: {error}")


def read_case(data: Data, *, language_of_file: str | None = None) -> Framework:
    """Return the framework of a package; ``InvalidInputError`` names place and reason."""
    name, document = _object(data, "CFDocument", "document")
    tongue = language(document.get("language"), f"{name}.language", UNKNOWN_LANGUAGE)
    tongue = language_of_file or tongue
    items = [
        _item(entry, place, tongue, language_of_file)
        for place, entry in _list(data, "CFItems", "items")
    ]
    named = _names(name, document, items)
    links = [_link(entry, p, named) for p, entry in _list(data, "CFAssociations", "associations")]
    used = [label.language for item in items for label in item.labels]
    main = tongue if tongue != UNKNOWN_LANGUAGE or not used else max(set(used), key=used.count)
    return Framework(
        kind="case",
        uri=uri(document.get("uri"), f"{name}.uri"),
        title=text(document.get("title"), f"{name}.title", longest=LONGEST_NAME, needed=True),
        language=main,
        items=items,
        # The same association twice, under two identifiers, is met and says nothing new.
        links=list({(x.kind, x.origin, x.destination): x for x in reversed(links)}.values())[::-1],
        publisher=text(
            document.get("publisher") or document.get("creator"),
            f"{name}.publisher",
            longest=LONGEST_NAME,
        ),
        version=text(document.get("version"), f"{name}.version", longest=100),
        licence=_licence(document, name),
        source=text(
            document.get("officialSourceURL"), f"{name}.officialSourceURL", longest=LONGEST_TARGET
        ),
        changed_at=instant(document.get("lastChangeDateTime"), f"{name}.lastChangeDateTime"),
    )


def _item(entry: Data, place: str, tongue: str, language_of_file: str | None) -> Item:
    statement = text(entry.get("fullStatement"), f"{place}.fullStatement", needed=True)
    others = [
        text(entry.get(field), f"{place}.{field}", longest=LONGEST_NAME)
        for field in ("abbreviatedStatement", "alternativeLabel")
    ]
    others += _keywords(entry, place)
    spoken = language_of_file or language(entry.get("language"), f"{place}.language", tongue)
    notes = text(entry.get("notes"), f"{place}.notes")
    names = tuple(one for one in dict.fromkeys(others) if one)
    status = text(entry.get("adoptionStatus"), f"{place}.adoptionStatus", longest=100)
    return Item(
        uri=uri(entry.get("uri"), f"{place}.uri"),
        identifier=_identifier(entry, place),
        labels=(Label(spoken, statement, names, notes),),
        place=place,
        code=text(
            entry.get("humanCodingScheme"), f"{place}.humanCodingScheme", longest=LONGEST_CODE
        ),
        kind=text(entry.get("CFItemType"), f"{place}.CFItemType", longest=LONGEST_CODE),
        is_withdrawn=status == "Deprecated",
    )


def _keywords(entry: Data, place: str) -> list[str]:
    keywords = entry.get("conceptKeywords") or []
    if isinstance(keywords, str):
        keywords = keywords.split("|")
    if not isinstance(keywords, list):
        refuse(f"{place}.conceptKeywords", "a list of texts is expected here")
    return [text(one, f"{place}.conceptKeywords", longest=LONGEST_NAME) for one in keywords]


def _names(name: str, document: Data, items: list[Item]) -> dict[str, str]:
    """Return address -> address and identifier -> address of all that the package holds."""
    own = uri(document.get("uri"), f"{name}.uri")
    named = {own: own, _identifier(document, name): own}
    for item in items:
        named |= {item.uri: item.uri, item.identifier: item.uri}
    return named


def _link(entry: Data, place: str, named: Mapping[str, str]) -> Link:
    """Return an association. Other ends than those of isChildOf may lie in other packages."""
    kind = text(entry.get("associationType"), f"{place}.associationType", longest=50, needed=True)
    if kind not in ASSOCIATIONS and not kind.startswith("ext:"):
        refuse(f"{place}.associationType", f"'{kind[:50]}' is no association of CASE")
    origin, has_origin = _end(entry, "originNodeURI", place, named)
    destination, has_destination = _end(entry, "destinationNodeURI", place, named)
    if kind == CHILD and not (has_origin and has_destination):
        lost = "originNodeURI" if not has_origin else "destinationNodeURI"
        refuse(f"{place}.{lost}", "this item is not in the package")
    if not (has_origin or has_destination):
        refuse(place, "neither of its ends is in the package")
    return Link(kind, origin, destination, place, _sequence(entry, place))


def _sequence(entry: Data, place: str) -> int | None:
    """Return the place among siblings; OpenSALT writes the number as a text."""
    number = entry.get("sequenceNumber")
    if number is None:
        return None
    digits = str(number) if isinstance(number, int | str) else ""
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 10):
        refuse(f"{place}.sequenceNumber", "a whole number is expected here")
    return int(digits)


def _end(entry: Data, field: str, place: str, named: Mapping[str, str]) -> tuple[str, bool]:
    """Return the address at one end of an association, and whether it is in the package."""
    node = entry.get(field, entry.get(field.removesuffix("URI")))
    place = f"{place}.{field}"
    if isinstance(node, str):
        node = {"uri": node}
    if not isinstance(node, dict):
        refuse(place, "it is missing")
    for key in ("identifier", "sourcedId", "uri"):
        value = node.get(key)
        if isinstance(value, str) and value in named:
            return named[value], True
    address = node.get("uri") or node.get("identifier")
    return text(address, f"{place}.uri", longest=LONGEST_TARGET, needed=True), False


def _licence(document: Data, name: str) -> str:
    licence = document.get("licenseURI")
    if isinstance(licence, dict):
        title = text(licence.get("title"), f"{name}.licenseURI.title", longest=LONGEST_NAME)
        return title or text(licence.get("uri"), f"{name}.licenseURI.uri", longest=LONGEST_NAME)
    return text(licence, f"{name}.licenseURI", longest=LONGEST_NAME)


def _identifier(entry: Data, place: str) -> str:
    value = entry.get("identifier", entry.get("sourcedId"))
    return text(value, f"{place}.identifier", longest=LONGEST_CODE, needed=True)


def _object(data: Data, *names: str) -> tuple[str, Data]:
    for name in names:
        if name in data:
            if not isinstance(data[name], dict):
                refuse(name, "an object is expected here")
            return name, data[name]
    return refuse(names[0], "it is missing")


def _list(data: Data, *names: str) -> list[tuple[str, Data]]:
    """Return the objects of a list with their places."""
    name = next((name for name in names if name in data), names[0])
    entries = data.get(name, [])
    if not isinstance(entries, list):
        refuse(name, "a list is expected here")
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict):
            refuse(f"{name}[{index}]", "an object is expected here")
    return [(f"{name}[{index}]", entry) for index, entry in enumerate(entries)]
