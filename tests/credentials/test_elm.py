"""Credentials in the terms of the European Learning Model 3.

No package brings the SHACL shapes of the EDC application profile, so the structure is held
against the classes and properties of the specification, written down here.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lti_tool.credentials.document import Alignment
from lti_tool.credentials.elements import Elements
from lti_tool.credentials.elm import build_elm
from lti_tool.persistence.base import Database
from lti_tool.services.export_elm import export_elm
from tests.credentials.descriptions import FULL, described
from tests.credentials.issuers import TestIssuer
from tests.credentials.issuing import IssuingWorld
from tests.credentials.test_described import describe, publish

Data = dict[str, Any]

SPECIFICATION = {"title", "description", "dcType", "language", "mode", "volumeOfLearning"}
CLAIM = {"title", "description", "awardedBy", "specifiedBy"}
# class: (what it must have, what it may have); ELM 3, EDC application profile.
CLASSES: dict[str, tuple[set[str], set[str]]] = {
    "Concept": ({"inScheme", "prefLabel"}, {"notation"}),
    "ConceptScheme": (set(), set()),
    "DisplayParameter": (
        {"title", "language", "primaryLanguage"},
        {"description", "individualDisplay"},
    ),
    "IndividualDisplay": ({"language", "displayDetail"}, set()),
    "DisplayDetail": ({"image", "page"}, set()),
    "MediaObject": ({"content", "contentEncoding", "contentType"}, set()),
    "Organisation": ({"legalName"}, {"location", "homepage"}),
    "Location": (set(), {"address", "description"}),
    "Address": ({"countryCode"}, set()),
    "WebResource": ({"contentURL"}, set()),
    "Person": ({"hasClaim"}, set()),
    "LearningAchievement": (
        {"title", "awardedBy"},
        CLAIM | {"creditReceived", "provenBy", "influencedBy"},
    ),
    "LearningAssessment": ({"title", "awardedBy"}, CLAIM | {"grade", "idVerification"}),
    "LearningActivity": ({"title", "awardedBy"}, CLAIM),
    "AwardingProcess": ({"awardingBody"}, {"awardingDate"}),
    "Qualification": (
        {"title"},
        SPECIFICATION
        | {"eqfLevel", "nqfLevel", "creditPoint", "entryRequirement", "learningOutcome"}
        | {"isPartialQualification", "accreditation", "additionalNote", "homepage"}
        | {"thematicArea"},
    ),
    "LearningAssessmentSpecification": ({"title"}, SPECIFICATION),
    "LearningActivitySpecification": ({"title"}, SPECIFICATION),
    "LearningOutcome": ({"title"}, {"relatedESCOSkill"}),
    "CreditPoint": ({"framework", "point"}, set()),
    "Note": ({"noteLiteral"}, set()),
    "Accreditation": ({"title", "accreditingAgent"}, {"dcType", "homepage"}),
}
TEXTS = ("title", "description", "legalName", "prefLabel", "noteLiteral")


def nodes(data: Any) -> Iterator[Data]:
    """Yield every object that has a class."""
    if isinstance(data, list):
        for item in data:
            yield from nodes(item)
    elif isinstance(data, dict):
        if "type" in data:
            yield data
        for value in data.values():
            yield from nodes(value)


def check(document: Data) -> None:
    """Hold a document against the classes of the model."""
    assert document["type"] == ["VerifiableCredential", "EuropeanDigitalCredential"]
    inside = {key: value for key, value in document.items() if key != "credentialSchema"}
    for node in list(nodes(inside))[1:]:
        needed, known = CLASSES[node["type"]]
        names = set(node) - {"id", "type"}
        assert needed <= names, node
        assert names <= needed | known, node
        assert ":" in node["id"], node
        for name in TEXTS:
            for language, words in node.get(name, {}).items():
                assert language.islower(), node
                assert words, node
    assert "null" not in json.dumps(document)


@pytest.fixture
def issuer(now: datetime) -> TestIssuer:
    return TestIssuer(now)


def test_each_european_element_has_its_place(issuer: TestIssuer) -> None:
    skill = Alignment("SQL", "http://data.europa.eu/esco/skill/1", "ceasn:Competency")
    credential = issuer.issue(elements=described(), alignments=[skill], result="83")
    document = build_elm(credential, described())
    check(document)
    subject = document["credentialSubject"]
    assert subject["id"] == credential["credentialSubject"]["id"]
    (claim,) = subject["hasClaim"]
    assert claim["title"] == {"en": "Data practice"}
    (body,) = claim["awardedBy"]["awardingBody"]
    assert body["legalName"] == {"en": "Harbour University"}
    assert body["location"][0]["address"][0]["countryCode"]["id"].endswith("/country/IRL")
    assert claim["awardedBy"]["awardingDate"] == "2026-06-01T00:00:00Z"
    what = claim["specifiedBy"]
    assert [o["title"]["en"] for o in what["learningOutcome"]] == list(
        described().learning_outcomes
    )
    assert what["learningOutcome"][0]["relatedESCOSkill"][0]["id"].endswith("/esco/skill/1")
    assert what["eqfLevel"]["id"] == "http://data.europa.eu/snb/eqf/6"
    assert what["nqfLevel"][0]["prefLabel"] == {"en": "NFQ, level 8"}
    assert what["volumeOfLearning"] == "PT50H"
    assert what["creditPoint"][0]["point"] == "7.5"
    assert what["creditPoint"][0]["framework"]["prefLabel"]["en"].startswith("European Credit")
    assert what["entryRequirement"]["noteLiteral"] == {"en": "None."}
    assert what["isPartialQualification"] is True
    assert what["thematicArea"][0]["id"] == "http://data.europa.eu/snb/isced-f/0612"
    assert what["accreditation"][0]["title"] == {"en": "Internal, Harbour University"}
    notes = [note["noteLiteral"]["en"] for note in what["additionalNote"]]
    assert "See the catalogue." in notes
    (assessment,) = claim["provenBy"]
    assert assessment["grade"]["noteLiteral"] == {"en": "83"}
    assert assessment["idVerification"]["prefLabel"]["en"].startswith("Supervised onsite")
    assert [t["prefLabel"]["en"] for t in assessment["specifiedBy"]["dcType"]] == [
        "marked assignment",
        "project work",
    ]
    (activity,) = claim["influencedBy"]
    assert activity["specifiedBy"]["mode"][0]["prefLabel"] == {"en": "Blended"}
    languages = [language["id"] for language in what["language"]]
    assert [address.rpartition("/")[2] for address in languages] == ["ENG", "GLE"]


def test_what_was_not_said_is_left_out(issuer: TestIssuer) -> None:
    document = build_elm(issuer.issue(), None)
    check(document)
    (claim,) = document["credentialSubject"]["hasClaim"]
    assert set(claim) == {"id", "type", "title", "description", "awardedBy", "specifiedBy"}
    assert set(claim["specifiedBy"]) == {"id", "type", "title", "description", "homepage"}


@pytest.mark.parametrize(
    ("changes", "duration"),
    [({"workload_hours": Decimal("7.5")}, "PT7H30M"), ({"workload_hours": Decimal(120)}, "PT120H")],
)
def test_hours_become_a_duration(
    issuer: TestIssuer, changes: dict[str, Any], duration: str
) -> None:
    document = build_elm(issuer.issue(), replace(Elements(), **changes))
    check(document)
    (claim,) = document["credentialSubject"]["hasClaim"]
    assert claim["specifiedBy"]["volumeOfLearning"] == duration


def test_texts_are_in_the_language_of_the_description(issuer: TestIssuer) -> None:
    for tag, code in (("pt-BR", "POR"), ("xx", "")):
        document = build_elm(issuer.issue(), replace(described(), languages=(tag,)))
        check(document)
        short = tag.partition("-")[0]
        assert document["displayParameter"]["title"] == {short: "Data practice"}
        primary = document["displayParameter"]["primaryLanguage"]["id"]
        assert primary.endswith(f"/language/{code}" if code else f"#language-{tag}")


def test_an_export_says_what_was_said_when_it_was_issued(database: Database, now: datetime) -> None:
    world = IssuingWorld(database, now)
    publish(world)
    describe(world)
    world.complete(world.learner.learner_id)
    world.work()
    world.now += timedelta(days=1)
    describe(world, FULL.replace("Asks a database", "Forgets how to ask a database"))
    files = list(export_elm(database, "harbour"))
    assert len(files) == 2
    assert list(export_elm(database)) == files
    assert list(export_elm(database, "hill")) == []
    whole = "".join(file.text for file in files)
    assert whole.count("Asks a database exact questions") == 1
    assert "Forgets" not in whole
    for file in files:
        check(json.loads(file.text))
        (shown,) = json.loads(file.text)["displayParameter"]["individualDisplay"]
        picture = shown["displayDetail"][0]["image"]
        assert picture["contentType"]["id"].endswith("/file-type/SVG")
        assert b64decode(picture["content"]).startswith(b"<svg")
    assert Path(files[0].path).parts[0] == "harbour"
