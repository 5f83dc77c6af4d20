"""Use case: show the form by which many learners get the same competency recorded."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import find_achievement
from lti_tool.persistence.classes import find_page, list_having
from lti_tool.persistence.readings import NAMELESS, AchievementOption, read_options
from lti_tool.persistence.rubrics import list_levels

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class AttestingLearner:
    """A learner who can be ticked; ``has_it`` if the competency is recorded in this course."""

    uuid: UUID
    name: str
    has_it: bool


@dataclass(frozen=True, slots=True)
class AttestingView:
    """The form. ``levels`` are (label, grade) of the chosen competency; ``total`` who match."""

    competencies: tuple[AchievementOption, ...]
    chosen: AchievementOption | None
    levels: tuple[tuple[str, Decimal], ...]
    learners: tuple[AttestingLearner, ...]
    total: int


def show_attesting(
    database: Database,
    *,
    institution_id: int,
    context_id: int,
    achievement_uuid: UUID | None,
    name: str,
    is_missing_only: bool,
) -> AttestingView:
    """Give the competencies, and of the chosen one its levels and the learners by ``name``.

    At most ``MOST_SHOWN`` learners are given; those who have left are not. ``is_missing_only``
    leaves out who has it.
    """
    with database.reading() as session:
        options = tuple(
            one for one in read_options(session, institution_id, context_id) if not one.is_award
        )
        chosen = next((one for one in options if one.uuid == achievement_uuid), None)
        if chosen is None:
            return AttestingView(options, None, (), (), 0)
        achievement = find_achievement(session, institution_id, chosen.key)
        assert achievement is not None  # noqa: S101 - it is one of the options
        having = list_having(session, context_id, achievement.id)
        page = find_page(
            session,
            context_id,
            name=name,
            without=having if is_missing_only else frozenset(),
            is_active=True,
            limit=MOST_SHOWN,
        )
        return AttestingView(
            options,
            chosen,
            tuple((level.label, level.grade) for level in list_levels(session, achievement.id)),
            tuple(
                AttestingLearner(row.uuid, row.name or NAMELESS, row.id in having)
                for row in page.rows
            ),
            page.total,
        )
