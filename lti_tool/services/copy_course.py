"""Use case: a teacher says which course this one is a copy of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.copying import copy_course as copy_configuration
from lti_tool.errors import ConflictError, ForbiddenError, NotFoundError
from lti_tool.persistence.base import Database
from lti_tool.persistence.courses import get_context
from lti_tool.persistence.launched import Launched
from lti_tool.persistence.learners import is_instructor_now
from lti_tool.persistence.platforms import get_deployment
from lti_tool.persistence.teaching import list_taught


def copy_course(
    database: Database, *, launched: Launched, origin_uuid: UUID, now: datetime
) -> None:
    """Take over what is placed in another course of the same teacher; learners stay where they are.

    ``NotFoundError`` for a course that they do not teach, ``ConflictError`` when this course has
    taken over another one already, ``ForbiddenError`` for who does not teach it (any more).
    """
    with database.writing() as session:
        if not is_instructor_now(session, launched.context_id, launched.learner_id):
            raise ForbiddenError("Only those who teach this course can change it.")
        taught = list_taught(session, launched.learner_id, but=launched.context_id)
        origin = next((course for course in taught if course.uuid == origin_uuid), None)
        if origin is None:
            raise NotFoundError("You do not teach such a course.")
        context = get_context(session, launched.context_id)
        deployment = get_deployment(session, context.deployment_id)
        if copy_configuration(session, deployment, context, origin, now) is None:
            raise ConflictError("This course has taken over another course already.")
