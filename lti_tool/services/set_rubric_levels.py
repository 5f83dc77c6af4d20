"""Use case: say which levels people choose from when they record a competency."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from lti_tool.awarding import check_grade
from lti_tool.errors import InvalidInputError, NotFoundError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import find_achievement, get_institution
from lti_tool.persistence.rubrics import replace_levels
from lti_tool.translating import _

MOST_LEVELS = 20
LONGEST_LABEL = 100


def set_rubric_levels(
    database: Database,
    *,
    institution_key: str,
    achievement_key: str,
    levels: Sequence[tuple[str, Decimal]],
    actor: str,
    now: datetime,
) -> None:
    """Give an achievement the levels (label, grade) in this order; none takes them away.

    What was recorded keeps its grade. ``NotFoundError`` for an unknown institution or
    achievement, ``InvalidInputError`` for a grade outside the scale, a label twice, empty or
    too long, or too many levels.
    """
    _check(levels)
    with database.writing() as session:
        institution = get_institution(session, institution_key)
        achievement = find_achievement(session, institution.id, achievement_key)
        if achievement is None:
            raise NotFoundError(f"There is no achievement '{achievement_key}' here.")
        for _, grade in levels:
            check_grade(grade, achievement.scale)
        replace_levels(session, achievement.id, levels)
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="rubric.changed",
            at=now,
            subject=str(achievement.uuid),
            detail={"levels": len(levels)},
        )


def _check(levels: Sequence[tuple[str, Decimal]]) -> None:
    labels = [label for label, _ in levels]
    if len(levels) > MOST_LEVELS:
        raise InvalidInputError(
            _("A rubric has at most {most} levels.", most=MOST_LEVELS), field="levels"
        )
    if any(not label.strip() or len(label) > LONGEST_LABEL for label in labels):
        raise InvalidInputError(
            _("The label of a level has 1 to {most} characters.", most=LONGEST_LABEL),
            field="levels",
        )
    if len(set(labels)) < len(labels):
        raise InvalidInputError("Two levels have the same label.", field="levels")
