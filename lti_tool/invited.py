"""An attempt of a platform with our invitation: what registering and updating have in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lti_tool.errors import LTIError, LTIRegistrationError
from lti_tool.lti.dynamic_registration import is_token
from lti_tool.lti.invitations import RegistrationRequest, hash_code
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution_by_id
from lti_tool.persistence.invitations import (
    Invitation,
    claim_invitation,
    find_invitation,
    release_invitation,
)

ATTEMPT_LIFE = timedelta(minutes=3)
"""Longer than the calls can take; a second click meanwhile is refused."""


@contextmanager
def claimed(
    database: Database,
    code: str,
    request: RegistrationRequest,
    now: datetime,
    *,
    is_update: bool = False,
) -> Iterator[Invitation]:
    """Hold the invitation while one attempt lasts; a failure gives it back and is noted.

    ``is_update`` says which kind of invitation is meant. ``LTIRegistrationError`` when the
    invitation is not good, or the platform sent no token.
    """
    invitation = _claim(database, code, now, is_update=is_update)
    try:
        if not is_token(request.registration_token):
            raise _no_token()
        yield invitation
    except BaseException as error:
        with database.writing() as session:
            release_invitation(session, invitation.id)
            if isinstance(error, LTIError):
                _note_refusal(session, invitation, error, now)
        raise


def _claim(database: Database, code: str, now: datetime, *, is_update: bool) -> Invitation:
    with database.writing() as session:
        invitation = find_invitation(session, hash_code(code))
        if (
            invitation is None
            or (invitation.registration_id is not None) != is_update
            or not claim_invitation(session, invitation.id, now, now + ATTEMPT_LIFE)
        ):
            raise LTIRegistrationError(
                "This invitation is not good: it was used, is being used at this moment, or its "
                "time is over. Ask whoever sent it to you for a new one.",
                code="lti-invitation",
            )
        if get_institution_by_id(session, invitation.institution_id).suspended_at is not None:
            raise LTIRegistrationError(
                "The institution of this invitation is suspended here.",
                code="lti-institution-suspended",
            )
        return invitation


def _note_refusal(
    session: Session, invitation: Invitation, refusal: LTIError, now: datetime
) -> None:
    add_event(
        session,
        institution_id=invitation.institution_id,
        actor=f"invitation:{invitation.uuid}",
        action="registration-refused",
        subject=refusal.code,
        at=now,
    )


def _no_token() -> LTIRegistrationError:
    return LTIRegistrationError(
        "Your LMS sent no registration token. Start the registration there: the address of the "
        "invitation goes into its field for the tool's registration address.",
        code="lti-registration-form",
    )
