"""What an author should look at again in the description of an achievement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lti_tool.credentials.elements import ECTS, Elements, Grade
from lti_tool.credentials.european import amount_text, missing

HOURS_OF_A_CREDIT = (20, 30)
"""An ECTS credit is 25 to 30 hours of work (ECTS Users' Guide 2015); a few countries count 20."""


@dataclass(frozen=True, slots=True)
class ElementFinding:
    """Something to look at; ``severity`` is error or warning."""

    severity: str
    code: str
    message: str


def lint_elements(elements: Elements, *, credit_amount: Decimal) -> list[ElementFinding]:
    """Return what is missing or looks wrong; ``credit_amount`` are the achievement's credits.

    What is missing is an error only for what is meant as a European micro-credential.
    """
    severity = "error" if elements.is_european else "warning"
    found = [
        ElementFinding(severity, f"missing-{each.code.replace('_', '-')}", each.sentence)
        for each in missing(elements, credit_amount=credit_amount)
    ]
    return found + [ElementFinding("warning", *row) for row in _doubts(elements, credit_amount)]


def _doubts(elements: Elements, credit_amount: Decimal) -> Iterator[tuple[str, str]]:
    if elements.is_european and elements.achievement_type != "MicroCredential":
        yield (
            "not-a-microcredential",
            f"It is to be a European micro-credential and its type is {elements.achievement_type}.",
        )
    if not elements.criteria:
        yield "no-criteria", "Say in 'criteria' what somebody has to do for it."
    if not elements.languages:
        yield "no-language", "Give the language of these texts first in 'languages', as in [en]."
    if elements.credit_kind == ECTS and not _is_likely(elements.workload_hours, credit_amount):
        least, most = HOURS_OF_A_CREDIT
        message = (
            f"One ECTS credit is {least} to {most} hours of work: {amount_text(credit_amount)} "
            f"credits and {amount_text(elements.workload_hours or Decimal(0))} hours do not fit."
        )
        yield "workload-unlikely", message
    if elements.grade is not None and not _is_scale(elements.grade):
        yield "grade-scale", "The lowest grade is not below the highest one."


def _is_likely(hours: Decimal | None, credit_amount: Decimal) -> bool:
    least, most = HOURS_OF_A_CREDIT
    return not (hours and credit_amount) or least * credit_amount <= hours <= most * credit_amount


def _is_scale(grade: Grade) -> bool:
    if grade.type not in ("percent", "points", "gpa") or not (grade.low and grade.high):
        return True
    try:
        return Decimal(grade.low) < Decimal(grade.high)
    except InvalidOperation:
        return False
