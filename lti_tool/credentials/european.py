"""The sixteen European standard elements of a micro-credential: which are missing, what they say.

Source: Council Recommendation of 16 June 2022 (2022/C 243/02), Annex I: eleven mandatory elements
and five optional ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lti_tool.credentials.countries import language_name
from lti_tool.credentials.element_words import (
    ASSESSED,
    PARTICIPATING,
    QUALITY,
    STACKING,
    SUPERVISED,
    sentence_case,
)
from lti_tool.credentials.elements import (
    ECTS,
    EQF,
    EQF_NAME,
    Assessment,
    Elements,
    Level,
    QualityAssurance,
)
from lti_tool.translating import _, country_called, day, marked, ngettext, number

NOT_STATED = marked("Not stated")
IDENTIFIED = marked("By an identifier of the institution; no name stands in the credential")


@dataclass(frozen=True, slots=True)
class Missing:
    """A mandatory element that is not there; ``sentence`` says what to write."""

    code: str
    label: str
    sentence: str


_MANDATORY = marked(
    {
        "country": (
            "Country or region of the issuer",
            "Give the country of the issuer, as in FI.",
        ),
        "learning_outcomes": (
            "Learning outcomes",
            "Say what somebody knows and can do who has it: a list of learning_outcomes.",
        ),
        "workload": (
            "Notional workload",
            "Say how much work it is: workload_hours, or credits of a known kind (credit_kind).",
        ),
        "levels": ("Level", "Give at least one level, as in {framework: EQF, level: 6}."),
        "assessment": ("Type of assessment", "Give the types of the assessment."),
        "participation": (
            "Form of participation in the learning activity",
            "Say how somebody takes part: online, onsite, blended and so on.",
        ),
        "quality_assurance": (
            "Type of quality assurance",
            "Say which type of quality assurance stands behind it.",
        ),
    }
)
"""Those that somebody has to state. The other four (the learner, the title, the awarding body and
the date of issuing) are in every credential."""


def missing(elements: Elements, *, credit_amount: Decimal) -> tuple[Missing, ...]:
    """Return the mandatory elements that are not stated.

    ``credit_amount`` are the credits of the achievement, of the kind that it says.
    """
    stated = {
        "country": elements.country or elements.region,
        "learning_outcomes": elements.learning_outcomes,
        "workload": workload_text(elements, credit_amount),
        "levels": elements.levels,
        "assessment": elements.assessment.types or elements.assessment.description,
        "participation": elements.participation,
        "quality_assurance": elements.quality_assurance,
    }
    return tuple(Missing(code, *words) for code, words in _MANDATORY.items() if not stated[code])


def european_summary(
    elements: Elements | None,
    *,
    name: str,
    issuer_name: str,
    credit_amount: Decimal,
    awarded_on: date | None = None,
    learner: str = "",
    grade: str = "",
) -> list[tuple[str, str]]:
    """Return (label, value) of the elements in the order of the Recommendation.

    The eleven mandatory ones are always there, "Not stated" where nobody said anything; of the
    five optional ones those that are stated. Without ``awarded_on`` it is the summary of an
    achievement rather than of an award: then learner and day are left out. Values are plain text
    in several lines, to be escaped by whoever shows them; labels are said when they are shown.
    """
    told = elements or Elements()
    mandatory = [
        (marked("Learner"), (learner or _(IDENTIFIED)) if awarded_on else None),
        (marked("Title of the micro-credential"), name),
        (marked("Country or region of the issuer"), _place(told)),
        (marked("Awarding body"), issuer_name),
        (marked("Date of issuing"), day(awarded_on) if awarded_on else None),
        (marked("Learning outcomes"), _lines(told.learning_outcomes)),
        (marked("Notional workload"), workload_text(told, credit_amount)),
        (marked("Level"), _lines([level_text(level) for level in told.levels])),
        (marked("Type of assessment"), assessment_text(told.assessment)),
        (marked("Form of participation"), sentence_case(PARTICIPATING.get(told.participation, ""))),
        (marked("Type of quality assurance"), quality_text(told.quality_assurance)),
    ]
    rows = [(label, value or NOT_STATED) for label, value in mandatory if value is not None]
    return rows + [(label, value) for label, value in _optional(told, grade) if value]


def summary_of_credential(
    credential: dict[str, Any], elements: Elements | None, *, learner: str = ""
) -> list[tuple[str, str]]:
    """Return the summary of a credential of ours as it was issued (see ``european_summary``).

    ``elements`` are those that held then (``issuing.elements.read_elements`` with ``as_of``).
    """
    subject = credential["credentialSubject"]
    return european_summary(
        elements,
        name=credential["name"],
        issuer_name=credential["issuer"]["name"],
        credit_amount=Decimal(str(subject.get("creditsEarned", 0))),
        awarded_on=date.fromisoformat(credential["awardedDate"][:10]),
        learner=learner,
        grade=next((str(result["value"]) for result in subject.get("result", [])), ""),
    )


def _optional(told: Elements, grade: str) -> list[tuple[str, str]]:
    stack = told.stackability
    stacking = f"{STACKING[stack.option]}. {stack.description}".strip() if stack else ""
    shown = grade or (_("Shown where the learner wants it") if told.grade else "")
    return [
        (marked("Prerequisites"), told.prerequisites),
        (marked("Supervision and identity verification"), SUPERVISED.get(told.supervision, "")),
        (marked("Grade achieved"), shown),
        (marked("Integration and stackability"), stacking),
        (marked("Further information"), told.further_information),
    ]


def level_text(level: Level) -> str:
    """Return a level in words."""
    if level.framework == EQF:
        return _("EQF level {level} ({framework})", level=level.level, framework=_(EQF_NAME))
    return framework_level(level.framework, level.level)


def framework_level(framework: str, level: str) -> str:
    """Return a level of a framework as a credential calls it."""
    return _("{framework}, level {level}", framework=_(framework), level=level)


def assessment_text(assessment: Assessment) -> str:
    """Return how it is assessed, in words; "" when nothing is said."""
    types = sentence_case(", ".join(ASSESSED[one] for one in assessment.types))
    return ". ".join(part for part in (types, assessment.description) if part)


def quality_text(quality: QualityAssurance | None) -> str:
    """Return the quality assurance in words; "" when nothing is said."""
    if quality is None:
        return ""
    kind = sentence_case(QUALITY.get(quality.type, quality.type))
    return _("{kind}, {body}", kind=kind, body=quality.body) if quality.body else kind


def amount_text(amount: Decimal) -> str:
    """Return an exact number without superfluous zeros."""
    return format(amount.normalize() if amount else Decimal(0), "f")


def workload_text(told: Elements, credit_amount: Decimal) -> str:
    """Return hours, and credits of a kind that is known, in words; "" when neither is said."""
    parts = []
    if told.workload_hours:
        parts.append(ngettext("{n} hour", "{n} hours", told.workload_hours))
    if told.credit_kind == ECTS and credit_amount:
        parts.append(ngettext("{n} ECTS credit", "{n} ECTS credits", credit_amount))
    elif told.credit_kind and credit_amount:
        parts.append(f"{number(credit_amount)} {told.credit_kind}")
    return ", ".join(parts)


def _place(told: Elements) -> str:
    country = country_called(told.country) if told.country else ""
    return ", ".join(part for part in (told.region, country) if part)


def languages_text(told: Elements) -> str:
    """Return the languages by name."""
    return ", ".join(language_name(tag) for tag in told.languages)


def _lines(texts: Sequence[str]) -> str:
    return "\n".join(texts)
