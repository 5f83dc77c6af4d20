"""Use case: show an achievement to anybody."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.issuing.achievements import PublicAchievement, public_achievement
from lti_tool.issuing.signing import Signing
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_achievement, get_institution_by_uuid


def show_achievement(
    database: Database,
    signing: Signing,
    institution_uuid: UUID,
    achievement_uuid: UUID,
    *,
    now: datetime,
) -> PublicAchievement:
    """Return an achievement of an institution as it is described now; ``NotFoundError``."""
    with database.reading() as session:
        institution = get_institution_by_uuid(session, institution_uuid)
        achievement = get_achievement(session, institution.id, achievement_uuid)
        return public_achievement(session, signing, institution, achievement, now)
