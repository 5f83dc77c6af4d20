"""Use case: give a source a new token, switch it off or on, or take it away."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from lti_tool.gathering.opening import SourceDoor, check_token
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.evidence_readings import hasten_readings
from lti_tool.persistence.evidence_sources import end_mappings, get_evidence_source


class SourceAct(StrEnum):
    """What is changed about a source."""

    TOKEN = "token"  # noqa: S105
    ENABLE = "enable"
    DISABLE = "disable"
    REMOVE = "remove"


def change_evidence_source(
    database: Database,
    door: SourceDoor,
    source_uuid: UUID,
    act: SourceAct,
    *,
    actor: str,
    now: datetime,
    token: str = "",
    within: int | None = None,
) -> None:
    """Change a source; what it recorded stays, whatever is done.

    A new token, and switching on, let all its courses be read at once. Taking it away forgets
    the token and ends its rules. ``NotFoundError`` outside of ``within``, ``InvalidInputError``
    for what cannot be a token.
    """
    if act is SourceAct.TOKEN:
        check_token(token)
    with database.writing() as session:
        source = get_evidence_source(session, source_uuid, within)
        if act in (SourceAct.TOKEN, SourceAct.ENABLE):
            source.held_until, source.problem, source.problem_at = None, "", None
            hasten_readings(session, source.id, now)
        if act is SourceAct.TOKEN:
            source.sealed_token = door.seal(token)
        elif act is SourceAct.REMOVE:
            source.removed_at, source.sealed_token, source.is_enabled = now, None, False
            end_mappings(session, source.id, now)
        else:
            source.is_enabled = act is SourceAct.ENABLE
        add_event(
            session,
            institution_id=source.institution_id,
            actor=actor,
            action=f"evidence-source-{act.value}",
            subject=str(source.uuid),
            at=now,
        )
