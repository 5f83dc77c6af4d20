"""Use case: show learners a competency for which they hand in evidence, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Database
from lti_tool.persistence.readings import (
    AchievementOption,
    EvidenceView,
    read_evidence,
    read_options,
)


@dataclass(frozen=True, slots=True)
class HandingIn:
    """One competency of the catalogue, and what a learner has handed in for it here."""

    option: AchievementOption
    pieces: tuple[EvidenceView, ...]


def show_handing_in(
    database: Database,
    *,
    institution_id: int,
    context_id: int,
    learner_id: int,
    achievement_uuid: UUID,
) -> HandingIn:
    """Return the competency; ``NotFoundError`` for an award and for what is not there."""
    with database.reading() as session:
        options = read_options(session, institution_id, context_id)
        option = next((one for one in options if one.uuid == achievement_uuid), None)
        if option is None or option.is_award:
            raise NotFoundError("There is no such competency in this course.")
        pieces = read_evidence(session, context_id, learner_id=learner_id)
        return HandingIn(option, tuple(p for p in pieces if p.achievement_uuid == option.uuid))
