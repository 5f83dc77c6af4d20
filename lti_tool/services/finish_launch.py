"""Use case: finish a launch whose browser shows by the platform's storage that it began it."""

from __future__ import annotations

import hmac
from datetime import datetime

from lti_tool.config import Config
from lti_tool.entering.course import open_course
from lti_tool.entering.letting_in import let_in, note_refusal
from lti_tool.entering.opened import LaunchAccepted
from lti_tool.errors import LTIError, LTILaunchError
from lti_tool.lti.claims import Trust, parse_launch
from lti_tool.lti.tickets import hash_ticket, open_ticket, ticket_refused
from lti_tool.persistence.base import Database
from lti_tool.persistence.platforms import Registration
from lti_tool.persistence.sessions import consume_ticket


def finish_launch(
    database: Database,
    config: Config,
    *,
    ticket: str,
    value: str,
    is_bearer: bool,
    now: datetime,
) -> LaunchAccepted:
    """Open the session of a held launch; ``LTIError`` refuses it (section 3.2, B46).

    ``value`` is what the platform's storage answered; ``is_bearer`` opens a session of one hour
    whose token is sent in a header. The ticket is used up even if a later check fails.
    """
    opened = open_ticket(ticket, config.secret_key, now)
    with database.writing() as session:
        is_good = consume_ticket(session, hash_ticket(ticket), now)
        found = session.get(Registration, opened.registration_id)
    if not is_good:
        raise ticket_refused()
    registration = let_in(found)
    try:
        if not hmac.compare_digest(value.encode(), opened.proof.encode()):
            raise _other_browser()
        launch = parse_launch(opened.claims, Trust(config.public_url, registration))
        return open_course(database, registration, launch, now, is_bearer=is_bearer)
    except LTIError as refusal:
        note_refusal(database, registration, opened.claims, refusal, now)
        raise


def _other_browser() -> LTILaunchError:
    return LTILaunchError(
        "This launch was begun in another browser. Open the tool again from your course.",
        code="lti-other-browser",
    )
