"""Use case: list the requests that wait for a registrar, and find learners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from lti_tool.case_views import RequestView, request_view
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.readings import NAMELESS
from lti_tool.persistence.requests import list_open_requests, list_subjects, search_learners
from lti_tool.persistence.snapshots import Rules, load_rules

MOST_FOUND = 50
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class FoundLearner:
    """A learner of the institution; ``called`` are the ids that learning platforms use."""

    uuid: UUID
    name: str
    called: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cases:
    """The requests that wait, the oldest first, and the learners that were searched for."""

    requests: tuple[RequestView, ...]
    found: tuple[FoundLearner, ...]
    rules: Rules
    names: Mapping[str, str]


def list_cases(database: Database, *, institution_id: int, search: str = "") -> Cases:
    """Return the open requests of an institution, and up to 50 learners whom ``search`` fits.

    It fits a part of a name (two characters or more) or the whole id that an LMS uses.
    """
    said = search.strip()
    with database.reading() as session:
        learners = (
            search_learners(session, institution_id, said, MOST_FOUND)
            if len(said) >= SHORTEST
            else []
        )
        return Cases(
            tuple(request_view(*row) for row in list_open_requests(session, institution_id)),
            tuple(
                FoundLearner(row.uuid, row.name or NAMELESS, tuple(list_subjects(session, row.id)))
                for row in learners
            ),
            load_rules(session, institution_id),
            {a.key: a.name for a in list_achievements(session, institution_id)},
        )
