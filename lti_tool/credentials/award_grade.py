"""The grade of an award: the mean of the grades that counted for it, weighted by credits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from lti_tool.credentials.elements import Grade
from stacking_rules import scale_bounds

HUNDRED = Decimal(100)
PLACES = Decimal("0.1")


def award_grade(counted: Sequence[Mapping[str, Any]], grade: Grade | None) -> str | None:
    """Return the grade of an award as it is written, None where it has none.

    ``counted`` are the notes of its receipt. Each grade is taken as percent of its scale; credits
    are its weight, 1 each where any has none. A completion without a grade, or on a scale of
    words, leaves the award without one: a mean of the others would say too much. ``grade`` says
    how the achievement writes it: percent, or points or a grade average between two ends.
    """
    completions = [note for note in counted if note.get("kind") != "award"]
    grades = [_percent(note) for note in completions]
    known = [each for each in grades if each is not None]
    if grade is None or not known or len(known) < len(grades):
        return None
    weights = [_decimal(note.get("credits")) or Decimal(0) for note in completions]
    if not all(weights):
        weights = [Decimal(1)] * len(known)
    total = sum((g * w for g, w in zip(known, weights, strict=True)), Decimal(0))
    return _written(total / sum(weights, Decimal(0)), grade)


def _percent(note: Mapping[str, Any]) -> Decimal | None:
    value, scale = _decimal(note.get("grade")), str(note.get("scale", ""))
    try:
        low, high = scale_bounds(scale)
    except (IndexError, InvalidOperation):  # a scale of words
        return None
    return None if value is None else (value - low) / (high - low) * HUNDRED


def _written(percent: Decimal, grade: Grade) -> str | None:
    if grade.type == "percent":
        return _rounded(percent)
    low, high = _decimal(grade.low), _decimal(grade.high)
    if grade.type not in ("points", "gpa") or low is None or high is None:
        return None
    return _rounded(low + percent / HUNDRED * (high - low))


def _rounded(value: Decimal) -> str:
    text = f"{value.quantize(PLACES, ROUND_HALF_UP):f}"
    return text.removesuffix(".0")


def _decimal(text: object) -> Decimal | None:
    try:
        value = Decimal(str(text))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
