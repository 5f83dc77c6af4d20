"""The elements of an achievement in the terms of Open Badges 3.0.

What has no member of its own there stands in the criteria, as plain lines that are Markdown too.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from lti_tool.credentials.countries import country_name
from lti_tool.credentials.elements import (
    EQF,
    EQF_NAME,
    GRADE_TYPES,
    STACKABILITY,
    SUPERVISION,
    Elements,
    Grade,
    Level,
    QualityAssurance,
)
from lti_tool.credentials.european import (
    assessment_text,
    languages_text,
    level_text,
    quality_text,
    workload_text,
)
from lti_tool.translating import ENGLISH, speaking

QUALITY_TYPE = "ext:QualityAssurance"


@speaking(ENGLISH)
def achievement_members(elements: Elements, page: str) -> dict[str, Any]:
    """Return what an Achievement says beside name, description, criteria and credits.

    ``page`` is the public page of the achievement; parts of it are the addresses of what nobody
    described elsewhere. Empty members are left out by whoever signs.
    """
    return {
        "achievementType": elements.achievement_type,
        "alignment": _alignments(elements, page),
        "fieldOfStudy": elements.field_of_study,
        "humanCode": elements.human_code,
        "inLanguage": elements.languages[0] if elements.languages else "",
        "otherIdentifier": [
            {"type": "IdentifierEntry", "identifier": page, "identifierType": "identifier"}
        ],
        "resultDescription": _outcomes(elements, page),
        "tag": list(_tags(elements)),
        "version": elements.version,
    }


def issuer_members(elements: Elements) -> dict[str, Any]:
    """Return the issuer's country and region as its address; {} where neither is stated."""
    if not (elements.country or elements.region):
        return {}
    address = {
        "type": ["Address"],
        "addressCountry": country_name(elements.country) if elements.country else "",
        "addressCountryCode": elements.country,
        "addressRegion": elements.region,
    }
    return {"address": address}


@speaking(ENGLISH)
def narrative(elements: Elements, credit_amount: Decimal) -> str:
    """Return the criteria in words: what was written, and the elements with no other place."""
    stack = elements.stackability
    rows = [
        ("Learning outcomes", "; ".join(elements.learning_outcomes)),
        ("Notional workload", workload_text(elements, credit_amount)),
        ("Level", "; ".join(level_text(level) for level in elements.levels)),
        ("Type of assessment", assessment_text(elements.assessment)),
        ("Form of participation", elements.participation),
        ("Type of quality assurance", quality_text(elements.quality_assurance)),
        ("Languages", languages_text(elements)),
        ("Prerequisites", elements.prerequisites),
        ("Supervision and identity verification", SUPERVISION.get(elements.supervision, "")),
        (
            "Integration and stackability",
            _stacking(stack.option, stack.description) if stack else "",
        ),
        ("Further information", elements.further_information),
    ]
    lines = [f"- {label}: {' '.join(value.split())}" for label, value in rows if value]
    return "\n\n".join(part for part in (elements.criteria, "\n".join(lines)) if part)


def grade_description(grade: Grade, page: str) -> dict[str, Any]:
    """Return how a grade is given."""
    return {
        "id": f"{page}#grade",
        "type": ["ResultDescription"],
        "name": grade.description or "Grade",
        "resultType": GRADE_TYPES[grade.type],
        "valueMax": grade.high,
        "valueMin": grade.low,
    }


def _outcomes(elements: Elements, page: str) -> list[dict[str, Any]]:
    """Return one description for each outcome: a result that its holder has reached."""
    return [
        {
            "id": f"{page}#outcome-{number}",
            "type": ["ResultDescription"],
            "name": outcome,
            "resultType": "Status",
        }
        for number, outcome in enumerate(elements.learning_outcomes, 1)
    ]


def _alignments(elements: Elements, page: str) -> list[dict[str, Any]]:
    found = [_level(level, f"{page}#level") for level in elements.levels]
    if elements.quality_assurance is not None:
        found.append(_quality(elements.quality_assurance, f"{page}#quality"))
    return found


def _level(level: Level, elsewhere: str) -> dict[str, Any]:
    name = EQF_NAME if level.framework == EQF else level.framework
    return {
        "type": ["Alignment"],
        "targetName": f"{name}, level {level.level}",
        "targetUrl": level.address or elsewhere,
        "targetType": f"ext:{_slug(level.framework)}",
        "targetCode": level.level,
        "targetFramework": name,
    }


def _quality(quality: QualityAssurance, elsewhere: str) -> dict[str, Any]:
    return {
        "type": ["Alignment"],
        "targetName": quality_text(quality),
        "targetUrl": quality.url or elsewhere,
        "targetType": QUALITY_TYPE,
        "targetCode": quality.type,
        "targetFramework": quality.body,
    }


def _tags(elements: Elements) -> dict[str, None]:
    """Return the tags, each once, in their order."""
    tags = dict.fromkeys(elements.tags)
    if elements.participation:
        tags[elements.participation] = None
    if elements.stackability is not None:
        tags[elements.stackability.option] = None
    return tags


def _stacking(option: str, description: str) -> str:
    return ". ".join(part for part in (STACKABILITY[option], description) if part)


def _slug(framework: str) -> str:
    return "-".join(re.findall(r"[A-Za-z0-9]+", framework)) or "Level"
