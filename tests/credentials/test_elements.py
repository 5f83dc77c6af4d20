"""What achievements say of themselves: read strictly, checked for completeness, written out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from lti_tool.credentials import element_words
from lti_tool.credentials.document import Alignment
from lti_tool.credentials.element_lint import lint_elements
from lti_tool.credentials.element_text import elements_of, read_descriptions, to_data
from lti_tool.credentials.elements import (
    ACHIEVEMENT_TYPES,
    ASSESSMENT_TYPES,
    GRADE_TYPES,
    PARTICIPATION,
    QUALITY_ASSURANCE,
    STACKABILITY,
    SUPERVISION,
    Elements,
    Level,
)
from lti_tool.credentials.european import european_summary, missing, summary_of_credential
from lti_tool.errors import StackTextError
from lti_tool.translating import speaking
from tests.credentials.descriptions import FULL, described
from tests.credentials.issuers import TestIssuer

LABELS = [
    "Learner",
    "Title of the micro-credential",
    "Country or region of the issuer",
    "Awarding body",
    "Date of issuing",
    "Learning outcomes",
    "Notional workload",
    "Level",
    "Type of assessment",
    "Form of participation",
    "Type of quality assurance",
    "Prerequisites",
    "Supervision and identity verification",
    "Grade achieved",
    "Integration and stackability",
    "Further information",
]


# What Open Badges 3.0.3 requires of each object that elements bring along.
REQUIRED = {
    "Profile": {"id"},
    "Address": set(),
    "Achievement": {"id", "name", "description", "criteria"},
    "Alignment": {"targetName", "targetUrl"},
    "ResultDescription": {"id", "name", "resultType"},
    "Result": set(),
    "Image": {"id"},
    "IdentifierEntry": {"identifier", "identifierType"},
}
ONE_TYPE = {"Image", "IdentifierEntry"}
"""Their type is a text; that of all others a list."""


@pytest.fixture
def issuer(now: datetime) -> TestIssuer:
    return TestIssuer(now)


def test_elements_are_read_and_come_back_as_they_were() -> None:
    elements = described()
    assert elements.is_european
    assert elements.country == "IE"
    assert elements.workload_hours == Decimal(50)
    assert elements.levels == (Level("EQF", "6"), Level("NFQ", "8"))
    assert elements.version == "2026.1"
    assert elements_of(to_data(elements)) == elements
    assert to_data(Elements()) == {}


def test_an_achievement_says_it_otherwise_than_the_defaults() -> None:
    text = FULL.replace("    region: Dublin\n", "    country: fi\n    languages: null\n")
    assert described(text).country == "FI"
    assert described(text).languages == ()


@pytest.mark.parametrize(
    ("wrong", "instead", "reason"),
    [
        ("    levels:", "    levles:", "Did you mean 'levels'?"),
        ("project work", "project wrok", "Did you mean 'project work'?"),
        ("participation: blended", "participation: [online]", "online, onsite, blended"),
        ("{framework: EQF, level: 6}", "{framework: EQF, level: 9}", "1 to 8"),
        ("{framework: EQF, level: 6}", "{framework: EQF}", "'level' is missing"),
        ("country: IE", "country: Ireland", "two letters"),
        ("country: IE", "country: ZZ", "two letters"),
        ("workload_hours: 50", "workload_hours: 0", "more than 0"),
        ("workload_hours: 50", "workload_hours: 1e9", "between"),
        ("european: true", "european: maybe", "true or false"),
        ("https://harbour.example/qa", "javascript:alert(1)", "web address"),
        ("[en, ga]", "[english language]", "a language such as"),
        ("[data]", "[data, data]", "twice"),
        ("[data]", '["\\a"]', "control character"),
        ("quoin-achievements: 1", "quoin-achievements: 2", "begins with"),
        ("  data-basics:", "  Data Basics:", "lower-case"),
        ("    region: Dublin", f"    region: {'x' * 301}", "more than 300 characters"),
        ("    region: Dublin", "    achievement_type: Microcredential", "'MicroCredential'"),
    ],
)
def test_what_is_wrong_is_refused_at_its_place(wrong: str, instead: str, reason: str) -> None:
    line = FULL[: FULL.index(wrong)].count("\n") + 1
    with pytest.raises(StackTextError) as refused:
        read_descriptions(FULL.replace(wrong, instead, 1))
    assert refused.value.line == line
    assert reason in refused.value.message


def test_nothing_mandatory_is_missing_where_all_is_said() -> None:
    assert missing(described(), credit_amount=Decimal(2)) == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"learning_outcomes": ()}, "learning_outcomes"),
        ({"levels": ()}, "levels"),
        ({"participation": ""}, "participation"),
        ({"quality_assurance": None}, "quality_assurance"),
        ({"country": "", "region": ""}, "country"),
        ({"assessment": Elements().assessment}, "assessment"),
        ({"workload_hours": None, "credit_kind": ""}, "workload"),
    ],
)
def test_each_mandatory_element_is_missed(change: dict[str, Any], code: str) -> None:
    (found,) = missing(replace(described(), **change), credit_amount=Decimal(2))
    assert found.code == code


def test_credits_of_a_known_kind_are_a_workload_and_others_are_not() -> None:
    told = replace(described(), workload_hours=None)
    assert missing(told, credit_amount=Decimal(2)) == ()
    assert [m.code for m in missing(told, credit_amount=Decimal(0))] == ["workload"]


def test_the_summary_has_the_sixteen_elements_in_their_order() -> None:
    rows = european_summary(
        described(),
        name="Data basics",
        issuer_name="Harbour University",
        credit_amount=Decimal("2.50"),
        awarded_on=date(2026, 6, 1),
        grade="83",
    )
    assert [label for label, _ in rows] == LABELS
    told = dict(rows)
    assert told["Notional workload"] == "50 hours, 2.5 ECTS credits"
    assert told["Country or region of the issuer"] == "Dublin, Ireland"
    assert told["Level"].startswith("EQF level 6")
    assert told["Grade achieved"] == "83"
    assert told["Date of issuing"] == "1 June 2026"


def test_the_summary_says_what_is_not_stated_and_leaves_out_what_is_optional() -> None:
    rows = european_summary(
        None, name="N", issuer_name="I", credit_amount=Decimal(3), awarded_on=date(2026, 6, 1)
    )
    assert [label for label, _ in rows] == LABELS[:11]
    assert dict(rows)["Notional workload"] == "Not stated"
    bare = european_summary(None, name="N", issuer_name="I", credit_amount=Decimal(3))
    assert {"Learner", "Date of issuing"}.isdisjoint(dict(bare))


def test_the_summary_of_a_credential_says_what_it_says(issuer: TestIssuer) -> None:
    credential = issuer.issue(elements=described(), result="83.5")
    told = dict(summary_of_credential(credential, described(), learner="Amara"))
    assert list(told) == LABELS
    assert told["Learner"] == "Amara"
    assert told["Awarding body"] == "Harbour University"
    assert told["Notional workload"] == "50 hours, 7.5 ECTS credits"
    assert (told["Date of issuing"], told["Grade achieved"]) == ("1 June 2026", "83.5")
    bare = dict(summary_of_credential(issuer.issue(), None))
    assert list(bare) == LABELS[:11]


def test_every_element_has_its_place_in_the_credential(issuer: TestIssuer) -> None:
    credential = issuer.issue(elements=described(), image="ab" * 32)
    achievement = credential["credentialSubject"]["achievement"]
    assert credential["issuer"]["address"] == {
        "type": ["Address"],
        "addressCountry": "Ireland",
        "addressCountryCode": "IE",
        "addressRegion": "Dublin",
    }
    by_type = {a["targetType"]: a for a in achievement["alignment"]}
    assert by_type["ext:EQF"]["targetUrl"] == "http://data.europa.eu/snb/eqf/6"
    assert by_type["ext:EQF"]["targetCode"] == "6"
    assert by_type["ext:NFQ"]["targetUrl"].endswith(f"{achievement['id'][9:]}#level")
    assert by_type["ext:QualityAssurance"]["targetUrl"] == "https://harbour.example/qa"
    outcomes = [d["name"] for d in achievement["resultDescription"]]
    assert outcomes == ["Asks a database exact questions", "Draws charts that are honest"]
    assert achievement["tag"] == ["data", "blended", "stackable"]
    assert (achievement["inLanguage"], achievement["humanCode"]) == ("en", "DATA-101")
    assert (achievement["fieldOfStudy"], achievement["version"]) == ("0612", "2026.1")
    assert achievement["image"]["type"] == "Image"
    assert achievement["image"]["id"].endswith("/image?v=" + "ab" * 32)
    for words in (
        "Three graded tasks",
        "Notional workload: 50 hours, 7.5 ECTS credits",
        "Two tasks and a project",
        "blended",
        "Irish",
        "Prerequisites: None.",
        "Supervised onsite with identity verification",
        "Counts towards Data practice",
        "See the catalogue",
        "Awarded by rule: version 3",
    ):
        assert words in achievement["criteria"]["narrative"], words
    assert "/rules/" in achievement["criteria"]["id"]


def test_every_object_has_what_open_badges_requires(issuer: TestIssuer) -> None:
    seen = set()

    def walk(node: Any) -> None:
        for child in node.values() if isinstance(node, dict) else node:
            if isinstance(child, dict | list):
                walk(child)
        if isinstance(node, dict) and "type" in node:
            kind = node["type"]
            name = kind if isinstance(kind, str) else kind[0]
            if name in REQUIRED:
                seen.add(name)
                assert isinstance(kind, str) == (name in ONE_TYPE), node
                assert REQUIRED[name] <= set(node), node
        assert not {None, ""} & {v for v in _values(node) if isinstance(v, str | None)}, node

    walk(issuer.issue(elements=described(), image="ab" * 32, result="83"))
    assert seen == set(REQUIRED)


def _values(node: Any) -> list[Any]:
    return list(node.values()) if isinstance(node, dict) else list(node)


def test_what_nobody_said_is_not_in_the_credential(issuer: TestIssuer) -> None:
    achievement = issuer.issue()["credentialSubject"]["achievement"]
    assert set(achievement) == {
        "id",
        "type",
        "achievementType",
        "name",
        "description",
        "criteria",
        "creditsAvailable",
    }
    bare = issuer.issue(elements=Elements())["credentialSubject"]["achievement"]
    assert set(bare) == {*achievement, "otherIdentifier"}


def test_a_grade_is_shown_only_where_both_want_it(issuer: TestIssuer) -> None:
    with_grade, without = described(), replace(described(), grade=None)
    for elements, result in ((with_grade, None), (without, "83.25"), (None, "83.25")):
        subject = issuer.issue(elements=elements, result=result)["credentialSubject"]
        assert "result" not in subject
        assert "83.25" not in str(subject)
    subject = issuer.issue(elements=with_grade, result="83")["credentialSubject"]
    (result,) = subject["result"]
    assert (result["type"], result["value"]) == (["Result"], "83")
    description = subject["achievement"]["resultDescription"][-1]
    assert description["id"] == result["resultDescription"]
    assert (description["resultType"], description["valueMin"], description["valueMax"]) == (
        "Percent",
        "0",
        "100",
    )


def test_alignments_are_written_in_the_terms_of_open_badges(issuer: TestIssuer) -> None:
    alignment = Alignment(
        target_name="Data literacy",
        target_url="https://case.example/items/1",
        target_type="CFItem",
        target_code="D.1",
        target_framework="Data skills",
    )
    (found,) = issuer.issue(alignments=[alignment])["credentialSubject"]["achievement"]["alignment"]
    assert found == {
        "type": ["Alignment"],
        "targetName": "Data literacy",
        "targetUrl": "https://case.example/items/1",
        "targetType": "CFItem",
        "targetCode": "D.1",
        "targetFramework": "Data skills",
    }


def test_the_lint_doubts_hours_that_do_not_fit_their_credits() -> None:
    assert lint_elements(described(), credit_amount=Decimal(2)) == []
    (found,) = lint_elements(described(), credit_amount=Decimal(20))
    assert (found.severity, found.code) == ("warning", "workload-unlikely")


def test_what_is_missing_is_an_error_only_where_it_is_to_be_european() -> None:
    bare = lint_elements(Elements(), credit_amount=Decimal(0))
    assert {f.severity for f in bare} == {"warning"}
    found = lint_elements(Elements(is_european=True), credit_amount=Decimal(0))
    errors = [f.code for f in found if f.severity == "error"]
    assert len(errors) == 7
    assert "missing-quality-assurance" in errors


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (
            "de",
            {
                "Date of issuing": "1. Juni 2026",
                "Country or region of the issuer": "Dublin, Irland",
                "Notional workload": "50 Stunden, 2,5 ECTS-Leistungspunkte",
            },
        ),
        (
            "es",
            {
                "Date of issuing": "1 de junio de 2026",
                "Country or region of the issuer": "Dublin, Irlanda",
                "Notional workload": "50 horas, 2,5 créditos ECTS",
            },
        ),
    ],
)
def test_the_summary_is_said_in_the_language_of_its_reader(code: str, told: dict[str, str]) -> None:
    with speaking(code):
        rows = dict(
            european_summary(
                described(),
                name="Data basics",
                issuer_name="Harbour University",
                credit_amount=Decimal("2.50"),
                awarded_on=date(2026, 6, 1),
            )
        )
    assert list(rows)[: len(LABELS)] == LABELS
    assert {label: rows[label] for label in told} == told


def test_what_is_signed_stays_english(issuer: TestIssuer) -> None:
    english = issuer.issue(elements=described(), result="83.5")
    with speaking("ar"):
        again = issuer.issue(elements=described(), result="83.5")
    before, after = (one["credentialSubject"]["achievement"] for one in (english, again))
    assert before["criteria"]["narrative"] == after["criteria"]["narrative"]
    assert "50 hours, 7.5 ECTS credits" in after["criteria"]["narrative"]
    names = [[one["targetName"] for one in said["alignment"]] for said in (before, after)]
    assert names[0] == names[1]


def test_every_term_has_words_and_every_word_a_term() -> None:
    assert set(element_words.KINDS) == set(ACHIEVEMENT_TYPES)
    assert set(element_words.ASSESSED) == set(ASSESSMENT_TYPES)
    assert set(element_words.PARTICIPATING) == set(PARTICIPATION)
    assert set(element_words.QUALITY) == set(QUALITY_ASSURANCE)
    assert dict(element_words.SUPERVISED) == SUPERVISION
    assert dict(element_words.STACKING) == STACKABILITY
    assert set(element_words.GRADED) == set(GRADE_TYPES)
