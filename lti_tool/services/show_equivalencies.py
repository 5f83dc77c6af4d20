"""Use case: what counts as what at an institution, with what has ended if asked."""

from __future__ import annotations

from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Achievement, get_institution
from lti_tool.persistence.equivalencies import Equivalency, list_equivalencies


def show_equivalencies(
    database: Database, institution_key: str, *, with_ended: bool = False
) -> list[tuple[Equivalency, Achievement]]:
    """Return them with the achievements they lead to; ``NotFoundError`` as ever."""
    with database.reading() as session:
        institution = get_institution(session, institution_key)
        return list_equivalencies(session, institution.id, with_ended=with_ended)
