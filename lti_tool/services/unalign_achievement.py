"""Use case: take an alignment of an achievement away."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.errors import NotFoundError
from lti_tool.persistence.alignments import (
    AchievementAlignment,
    delete_alignment,
    find_alignment,
    get_alignment,
    list_alignments,
)
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import find_achievement, get_institution
from lti_tool.persistence.frameworks import find_items


def unalign_achievement(
    database: Database,
    *,
    institution_key: str,
    target: str | UUID,
    achievement_key: str | None = None,
    actor: str,
    now: datetime,
) -> None:
    """Take an alignment away: by its uuid, or by achievement and address or code of the target.

    Credentials that are issued keep it. ``NotFoundError`` when it is not there.
    """
    with database.writing() as session:
        institution_id = get_institution(session, institution_key).id
        if isinstance(target, UUID):
            row = get_alignment(session, institution_id, target)
        else:
            row = _find(session, institution_id, achievement_key or "", target.strip())
        detail: dict[str, object] = {"alignment": str(row.uuid), "target": row.target_url}
        delete_alignment(session, row)
        add_event(
            session,
            institution_id=institution_id,
            actor=actor,
            action="achievement.unaligned",
            at=now,
            detail=detail,
        )


def _find(
    session: Session, institution_id: int, achievement_key: str, target: str
) -> AchievementAlignment:
    achievement = find_achievement(session, institution_id, achievement_key)
    if achievement is None:
        raise NotFoundError(f"There is no achievement '{achievement_key}' in the catalogue.")
    found = find_alignment(session, achievement.id, target)
    if found is None:
        # A newer version may have given the item another address since.
        ids = {item.id for item, _ in find_items(session, institution_id, target)}
        rows = list_alignments(session, achievement.id)
        found = next((row for row in rows if row.item_id in ids), None)
    if found is None:
        raise NotFoundError(f"'{achievement.name}' is not aligned with '{target[:200]}'.")
    return found
