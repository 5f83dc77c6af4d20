"""Small frameworks as their publishers write them."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

HOST = "https://frameworks.example"
DOCUMENT = f"{HOST}/documents/1"
COLUMNS = ("conceptType", "conceptUri", "preferredLabel", "altLabels", "status", "description")
SKILL = "http://data.europa.eu/esco/skill"

SKILLS: dict[str, dict[str, tuple[str, str, str]]] = {
    "1": {
        "en": ("manage databases", "administer databases\ndatabase administration", "Keep data."),
        "sv": ("hantera databaser", "förvalta databaser", "Sköter data på ett säkert sätt."),
        "de": ("Datenbanken verwalten", "Datenbankverwaltung", "Größere Datenmengen pflegen."),
        "es": ("gestionar bases de datos", "administración de bases de datos", "Guarda datos."),
    },
    "2": {
        "en": ("bake bread", "make bread", "Mix, knead and bake."),
        "sv": ("baka bröd", "göra bröd", "Blandar, knådar och bakar."),
        "de": ("Brot backen", "Brote herstellen", "Mischen, kneten und backen."),
        "es": ("hornear pan", "hacer pan", "Mezcla, amasa y hornea."),
    },
    "3": {
        "en": ("R", "", "The programming language R."),
        "sv": ("R", "", "Programspråket R."),
        "de": ("R", "", "Die Programmiersprache R."),
        "es": ("R", "", "El lenguaje de programación R."),
    },
}


def item(number: int, statement: str, **changes: Any) -> dict[str, Any]:
    """An item of a CASE package."""
    found = {
        "identifier": f"00000000-0000-4000-8000-{number:012}",
        "uri": f"{HOST}/items/{number}",
        "fullStatement": statement,
        "humanCodingScheme": f"D.{number}",
        "CFItemType": "Competency",
        "language": "en",
        "lastChangeDateTime": "2026-01-01T00:00:00Z",
    }
    return {name: value for name, value in {**found, **changes}.items() if value is not None}


def node(number: int) -> dict[str, str]:
    """An end of an association; 0 is the document."""
    if number == 0:
        return {"title": "Destination", "identifier": "doc-1", "uri": DOCUMENT}
    found = item(number, "")
    return {"title": "Origin", "identifier": found["identifier"], "uri": found["uri"]}


def link(kind: str, origin: int, destination: int, **changes: Any) -> dict[str, Any]:
    """An association of a CASE package."""
    return {
        "identifier": f"{kind}-{origin}-{destination}",
        "uri": f"{HOST}/associations/{kind}-{origin}-{destination}",
        "associationType": kind,
        "originNodeURI": node(origin),
        "destinationNodeURI": node(destination),
        **changes,
    }


def package(**changes: Any) -> dict[str, Any]:
    """A CASE package of three items; ``changes`` replaces its parts."""
    document = {
        "identifier": "doc-1",
        "uri": DOCUMENT,
        "title": "Data skills",
        "creator": "Example Agency",
        "version": "1",
        "language": "en",
        "lastChangeDateTime": "2026-01-01T00:00:00",
        "licenseURI": {"title": "CC BY 4.0", "identifier": "l", "uri": f"{HOST}/licence"},
    }
    return {
        "CFDocument": document,
        "CFItems": [
            item(1, "Work with data"),
            item(2, "Ask a database", alternativeLabel="Querying", conceptKeywords=["SQL"]),
            item(3, "Draw a chart that tells the truth", notes="Axes begin at zero."),
        ],
        "CFAssociations": [
            link("isChildOf", 1, 0),
            link("isChildOf", 3, 1, sequenceNumber=1),
            link("isChildOf", 2, 1, sequenceNumber=2),
            link("isRelatedTo", 2, 99),
        ],
        **changes,
    }


def document(**changes: Any) -> dict[str, Any]:
    """The document of the package, changed."""
    return {**package()["CFDocument"], **changes}


def as_files(found: dict[str, Any], name: str = "package.json") -> dict[str, bytes]:
    """A package as a file."""
    return {name: json.dumps(found, ensure_ascii=False).encode()}


def table(columns: tuple[str, ...], rows: list[dict[str, str]]) -> bytes:
    """A table as a file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def skills(*languages: str, leave_out: str = "") -> dict[str, bytes]:
    """ESCO in these languages, a file for each."""
    return {
        f"skills_{language}.csv": table(
            COLUMNS,
            [
                {
                    "conceptType": "KnowledgeSkillCompetence",
                    "conceptUri": f"{SKILL}/{number}",
                    "preferredLabel": texts[language][0],
                    "altLabels": texts[language][1],
                    "status": "released",
                    "description": texts[language][2],
                }
                for number, texts in SKILLS.items()
                if number != leave_out
            ],
        )
        for language in languages
    }
