"""Use case: demand four eyes for the publication of stacks, or no longer."""

from __future__ import annotations

from datetime import datetime

from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution


def switch_four_eyes(
    database: Database, key: str, *, is_demanded: bool, actor: str, now: datetime
) -> bool:
    """Say whether stacks are published by somebody else than their author; True if that is new.

    From then on the database itself refuses a version that does not come out of a draft which
    somebody else has approved (migration 0022). ``NotFoundError`` for an unknown key.
    """
    with database.writing() as session:
        institution = get_institution(session, key)
        if institution.four_eyes == is_demanded:
            return False
        institution.four_eyes = is_demanded
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="four-eyes-on" if is_demanded else "four-eyes-off",
            subject=str(institution.uuid),
            at=now,
        )
        return True
