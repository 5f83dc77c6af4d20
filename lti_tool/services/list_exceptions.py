"""Use case: list the exceptions of an institution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lti_tool.case_views import ExceptionView, exception_views
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution, list_achievements
from lti_tool.persistence.exceptions import list_exceptions as read_exceptions
from lti_tool.persistence.requests import get_learner_of
from lti_tool.persistence.snapshots import Rules, load_rules

MOST = 500


@dataclass(frozen=True, slots=True)
class Exceptions:
    """Exceptions, the latest first; ``rules`` (by institution) and ``names`` say what they mean."""

    rows: tuple[ExceptionView, ...]
    rules: Mapping[str, Rules]
    names: Mapping[str, str]


def list_exceptions(
    database: Database,
    *,
    institution_key: str | None = None,
    within: int | None = None,
    learner_uuid: UUID | None = None,
    is_standing: bool = False,
    now: datetime,
) -> Exceptions:
    """Return up to 500 exceptions (that nobody has ended), the latest first.

    ``within`` is the institution of a registrar (internal id). ``NotFoundError`` for an unknown
    institution, or a learner who is not there.
    """
    with database.reading() as session:
        if institution_key is not None:
            within = get_institution(session, institution_key).id
        learner_id = None
        if learner_uuid is not None and within is not None:
            learner_id = get_learner_of(session, within, learner_uuid).id
        found = read_exceptions(
            session, within, learner_id=learner_id, is_standing=is_standing, most=MOST
        )
        institutions = {row.institution.key: row.institution.id for row in found}
        return Exceptions(
            exception_views(session, found, now.date()),
            {key: load_rules(session, one) for key, one in institutions.items()},
            {
                achievement.key: achievement.name
                for one in institutions.values()
                for achievement in list_achievements(session, one)
            },
        )
