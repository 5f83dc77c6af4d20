"""Use case: show learners what they have asked, and the exceptions that count for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.case_views import ExceptionView, RequestView, exception_views, request_view
from lti_tool.persistence.base import Database
from lti_tool.persistence.exceptions import list_exceptions
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.requests import list_requests_of
from lti_tool.persistence.snapshots import Rules, load_rules


@dataclass(frozen=True, slots=True)
class OwnRequests:
    """The requests and exceptions of one learner, the latest first; ``rules`` name the places."""

    requests: tuple[RequestView, ...]
    exceptions: tuple[ExceptionView, ...]
    rules: Rules


def show_requests(
    database: Database, *, institution_id: int, learner_id: int, now: datetime
) -> OwnRequests:
    """Return everything that was asked by and decided for a learner."""
    with database.reading() as session:
        learner = get_learner(session, learner_id)
        rows = list_exceptions(session, institution_id, learner_id=learner_id)
        return OwnRequests(
            tuple(request_view(row, learner) for row in list_requests_of(session, learner_id)),
            exception_views(session, rows, now.date()),
            load_rules(session, institution_id),
        )
