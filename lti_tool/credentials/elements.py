"""What an achievement says of itself beside its name: the European standard elements and more.

The elements are those of Annex I of the Council Recommendation of 16 June 2022 on a European
approach to micro-credentials (2022/C 243/02). Pure data; ``element_text`` reads them,
``european`` says what is missing, ``described`` and ``elm`` write them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from lti_tool.translating import marked

ACHIEVEMENT_TYPES = (
    "Achievement",
    "ApprenticeshipCertificate",
    "Assessment",
    "Assignment",
    "AssociateDegree",
    "Award",
    "Badge",
    "BachelorDegree",
    "Certificate",
    "CertificateOfCompletion",
    "Certification",
    "CommunityService",
    "Competency",
    "Course",
    "CoCurricular",
    "Degree",
    "Diploma",
    "DoctoralDegree",
    "Fieldwork",
    "GeneralEducationDevelopment",
    "JourneymanCertificate",
    "LearningProgram",
    "License",
    "Membership",
    "ProfessionalDoctorate",
    "QualityAssuranceCredential",
    "MasterCertificate",
    "MasterDegree",
    "MicroCredential",
    "ResearchDoctorate",
    "SecondarySchoolDiploma",
)
"""The vocabulary of Open Badges 3.0; anything else is written ``ext:...``."""

ASSESSMENT_TYPES = (
    "written examination",
    "oral examination",
    "marked assignment",
    "continuous evaluation",
    "portfolio",
    "practical assessment",
    "project work",
    "presentation",
    "quiz",
    "artefact assessment",
    "problem based learning",
    "group performance",
    "peer assessment",
    "peer review",
    "self-assessment",
    "guided self-assessment",
    "level of attendance",
)
"""The assessment types of the European Learning Model."""

PARTICIPATION = (
    "online",
    "onsite",
    "blended",
    "hybrid",
    "work-based",
    "project-based",
    "research-lab",
)
"""The modes of learning of the European Learning Model; *onsite* is its *presential*."""

QUALITY_ASSURANCE = (
    "internal",
    "external",
    "programme accreditation",
    "institutional accreditation",
    "programme evaluation",
    "institutional evaluation",
)

SUPERVISION = {
    "unsupervised": "Unsupervised with no identity verification",
    "supervised": "Supervised with no identity verification",
    "supervised-online-identified": "Supervised online with identity verification",
    "supervised-onsite-identified": "Supervised onsite with identity verification",
}
"""The four options that the Recommendation gives."""

STACKABILITY = {
    "standalone": "Stand-alone, independent micro-credential",
    "stackable": "Integrated, stackable towards another credential",
}

GRADE_TYPES = {
    "percent": "Percent",
    "points": "RawScore",
    "letter": "LetterGrade",
    "gpa": "GradePointAverage",
    "text": "Result",
}
"""How a grade is given, and the ``resultType`` of Open Badges for it."""

ECTS = "ECTS"
EQF = "EQF"
EQF_NAME = marked("European Qualifications Framework")
EQF_ADDRESS = "http://data.europa.eu/snb/eqf/"


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a framework of qualifications, "6" of "EQF"; ``url`` describes it."""

    framework: str
    level: str
    url: str = ""

    @property
    def address(self) -> str:
        """Where the level is described, "" where nobody said."""
        return EQF_ADDRESS + self.level if self.framework == EQF else self.url


@dataclass(frozen=True, slots=True)
class Assessment:
    """How it was found out what somebody can do."""

    types: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class QualityAssurance:
    """The type of quality assurance that stands behind it, by whom, and where that is told."""

    type: str
    body: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Stackability:
    """Whether it is meant to be a part of something larger, and of what."""

    option: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade that may be shown in a credential, if the learner wants it to be."""

    type: str = "percent"
    description: str = ""
    low: str = ""
    high: str = ""


@dataclass(frozen=True, slots=True)
class Elements:
    """Everything that can be said of an achievement; what is empty was not said.

    ``is_european``: it is meant as a micro-credential of the European approach, so its mandatory
    elements have to be there. ``workload_hours`` are hours of work of 60 minutes;
    ``credit_kind`` names what the credits of the achievement are ("ECTS").
    ``country`` is ISO 3166-1 alpha-2; ``languages`` are BCP 47 tags, the first is the one of
    the texts.
    """

    is_european: bool = False
    achievement_type: str = "MicroCredential"
    criteria: str = ""
    learning_outcomes: tuple[str, ...] = ()
    workload_hours: Decimal | None = None
    credit_kind: str = ""
    levels: tuple[Level, ...] = ()
    assessment: Assessment = Assessment()
    participation: str = ""
    quality_assurance: QualityAssurance | None = None
    country: str = ""
    region: str = ""
    languages: tuple[str, ...] = ()
    prerequisites: str = ""
    supervision: str = ""
    grade: Grade | None = None
    stackability: Stackability | None = None
    further_information: str = ""
    tags: tuple[str, ...] = ()
    human_code: str = ""
    field_of_study: str = ""
    version: str = ""
