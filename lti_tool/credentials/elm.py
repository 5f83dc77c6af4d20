"""A credential in the terms of the European Learning Model 3 (European Digital Credentials).

It is made of the credential as it was issued and of the elements that held then, so that both
say the same. It is not signed: a European Digital Credential is sealed with the institution's own
qualified certificate, in the tools of Europass.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from lti_tool.credentials import elm_codes as codes
from lti_tool.credentials.elements import ECTS, EQF, SUPERVISION, Elements
from lti_tool.credentials.european import (
    amount_text,
    assessment_text,
    level_text,
    quality_text,
)
from lti_tool.credentials.pictures import ENDINGS, Picture
from lti_tool.credentials.texts import clean
from lti_tool.translating import ENGLISH, speaking

CONTEXTS = (
    "https://www.w3.org/2018/credentials/v1",
    "http://data.europa.eu/snb/model/context/edc-ap",
)
SCHEMA = {"id": "http://data.europa.eu/snb/model/ap/edc-generic-full", "type": "ShaclValidator2017"}
ESCO = "http://data.europa.eu/esco/"
ESCO_SKILLS = "http://data.europa.eu/esco/concept-scheme/skills"

Data = dict[str, Any]


@speaking(ENGLISH)
def build_elm(credential: Data, elements: Elements | None, picture: Picture | None = None) -> Data:
    """Return a European Digital Credential (ELM 3, JSON-LD) of an issued credential.

    ``elements`` are those that the achievement had when it was issued, ``picture`` is the one
    that the credential names.
    """
    document: Data = clean(_Writer(credential, elements or Elements(), picture).document())
    return document


class _Writer:
    """What the parts of one document share: the credential, its achievement, the language."""

    def __init__(self, credential: Data, elements: Elements, picture: Picture | None) -> None:
        self.credential, self.told, self.picture = credential, elements, picture
        self.subject: Data = credential["credentialSubject"]
        self.achievement: Data = self.subject["achievement"]
        self.uuid = credential["id"].rpartition("/")[2]
        issuer = credential["issuer"]["url"]
        achievement = self.achievement["id"].removeprefix("urn:uuid:")
        self.page = f"{issuer}/achievements/{achievement}"
        first = elements.languages[0] if elements.languages else "en"
        self.tag = first.partition("-")[0].lower()

    def text(self, words: str) -> Data:
        """Return words in the language of the description; {} for none."""
        return {self.tag: words} if words else {}

    def note(self, part: str, words: str) -> Data:
        """Return words as a note; {} for none."""
        if not words:
            return {}
        return {"id": self.name("note", part), "type": "Note", "noteLiteral": self.text(words)}

    def name(self, kind: str, part: str | int = 1) -> str:
        """Return a name of a part that no other credential has."""
        return f"urn:epass:{kind}:{self.uuid}:{part}"

    def document(self) -> Data:
        title = self.text(self.credential["name"])
        issued = self.credential["validFrom"]
        return {
            "@context": list(CONTEXTS),
            "id": f"urn:credential:{self.uuid}",
            "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
            "credentialProfiles": [codes.listed("credential", codes.GENERIC, "Generic")],
            "credentialSchema": [SCHEMA],
            "displayParameter": {
                "id": self.name("displayParameter"),
                "type": "DisplayParameter",
                "title": title,
                "description": self.text(self.achievement["description"]),
                "language": self.languages() or [codes.language("en", self.page)],
                "primaryLanguage": codes.language(self.tag, self.page),
                "individualDisplay": self.display(),
            },
            "issuer": self.issuer(),
            "issuanceDate": issued,
            "issued": issued,
            "validFrom": issued,
            "credentialSubject": {
                "id": self.subject["id"],
                "type": "Person",
                "hasClaim": [self.claim()],
            },
        }

    def display(self) -> list[Data]:
        """Return what is shown of it: its picture."""
        if self.picture is None:
            return []
        image = {
            "id": self.name("mediaObject"),
            "type": "MediaObject",
            "content": b64encode(self.picture.content).decode(),
            "contentEncoding": codes.listed("encoding", codes.BASE64, "base64"),
            "contentType": codes.file_type(ENDINGS[self.picture.media_type].upper()),
        }
        detail = {"id": self.name("displayDetail"), "type": "DisplayDetail", "page": 1}
        return [
            {
                "id": self.name("individualDisplay"),
                "type": "IndividualDisplay",
                "language": codes.language(self.tag, self.page),
                "displayDetail": [{**detail, "image": image}],
            }
        ]

    def issuer(self) -> Data:
        """Return the awarding body: legal name, place, address on the web."""
        told, place = self.credential["issuer"], self.told
        address = {
            "id": self.name("address"),
            "type": "Address",
            "countryCode": codes.country(place.country) if place.country else {},
        }
        location = {
            "id": self.name("location"),
            "type": "Location",
            "address": [address] if place.country else [],
            "description": self.text(place.region),
        }
        return {
            "id": told["id"],
            "type": "Organisation",
            "legalName": self.text(told["name"]),
            "location": [location] if place.country or place.region else [],
            "homepage": [
                {"id": self.name("webResource"), "type": "WebResource", "contentURL": told["url"]}
            ],
        }

    def claim(self) -> Data:
        """Return the achievement of the learner."""
        return {
            "id": self.name("learningAchievement"),
            "type": "LearningAchievement",
            "title": self.text(self.credential["name"]),
            "description": self.text(self.achievement["description"]),
            "awardedBy": self.awarded(),
            "specifiedBy": self.qualification(),
            "creditReceived": self.credit_points("earned", self.subject.get("creditsEarned")),
            "provenBy": self.assessments(),
            "influencedBy": self.activities(),
        }

    def awarded(self) -> Data:
        return {
            "id": self.name("awardingProcess"),
            "type": "AwardingProcess",
            "awardingBody": [self.issuer()],
            "awardingDate": self.credential["awardedDate"],
        }

    def qualification(self) -> Data:
        """Return what is achieved, whoever achieves it."""
        told = self.told
        eqf = [level for level in told.levels if level.framework == EQF]
        others = [level for level in told.levels if level.framework != EQF]
        stack = told.stackability
        return {
            "id": self.achievement["id"],
            "type": "Qualification",
            "title": self.text(self.credential["name"]),
            "description": self.text(self.achievement["description"]),
            "eqfLevel": codes.eqf_level(eqf[0].level) if eqf else {},
            "nqfLevel": [
                codes.own(self.page, f"level-{place}", level_text(level))
                for place, level in enumerate(others, 1)
            ],
            "thematicArea": self.field(),
            "volumeOfLearning": self.duration(),
            "creditPoint": self.credit_points(
                "available", self.achievement.get("creditsAvailable")
            ),
            "entryRequirement": self.note("entry", told.prerequisites),
            "learningOutcome": list(self.outcomes()),
            "language": self.languages(),
            "mode": self.modes(),
            "isPartialQualification": stack.option == "stackable" if stack else None,
            "accreditation": self.quality(),
            "additionalNote": [
                note
                for note in (
                    self.note("criteria", told.criteria),
                    self.note("stacking", stack.description if stack else ""),
                    self.note("further", told.further_information),
                )
                if note
            ],
            "homepage": [
                {
                    "id": self.name("webResource", "page"),
                    "type": "WebResource",
                    "contentURL": self.page,
                }
            ],
        }

    def field(self) -> list[Data]:
        """Return the field of study, if it begins with its code of ISCED-F."""
        code, _, label = self.told.field_of_study.partition(" ")
        if not (code.isascii() and code.isdigit() and 2 <= len(code) <= 4):
            return []
        return [codes.listed("isced-f", code, label.strip() or code)]

    def outcomes(self) -> Iterable[Data]:
        """Yield the learning outcomes; the skills of ESCO stand with the first one."""
        skills = [
            codes.concept(a["targetUrl"], ESCO_SKILLS, a["targetName"])
            for a in self.achievement.get("alignment", [])
            if a["targetUrl"].startswith(ESCO)
        ]
        titles = self.told.learning_outcomes or ((self.credential["name"],) if skills else ())
        for place, title in enumerate(titles, 1):
            yield {
                "id": self.name("learningOutcome", place),
                "type": "LearningOutcome",
                "title": self.text(title),
                # ESCO's skills belong to the achievement as a whole; ELM hangs them on outcomes.
                "relatedESCOSkill": skills if place == 1 else [],
            }

    def assessments(self) -> list[Data]:
        """Return how it was proven."""
        words = assessment_text(self.told.assessment)
        grade = next((r["value"] for r in self.subject.get("result", [])), "")
        if not (words or grade or self.told.supervision):
            return []
        return [
            {
                "id": self.name("learningAssessment"),
                "type": "LearningAssessment",
                "title": self.text(words or self.credential["name"]),
                "awardedBy": self.awarded(),
                "grade": self.note("grade", grade),
                "idVerification": self.supervision(),
                "specifiedBy": {
                    "id": self.name("learningAssessmentSpec"),
                    "type": "LearningAssessmentSpecification",
                    "title": self.text(words or self.credential["name"]),
                    "dcType": [
                        codes.listed("assessment", codes.ASSESSMENTS[name], name)
                        for name in self.told.assessment.types
                    ],
                    "language": self.languages(),
                },
            }
        ]

    def supervision(self) -> Data:
        option = self.told.supervision
        if not option:
            return {}
        label = SUPERVISION[option]
        if option in codes.SUPERVISIONS:
            return codes.listed("supervision-verification", codes.SUPERVISIONS[option], label)
        return codes.own(self.page, f"supervision-{option}", label)

    def activities(self) -> list[Data]:
        """Return how the learner took part."""
        if not (self.told.participation or self.told.workload_hours):
            return []
        return [
            {
                "id": self.name("learningActivity"),
                "type": "LearningActivity",
                "title": self.text(self.credential["name"]),
                "awardedBy": self.awarded(),
                "specifiedBy": {
                    "id": self.name("learningActivitySpec"),
                    "type": "LearningActivitySpecification",
                    "title": self.text(self.credential["name"]),
                    "volumeOfLearning": self.duration(),
                    "mode": self.modes(),
                    "language": self.languages(),
                },
            }
        ]

    def quality(self) -> list[Data]:
        """Return the quality assurance as an accreditation."""
        quality = self.told.quality_assurance
        if quality is None:
            return []
        body = quality.body or self.credential["issuer"]["name"]
        return [
            {
                "id": self.name("accreditation"),
                "type": "Accreditation",
                "title": self.text(quality_text(quality)),
                "dcType": codes.own(self.page, "quality", quality.type),
                "accreditingAgent": {
                    "id": self.name("organisation", "quality"),
                    "type": "Organisation",
                    "legalName": self.text(body),
                },
                "homepage": [
                    {
                        "id": self.name("webResource", "quality"),
                        "type": "WebResource",
                        "contentURL": quality.url,
                    }
                ]
                if quality.url
                else [],
            }
        ]

    def credit_points(self, part: str, amount: float | None) -> list[Data]:
        """Return credits of a kind that is known; those of an unknown one say nothing elsewhere."""
        kind = self.told.credit_kind
        if amount is None or not kind:
            return []
        framework = (
            codes.listed("education-credit", codes.ECTS_CODE, "European Credit Transfer System")
            if kind == ECTS
            else codes.own(self.page, "credits", kind)
        )
        return [
            {
                "id": self.name("creditPoint", part),
                "type": "CreditPoint",
                "framework": framework,
                "point": amount_text(Decimal(str(amount))),
            }
        ]

    def languages(self) -> list[Data]:
        return [codes.language(tag, self.page) for tag in self.told.languages]

    def modes(self) -> list[Data]:
        if not self.told.participation:
            return []
        code, label = codes.MODES[self.told.participation]
        return [codes.listed("learning-assessment", code, label)]

    def duration(self) -> str:
        """Return the workload as a duration (ISO 8601): whole hours, and minutes of the rest."""
        hours = self.told.workload_hours
        if not hours:
            return ""
        minutes = int(hours * 60 % 60)
        return f"PT{int(hours)}H" + (f"{minutes}M" if minutes else "")
