"""DigComp 3.0, the European digital competence framework: the CSV files of its supplement.

Each row is one text under a key such as ``digcomp.competence.1.1.label``: in English
(``source``) and, in the files of translators, in their language (``target``). DigComp has no
addresses of its own for its parts; ours are that of the publication with the key behind it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lti_tool.sources.framework_files import CHILD, Framework, Item, Label, Link, refuse, text
from lti_tool.sources.framework_tables import language_of, read_rows

COLUMNS = ("location", "source", "target")
PUBLICATION = "https://publications.jrc.ec.europa.eu/repository/handle/JRC144121"
ENGLISH = "en"

_KEY = re.compile(
    r"digcomp\.(?P<kind>area|competence|level)\.(?P<code>\d+(?:\.\d+)?)\.(?P<part>\w+)"
    r"|digcomp\.(?P<fine>statement|outcome)\.(?P<number>(?:CS|LO)(?P<of>\d+\.\d+)\.\d+)"
)
_KINDS = {
    "area": "Competence area",
    "competence": "Competence",
    "level": "Proficiency level",
    "statement": "Competence statement",
    "outcome": "Learning outcome",
}
_NAMES = ("label", "four_level_name")
_DESCRIPTIONS = ("description", "eight_level_description", "four_level_description", "applies_to")


@dataclass(slots=True)
class _Part:
    """One area, competence, level, statement or outcome; ``texts`` by language and part."""

    kind: str
    code: str
    place: str
    parent: str | None
    texts: dict[str, dict[str, str]] = field(default_factory=dict)


def is_digcomp(columns: list[str]) -> bool:
    """Return whether a table with these columns is one of DigComp's supplement."""
    return set(COLUMNS) <= set(columns)


def read_digcomp(files: Mapping[str, bytes], *, language_of_file: str | None = None) -> Framework:
    """Return the framework of the tables of the supplement, by file name."""
    parts: dict[str, _Part] = {}
    languages = [ENGLISH]
    for name, raw in files.items():
        tongue = language_of_file or language_of(name) or ENGLISH
        languages.append(tongue)
        _read(name, raw, tongue, parts)
    for key, part in parts.items():
        if part.parent is not None and part.parent not in parts:
            refuse(part.place, f"{key} belongs to {part.parent}, which is in none of the files")
    return Framework(
        kind="digcomp",
        uri=PUBLICATION,
        title="DigComp 3.0",
        language=ENGLISH,
        items=[_item(key, part) for key, part in parts.items()],
        links=[
            Link(CHILD, _uri(key), _uri(part.parent), part.place)
            for key, part in parts.items()
            if part.parent is not None
        ],
        publisher="European Commission, Joint Research Centre",
        version="3.0",
        licence="CC BY-SA 4.0",
        attribution="DigComp 3.0, European Commission, JRC144121 (CC BY-SA 4.0).",
        source=PUBLICATION,
    )


def _read(name: str, raw: bytes, tongue: str, parts: dict[str, _Part]) -> None:
    for place, row in read_rows(name, raw, COLUMNS):
        found = _KEY.fullmatch(row["location"])
        if found is None:
            refuse(f"{place}: location", f"'{row['location'][:80]}' is no key of DigComp")
        key, part_name = row["location"], ""
        if found["kind"]:
            key, part_name = key.removesuffix(f".{found['part']}"), found["part"]
        part = parts.setdefault(key, _part(found, place))
        english = text(row["source"], f"{place}: source", needed=True)
        _put(part, ENGLISH, part_name, english, place)
        translated = text(row["target"], f"{place}: target")
        if translated and tongue != ENGLISH:
            _put(part, tongue, part_name, translated, place)


def _part(found: re.Match[str], place: str) -> _Part:
    kind = found["kind"] or found["fine"]
    code = found["code"] or found["number"]
    parent = None
    if kind == "competence":
        parent = f"digcomp.area.{code.split('.')[0]}"
    elif found["fine"]:
        parent = f"digcomp.competence.{found['of']}"
    return _Part(kind, f"Level {code}" if kind == "level" else code, place, parent)


def _put(part: _Part, tongue: str, name: str, value: str, place: str) -> None:
    held = part.texts.setdefault(tongue, {}).setdefault(name, value)
    if held != value:
        refuse(place, "the same text stands there twice, and differs")


def _item(key: str, part: _Part) -> Item:
    labels = []
    for tongue, texts in part.texts.items():
        name = texts.get("") or next((texts[n] for n in _NAMES if n in texts), "")
        if not name and tongue == ENGLISH:
            refuse(part.place, f"{key} has no name")
        described = "\n".join(texts[one] for one in _DESCRIPTIONS if one in texts)
        if name:
            labels.append(Label(tongue, name, (), described))
    return Item(_uri(key), tuple(labels), part.place, key, part.code, _KINDS[part.kind])


def _uri(key: str) -> str:
    return f"{PUBLICATION}#{key}"
