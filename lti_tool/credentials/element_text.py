"""Descriptions of achievements as text (YAML or JSON), read strictly and written back.

    quoin-achievements: 1
    defaults: {country: FI, languages: [en]}
    achievements:
      data-basics: {european: true, learning_outcomes: [...], ...}

What stands in ``defaults`` holds for every achievement that does not say it itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from lti_tool.credentials.countries import COUNTRIES
from lti_tool.credentials.elements import (
    ACHIEVEMENT_TYPES,
    ASSESSMENT_TYPES,
    EQF,
    GRADE_TYPES,
    PARTICIPATION,
    QUALITY_ASSURANCE,
    STACKABILITY,
    SUPERVISION,
    Assessment,
    Elements,
    Grade,
    Level,
    QualityAssurance,
    Stackability,
)
from lti_tool.credentials.texts import clean
from lti_tool.errors import InvalidInputError
from lti_tool.stack_text import read_plain
from lti_tool.translating import _
from stacking_rules import DocumentError
from stacking_rules.reading import (
    amount_of,
    any_mapping,
    escape,
    key_of,
    kind_of,
    list_of,
    mapping_of,
    one_of,
    refuse_repeats,
    text_of,
)

FORMAT = 1
MOST_ACHIEVEMENTS = 1000
MOST_ENTRIES = 50
"""Entries of one list: outcomes, levels, tags."""
LONG, SHORT = 5000, 300
"""Characters of a text, and of a line."""
MOST_HOURS = 100_000

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`]{1,500}")
_EXTENSION = re.compile(r"ext:[A-Za-z0-9._-]{1,100}")


@dataclass(frozen=True, slots=True)
class Description:
    """What a file says of one achievement; ``image`` names a file beside it."""

    key: str
    elements: Elements
    image: str = ""


def read_descriptions(text: str) -> tuple[Description, ...]:
    """Read the descriptions of a file; ``StackTextError`` names line, column and address."""
    return read_plain(text, _descriptions_of)


def _descriptions_of(data: object) -> tuple[Description, ...]:
    document = mapping_of(data, "", ("quoin-achievements", "defaults", "achievements"))
    if document.get("quoin-achievements") != FORMAT:
        raise DocumentError(
            "/quoin-achievements", f"The file begins with 'quoin-achievements: {FORMAT}'."
        )
    defaults = mapping_of(document.get("defaults", {}), "/defaults", FIELDS)
    elements_of(defaults, "/defaults")
    rows = any_mapping(document.get("achievements"), "/achievements")
    if not 0 < len(rows) <= MOST_ACHIEVEMENTS:
        raise DocumentError(
            "/achievements", f"A file describes 1 to {MOST_ACHIEVEMENTS} achievements."
        )
    return tuple(_description(key, row, defaults) for key, row in rows.items())


def _description(key: str, row: object, defaults: dict[str, object]) -> Description:
    address = f"/achievements/{escape(key)}"
    key_of(key, address)
    said = mapping_of(row, address, (*FIELDS, "image"))
    image = _line(said.pop("image", ""), f"{address}/image")
    return Description(key, elements_of({**defaults, **said}, address), image)


def elements_of(data: object, address: str = "") -> Elements:
    """Read the elements of one achievement from plain data; ``DocumentError`` otherwise."""
    item = mapping_of(data, address, FIELDS)
    values: dict[str, Any] = {}
    for name, value in item.items():
        if value is not None:
            attribute, read = _READERS[name]
            values[attribute] = read(value, f"{address}/{name}")
    return Elements(**values)


def to_data(elements: Elements) -> dict[str, Any]:
    """Return elements as the plain data that they are read from; what was not said is left out."""
    empty = Elements()
    data: dict[str, Any] = {}
    for name, (attribute, _read) in _READERS.items():
        value = getattr(elements, attribute)
        if value != getattr(empty, attribute):
            data[name] = _plain(value)
    return data


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, str | bool):
        return value
    parts = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return {name: part for name, part in parts.items() if part not in ("", [])}


def _text(value: object, address: str, longest: int = LONG) -> str:
    text = text_of(value, address)
    if len(text) > longest:
        raise DocumentError(address, _("This text has more than {most} characters.", most=longest))
    try:
        cleaned: str = clean(text)
    except InvalidInputError as error:
        raise DocumentError(address, _(error.message)) from None
    return cleaned.strip()


def _line(value: object, address: str) -> str:
    return _text(value, address, SHORT)


def _version(value: object, address: str) -> str:
    """Return a line of text that may look like a number, as version 2.0 does."""
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return _line(str(value) if is_number else value, address)


def _lines(value: object, address: str, longest: int = LONG) -> tuple[str, ...]:
    items = list_of(value, address)
    if len(items) > MOST_ENTRIES:
        raise DocumentError(address, _("More than {most} entries.", most=MOST_ENTRIES))
    lines = tuple(_text(item, f"{address}/{i}", longest) for i, item in enumerate(items))
    if "" in lines:
        raise DocumentError(f"{address}/{lines.index('')}", _("This entry is empty."))
    refuse_repeats(lines, address)
    return lines


def _short_lines(value: object, address: str) -> tuple[str, ...]:
    return _lines(value, address, SHORT)


def _flag(value: object, address: str) -> bool:
    if not isinstance(value, bool):
        raise DocumentError(
            address, _("Here true or false is needed, not {found}.", found=kind_of(value))
        )
    return value


def _word(known: tuple[str, ...]) -> Callable[[object, str], str]:
    return lambda value, address: one_of(value, known, address)


def _achievement_type(value: object, address: str) -> str:
    if isinstance(value, str) and _EXTENSION.fullmatch(value):
        return value
    return one_of(value, ACHIEVEMENT_TYPES, address)


def _hours(value: object, address: str) -> Decimal:
    hours = amount_of(value, address)
    if not 0 < hours <= MOST_HOURS:
        raise DocumentError(
            address, _("The hours must be more than 0 and at most {most}.", most=MOST_HOURS)
        )
    return hours


def _country(value: object, address: str) -> str:
    if not isinstance(value, str) or value.upper() not in COUNTRIES:
        raise DocumentError(
            address,
            _(
                "Here a country by its two letters is needed (ISO 3166-1), as in FI or DE, "
                "not {found}.",
                found=kind_of(value),
            ),
        )
    return value.upper()


def _languages(value: object, address: str) -> tuple[str, ...]:
    tags = _short_lines(value, address)
    for place, tag in enumerate(tags):
        if len(tag) > 35 or not _LANGUAGE.fullmatch(tag):
            raise DocumentError(
                f"{address}/{place}",
                _("Here a language such as en or pt-BR is needed, not '{tag}'.", tag=tag),
            )
    return tags


def _address(value: object, address: str) -> str:
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        raise DocumentError(
            address,
            _("Here a web address (https://...) is needed, not {found}.", found=kind_of(value)),
        )
    return value


def _levels(value: object, address: str) -> tuple[Level, ...]:
    items = list_of(value, address)
    if len(items) > MOST_ENTRIES:
        raise DocumentError(address, _("More than {most} levels.", most=MOST_ENTRIES))
    levels = tuple(_level(item, f"{address}/{place}") for place, item in enumerate(items))
    refuse_repeats([f"{each.framework} {each.level}" for each in levels], address)
    return levels


def _level(data: object, address: str) -> Level:
    item = mapping_of(data, address, ("framework", "level", "url"))
    framework = _needed(item, "framework", address, _line)
    level = _needed(item, "level", address, _version)
    if framework.upper() == EQF:
        framework = EQF
        if level not in tuple("12345678"):
            raise DocumentError(f"{address}/level", _("A level of the EQF is 1 to 8."))
        if "url" in item:
            raise DocumentError(
                f"{address}/url", _("The address of a level of the EQF is known: leave 'url' out.")
            )
    return Level(framework, level, _maybe(item, "url", address, _address))


def _assessment(data: object, address: str) -> Assessment:
    item = mapping_of(data, address, ("types", "description"))
    types = _short_lines(item["types"], f"{address}/types") if "types" in item else ()
    for place, name in enumerate(types):
        one_of(name, ASSESSMENT_TYPES, f"{address}/types/{place}")
    return Assessment(types, _maybe(item, "description", address, _text))


def _quality(data: object, address: str) -> QualityAssurance:
    item = mapping_of(data, address, ("type", "body", "url"))
    return QualityAssurance(
        _needed(item, "type", address, _word(QUALITY_ASSURANCE)),
        _maybe(item, "body", address, _line),
        _maybe(item, "url", address, _address),
    )


def _stackability(data: object, address: str) -> Stackability:
    item = mapping_of(data, address, ("option", "description"))
    option = _needed(item, "option", address, _word(tuple(STACKABILITY)))
    return Stackability(option, _maybe(item, "description", address, _text))


def _grade(data: object, address: str) -> Grade:
    item = mapping_of(data, address, ("type", "description", "low", "high"))
    return Grade(
        _needed(item, "type", address, _word(tuple(GRADE_TYPES))),
        _maybe(item, "description", address, _text),
        _maybe(item, "low", address, _version),
        _maybe(item, "high", address, _version),
    )


def _needed(
    item: dict[str, object], name: str, address: str, read: Callable[[object, str], str]
) -> str:
    if name not in item:
        raise DocumentError(address, _("Here '{name}' is missing.", name=name))
    found = read(item[name], f"{address}/{name}")
    if not found:
        raise DocumentError(f"{address}/{name}", _("'{name}' is empty.", name=name))
    return found


def _maybe(
    item: dict[str, object], name: str, address: str, read: Callable[[object, str], str]
) -> str:
    return read(item[name], f"{address}/{name}") if name in item else ""


_READERS: dict[str, tuple[str, Callable[[object, str], Any]]] = {
    "european": ("is_european", _flag),
    "achievement_type": ("achievement_type", _achievement_type),
    "criteria": ("criteria", _text),
    "learning_outcomes": ("learning_outcomes", _lines),
    "workload_hours": ("workload_hours", _hours),
    "credit_kind": ("credit_kind", _line),
    "levels": ("levels", _levels),
    "assessment": ("assessment", _assessment),
    "participation": ("participation", _word(PARTICIPATION)),
    "quality_assurance": ("quality_assurance", _quality),
    "country": ("country", _country),
    "region": ("region", _line),
    "languages": ("languages", _languages),
    "prerequisites": ("prerequisites", _text),
    "supervision": ("supervision", _word(tuple(SUPERVISION))),
    "grade": ("grade", _grade),
    "stackability": ("stackability", _stackability),
    "further_information": ("further_information", _text),
    "tags": ("tags", _short_lines),
    "human_code": ("human_code", _version),
    "field_of_study": ("field_of_study", _line),
    "version": ("version", _version),
}
FIELDS = tuple(_READERS)
"""The names in a file, in the order in which they are written."""
