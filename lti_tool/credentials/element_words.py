"""The terms of the elements of an achievement in words, in the language spoken now."""

from __future__ import annotations

from lti_tool.translating import Words

KINDS = Words(
    {
        "Achievement": "Achievement",
        "ApprenticeshipCertificate": "Apprenticeship certificate",
        "Assessment": "Assessment",
        "Assignment": "Assignment",
        "AssociateDegree": "Associate degree",
        "Award": "Award",
        "Badge": "Badge",
        "BachelorDegree": "Bachelor degree",
        "Certificate": "Certificate",
        "CertificateOfCompletion": "Certificate of completion",
        "Certification": "Certification",
        "CommunityService": "Community service",
        "Competency": "Competency",
        "Course": "Course",
        "CoCurricular": "Co-curricular activity",
        "Degree": "Degree",
        "Diploma": "Diploma",
        "DoctoralDegree": "Doctoral degree",
        "Fieldwork": "Fieldwork",
        "GeneralEducationDevelopment": "General education development",
        "JourneymanCertificate": "Journeyman certificate",
        "LearningProgram": "Learning programme",
        "License": "Licence",
        "Membership": "Membership",
        "ProfessionalDoctorate": "Professional doctorate",
        "QualityAssuranceCredential": "Credential of quality assurance",
        "MasterCertificate": "Master craftsperson certificate",
        "MasterDegree": "Master degree",
        "MicroCredential": "Micro-credential",
        "ResearchDoctorate": "Research doctorate",
        "SecondarySchoolDiploma": "Secondary school diploma",
    }
)
ASSESSED = Words(
    {
        "written examination": "written examination",
        "oral examination": "oral examination",
        "marked assignment": "marked assignment",
        "continuous evaluation": "continuous evaluation",
        "portfolio": "portfolio",
        "practical assessment": "practical assessment",
        "project work": "project work",
        "presentation": "presentation",
        "quiz": "quiz",
        "artefact assessment": "artefact assessment",
        "problem based learning": "problem based learning",
        "group performance": "group performance",
        "peer assessment": "peer assessment",
        "peer review": "peer review",
        "self-assessment": "self-assessment",
        "guided self-assessment": "guided self-assessment",
        "level of attendance": "level of attendance",
    }
)
PARTICIPATING = Words(
    {
        "online": "online",
        "onsite": "onsite",
        "blended": "blended",
        "hybrid": "hybrid",
        "work-based": "work-based",
        "project-based": "project-based",
        "research-lab": "research-lab",
    }
)
QUALITY = Words(
    {
        "internal": "internal",
        "external": "external",
        "programme accreditation": "programme accreditation",
        "institutional accreditation": "institutional accreditation",
        "programme evaluation": "programme evaluation",
        "institutional evaluation": "institutional evaluation",
    }
)
SUPERVISED = Words(
    {
        "unsupervised": "Unsupervised with no identity verification",
        "supervised": "Supervised with no identity verification",
        "supervised-online-identified": "Supervised online with identity verification",
        "supervised-onsite-identified": "Supervised onsite with identity verification",
    }
)
STACKING = Words(
    {
        "standalone": "Stand-alone, independent micro-credential",
        "stackable": "Integrated, stackable towards another credential",
    }
)
GRADED = Words(
    {
        "percent": "Percentage",
        "points": "Points",
        "letter": "Letter",
        "gpa": "Grade point average",
        "text": "Text",
    }
)


def sentence_case(words: str) -> str:
    """Return words that begin with a capital; all others stay as their language writes them."""
    return words[:1].upper() + words[1:]


def choices(words: Words[str, str]) -> list[tuple[str, str]]:
    """Return (code, words) of each, as a form offers them."""
    return [(code, sentence_case(words[code])) for code in words]
