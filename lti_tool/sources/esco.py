"""ESCO, the European classification of skills: the CSV files of its portal.

Skills (``skills_en.csv``) and collections (``digitalSkillsCollection_en.csv``), each language a
file. Several files are one framework: languages of the same skills, or collections beside each
other. The files name neither version nor language; the name of the file ends in the latter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from lti_tool.sources.framework_files import (
    CHILD,
    LONGEST_CODE,
    LONGEST_NAME,
    LONGEST_TARGET,
    Framework,
    Item,
    Label,
    Link,
    refuse,
    text,
    uri,
)
from lti_tool.sources.framework_tables import language_of, read_rows

COLUMNS = ("conceptType", "conceptUri", "preferredLabel", "altLabels", "status", "description")
BROADER = ("conceptUri", "broaderUri")
SKILLS = "http://data.europa.eu/esco/concept-scheme/skills"
ATTRIBUTION = "This service uses the ESCO classification of the European Commission."
"""What the European Commission asks every service that shows ESCO to say."""


@dataclass(slots=True)
class _Skill:
    place: str
    kind: str
    is_withdrawn: bool
    labels: dict[str, Label] = field(default_factory=dict)


def is_esco(columns: list[str]) -> bool:
    """Return whether a table with these columns is one of ESCO."""
    return {"conceptUri", "preferredLabel"} <= set(columns) or set(BROADER) <= set(columns)


def read_esco(files: Mapping[str, bytes], *, language_of_file: str | None = None) -> Framework:
    """Return the framework of one or several tables, by file name."""
    skills: dict[str, _Skill] = {}
    links: dict[tuple[str, str], Link] = {}
    stems, languages = [], []
    for name, raw in files.items():
        tongue = language_of_file or language_of(name)
        if tongue is None:
            refuse(name, "say its language: --language, or a name such as skills_sv.csv")
        stem = PurePath(name).stem.removesuffix(f"_{tongue}")
        if stem.startswith("broaderRelations"):
            _read_broader(name, raw, links)
            continue
        stems.append(stem)
        languages.append(tongue)
        _read_skills(name, raw, tongue, skills, links)
    names = list(dict.fromkeys(stems))
    is_whole = names == ["skills"]
    return Framework(
        kind="esco",
        uri=SKILLS if is_whole else f"{SKILLS}#{'+'.join(sorted(names))}",
        title="ESCO skills" if is_whole else f"ESCO: {', '.join(names)}",
        language="en" if "en" in languages else languages[0],
        items=[
            Item(
                uri=one,
                labels=tuple(skill.labels.values()),
                place=skill.place,
                kind=skill.kind,
                is_withdrawn=skill.is_withdrawn,
            )
            for one, skill in skills.items()
        ],
        links=list(links.values()),
        publisher="European Commission",
        licence="Reuse with acknowledgement (European Commission)",
        attribution=ATTRIBUTION,
        source="https://esco.ec.europa.eu/",
    )


def _read_skills(
    name: str,
    raw: bytes,
    tongue: str,
    skills: dict[str, _Skill],
    links: dict[tuple[str, str], Link],
) -> None:
    seen: dict[str, str] = {}
    for place, row in read_rows(name, raw, COLUMNS):
        one = uri(row["conceptUri"], f"{place}: conceptUri")
        if one in seen:
            refuse(place, f"{one} stands at {seen[one]} already")
        seen[one] = place
        kind = text(row.get("skillType"), f"{place}: skillType", longest=LONGEST_CODE)
        skill = skills.setdefault(one, _Skill(place, kind, row["status"] == "obsolete"))
        # The same skill in two collections has the same texts.
        skill.labels.setdefault(tongue, _label(row, place, tongue))
        for broader in _parts(row.get("broaderConceptUri", "")):
            _add(links, one, broader, place)


def _label(row: Mapping[str, str], place: str, tongue: str) -> Label:
    names = [*_parts(row["altLabels"]), *_parts(row.get("hiddenLabels", ""))]
    others = [text(one, f"{place}: altLabels", longest=LONGEST_NAME) for one in names]
    label = text(
        row["preferredLabel"], f"{place}: preferredLabel", longest=LONGEST_NAME, needed=True
    )
    description = text(row["description"], f"{place}: description")
    return Label(tongue, label, tuple(dict.fromkeys(others)), description)


def _read_broader(name: str, raw: bytes, links: dict[tuple[str, str], Link]) -> None:
    for place, row in read_rows(name, raw, BROADER):
        _add(links, uri(row["conceptUri"], f"{place}: conceptUri"), row["broaderUri"], place)


def _add(links: dict[tuple[str, str], Link], one: str, broader: str, place: str) -> None:
    above = uri(broader, f"{place}: broader", longest=LONGEST_TARGET)
    links.setdefault((one, above), Link(CHILD, one, above, place))


def _parts(value: str) -> list[str]:
    """Return the parts of a cell: one a line in the classification, " | " in collections."""
    return [part.strip() for part in value.replace(" | ", "\n").split("\n") if part.strip()]
