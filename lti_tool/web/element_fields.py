"""The description of an achievement as the fields of a form, and back as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lti_tool.credentials.element_text import elements_of, to_data
from lti_tool.credentials.elements import ASSESSMENT_TYPES, Elements
from lti_tool.translating import _, marked
from lti_tool.web.forms import Form
from stacking_rules import DocumentError

TEXTS = (
    *("achievement_type", "criteria", "workload_hours", "credit_kind", "participation", "country"),
    *("region", "prerequisites", "supervision", "further_information", "human_code"),
    *("field_of_study", "version"),
)
LISTS = ("learning_outcomes", "languages", "tags")
PARTS = {
    "quality_assurance": ("type", "body", "url"),
    "stackability": ("option", "description"),
    "grade": ("type", "description", "low", "high"),
}
ASSESSED = "assessed-"
LONGEST = 20_000
HALF = marked("Choose one here, or leave the fields that belong to it empty.")


def to_fields(elements: Elements) -> dict[str, str]:
    """Return what the fields of the form hold for these elements, by their names."""
    data = to_data(elements)
    fields = {name: str(data.get(name, "")) for name in TEXTS}
    fields["achievement_type"] = elements.achievement_type
    fields |= {name: "\n".join(data.get(name, ())) for name in LISTS}
    fields["levels"] = "\n".join(map(_level_line, data.get("levels", ())))
    fields["assessment"] = elements.assessment.description
    for number, kind in enumerate(ASSESSMENT_TYPES):
        if kind in elements.assessment.types:
            fields[f"{ASSESSED}{number}"] = "1"
    for name, parts in PARTS.items():
        said = data.get(name, {})
        fields |= {f"{name}-{part}": str(said.get(part, "")) for part in parts}
    if elements.is_european:
        fields["european"] = "1"
    return fields


def read_fields(form: Form) -> Elements:
    """Return the elements that a form says; what is wrong stands in its ``errors`` by field."""
    for name in (*TEXTS, *LISTS, "levels", "assessment"):
        form.text(name, longest=LONGEST)
    try:
        return elements_of(_data(form.values))
    except DocumentError as error:
        is_half = error.address.strip("/") in PARTS
        form.errors[_field(error.address)] = _(HALF) if is_half else error.message
        return Elements()


def _data(values: Mapping[str, str]) -> dict[str, Any]:
    said = {name: values.get(name, "").strip() for name in TEXTS}
    data: dict[str, Any] = {name: value for name, value in said.items() if value}
    data["european"] = "european" in values
    for name in LISTS:
        if lines := _lines(values.get(name, "")):
            data[name] = lines
    if levels := [_level(line) for line in _lines(values.get("levels", ""))]:
        data["levels"] = levels
    data["assessment"] = _assessment(values)
    for name, parts in PARTS.items():
        found = {part: values.get(f"{name}-{part}", "").strip() for part in parts}
        if any(found.values()):
            data[name] = {part: value for part, value in found.items() if value}
    return data


def _assessment(values: Mapping[str, str]) -> dict[str, Any]:
    said = values.get("assessment", "").strip()
    types = [k for number, k in enumerate(ASSESSMENT_TYPES) if f"{ASSESSED}{number}" in values]
    return {**({"types": types} if types else {}), **({"description": said} if said else {})}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _level(line: str) -> dict[str, str]:
    """Read "EQF 6", or "Framework | level | address"."""
    parts = line.split("|") if "|" in line else line.rsplit(maxsplit=1)
    names = ("framework", "level", "url")
    return {name: part.strip() for name, part in zip(names, parts, strict=False) if part.strip()}


def _level_line(level: Mapping[str, str]) -> str:
    said = [level["framework"], level["level"], level.get("url", "")]
    return " ".join(said[:2]) if not said[2] else " | ".join(said)


def _field(address: str) -> str:
    """Return the field of the form that stands at an address of the data."""
    name, *rest = address.strip("/").split("/")
    if name in PARTS:
        return f"{name}-{rest[0] if rest and rest[0] in PARTS[name] else PARTS[name][0]}"
    return name
