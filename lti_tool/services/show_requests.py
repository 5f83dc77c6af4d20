"""Use case: show learners what they have asked, and the exceptions that count for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lti_tool.case_views import ExceptionView, RequestView, exception_views, request_view
from lti_tool.persistence.awards import list_awards
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.exceptions import list_exceptions
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.requests import list_requests_of
from lti_tool.persistence.snapshots import Rules, load_rules
from lti_tool.standing_views import read_facts


@dataclass(frozen=True, slots=True)
class OwnRequests:
    """The requests and exceptions of one learner, the latest first; ``rules`` name the places.

    ``names`` are those of the catalogue by key, and of what the learner has by id.
    """

    requests: tuple[RequestView, ...]
    exceptions: tuple[ExceptionView, ...]
    rules: Rules
    names: Mapping[str, str]


def show_requests(
    database: Database, *, institution_id: int, learner_id: int, now: datetime
) -> OwnRequests:
    """Return everything that was asked by and decided for a learner."""
    with database.reading() as session:
        learner, ids = get_learner(session, learner_id), [learner_id]
        names = {found.key: found.name for found in list_achievements(session, institution_id)}
        facts = read_facts(session, ids, names, list_awards(session, ids))
        rows = list_exceptions(session, institution_id, learner_id=learner_id)
        return OwnRequests(
            tuple(request_view(row, learner) for row in list_requests_of(session, learner_id)),
            exception_views(session, rows, now.date()),
            load_rules(session, institution_id),
            {**names, **{key: fact.name for key, fact in facts.items()}},
        )
