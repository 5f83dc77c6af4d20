"""Use case: ask platforms that offer it to tell us of copied courses."""

from __future__ import annotations

from datetime import datetime, timedelta

from lti_tool.errors import LTIServiceError
from lti_tool.lti.notices import ask_for_notices
from lti_tool.lti.platform_client import PlatformClient
from lti_tool.lti.registrations import registration_of
from lti_tool.persistence.base import Database
from lti_tool.persistence.notices import list_unasked
from lti_tool.persistence.platforms import get_deployment

AGAIN_AFTER = timedelta(hours=1)
MOST_AT_ONCE = 5


def request_notices(
    database: Database, client: PlatformClient, *, public_url: str, now: datetime
) -> int:
    """Register our handler at deployments that offer it; return how many were asked.

    One that refuses is asked again after an hour; what it said stands with the deployment.
    """
    with database.reading() as session:
        waiting = [
            (deployment.id, deployment.notices_url, registration_of(registration))
            for deployment, registration in list_unasked(session, now - AGAIN_AFTER, MOST_AT_ONCE)
        ]
    for deployment_id, url, registration in waiting:
        answer = ""
        try:
            ask_for_notices(client, registration, url or "", public_url=public_url)
        except LTIServiceError as error:
            answer = error.message
        with database.writing() as session:
            deployment = get_deployment(session, deployment_id)
            deployment.notices_asked_at, deployment.notices_answer = now, answer
    return len(waiting)
