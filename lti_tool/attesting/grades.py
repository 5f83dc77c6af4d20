"""The grade that somebody means: a level of the rubric, or a number on the scale."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from lti_tool.awarding import check_grade, read_grade
from lti_tool.errors import InvalidInputError
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.rubrics import list_levels


def grade_of(session: Session, achievement: Achievement, level: str, grade: str) -> Decimal | None:
    """Return the grade of ``level`` (a label of the rubric); without one what ``grade`` says.

    ``InvalidInputError`` (field ``level`` or ``grade``) for both at once, for an unknown level,
    for something that is no number, and for a grade outside the scale. Both empty is no grade.
    """
    if level and grade.strip():
        raise InvalidInputError("Choose a level or enter a grade, not both.", field="grade")
    if level:
        for known in list_levels(session, achievement.id):
            if known.label == level:
                return known.grade
        raise InvalidInputError("Choose one of the levels.", field="level")
    value = read_grade(grade)
    check_grade(value, achievement.scale)
    return value
