"""Use case: show and embed an endorsement of somebody else no more."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.endorsements import get_given, remove_given


def remove_endorsement(
    database: Database, uuid: UUID, *, institution_key: str, actor: str, now: datetime
) -> None:
    """Leave an endorsement out from now on; credentials that are issued keep it.

    ``NotFoundError`` for one that is not there.
    """
    with database.writing() as session:
        institution = get_institution(session, institution_key)
        remove_given(session, get_given(session, institution.id, uuid), now)
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="endorsement.removed",
            subject=str(uuid),
            at=now,
        )
