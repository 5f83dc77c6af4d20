"""Concepts of the controlled vocabularies that the European Learning Model uses."""

from __future__ import annotations

from typing import Any

from lti_tool.credentials.countries import (
    COUNTRIES,
    LANGUAGE_CODES,
    country_name,
    language_name,
)

SNB = "http://data.europa.eu/snb/"
AUTHORITY = "http://publications.europa.eu/resource/authority/"
LISTED = "25831c2"
"""The local name of every scheme of ``SNB``."""

GENERIC = "e34929035b"
ECTS_CODE = "6fcec5c5af"
BASE64 = "6146cde7dd"

MODES = {
    "online": ("920fbb3cbe", "Online"),
    "onsite": ("9191af2ed9", "Presential"),
    "blended": ("e92d221e4d", "Blended"),
    "hybrid": ("c_3a90b26d", "Hybrid"),
    "work-based": ("729f3bed4b", "Workbased"),
    "project-based": ("7813801c77", "Project based"),
    "research-lab": ("ed4c557045", "Research-Lab based"),
}
ASSESSMENTS = {
    "written examination": "6e6cb2cc78",
    "oral examination": "d30284d7df",
    "marked assignment": "2939dae15f",
    "continuous evaluation": "3484bd7e51",
    "portfolio": "4f03b91c0e",
    "practical assessment": "6a4db9f11d",
    "project work": "795dac4096",
    "presentation": "c_04b30a72",
    "quiz": "b1b68f6735",
    "artefact assessment": "de4d165a6c",
    "problem based learning": "c4256a2726",
    "group performance": "56539a6507",
    "peer assessment": "19a2e5e671",
    "peer review": "812e3b0ae1",
    "self-assessment": "c_2b3bd410",
    "guided self-assessment": "c_4f874951",
    "level of attendance": "7331eb4762",
}
SUPERVISIONS = {"unsupervised": "c598449d64"}
"""Those whose code could be looked up; the others are concepts of our own."""

Concept = dict[str, Any]


def concept(identifier: str, scheme: str, label: str) -> Concept:
    """Return a concept of a scheme by its address, with its English label."""
    return {
        "id": identifier,
        "type": "Concept",
        "inScheme": {"id": scheme, "type": "ConceptScheme"},
        "prefLabel": {"en": label},
    }


def listed(scheme: str, code: str, label: str) -> Concept:
    """Return a concept of one of the standard lists of Europass."""
    return concept(f"{SNB}{scheme}/{code}", f"{SNB}{scheme}/{LISTED}", label)


def own(page: str, part: str, label: str) -> Concept:
    """Return a concept that no list has: it is told on the page of the achievement."""
    return concept(f"{page}#{part}", page, label)


def country(code: str) -> Concept:
    """Return a country by its ISO 3166-1 alpha-2 code."""
    place = f"{AUTHORITY}country"
    return concept(f"{place}/{COUNTRIES[code]}", place, country_name(code)) | {
        "notation": "country"
    }


def language(tag: str, page: str) -> Concept:
    """Return a language by its BCP 47 tag."""
    short = tag.partition("-")[0].lower()
    if short not in LANGUAGE_CODES:
        return own(page, f"language-{tag}", tag)
    place = f"{AUTHORITY}language"
    code = LANGUAGE_CODES[short].upper()
    return concept(f"{place}/{code}", place, language_name(short)) | {"notation": "language"}


def file_type(code: str) -> Concept:
    """Return a type of files by its code, PNG or SVG."""
    place = f"{AUTHORITY}file-type"
    return concept(f"{place}/{code}", place, code) | {"notation": "file-type"}


def eqf_level(level: str) -> Concept:
    """Return a level of the European Qualifications Framework."""
    return listed("eqf", level, f"Level {level}")
