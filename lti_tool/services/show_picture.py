"""Use case: give the picture of an achievement to anybody."""

from __future__ import annotations

from uuid import UUID

from lti_tool.credentials.pictures import Picture
from lti_tool.errors import NotFoundError
from lti_tool.issuing.elements import drawn_badge, picture_hash, read_elements
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_achievement, get_institution_by_uuid
from lti_tool.persistence.elements import find_image


def show_picture(
    database: Database, institution_uuid: UUID, achievement_uuid: UUID, content_hash: str = ""
) -> Picture:
    """Return the picture that an achievement has now, or one that it had, by its hash.

    ``NotFoundError`` for what is not there, or never was.
    """
    with database.reading() as session:
        institution = get_institution_by_uuid(session, institution_uuid)
        achievement = get_achievement(session, institution.id, achievement_uuid)
        described = read_elements(session, achievement)
        wanted = content_hash or picture_hash(achievement, described)
        kept = find_image(session, achievement.id, wanted)
        if kept is not None:
            return Picture(kept.media_type, kept.content)
        # A badge that is drawn is kept with the first credential that names it.
        drawn = drawn_badge(achievement, described.elements)
        if drawn.content_hash != wanted:
            raise NotFoundError("There is no such picture.")
        return drawn
