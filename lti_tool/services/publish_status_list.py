"""Use case: give out a status list, signed anew where it has changed or grows old."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.issuing.signing import Signing
from lti_tool.issuing.status import is_fresh, sign_list
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution_by_uuid
from lti_tool.persistence.status_lists import get_status_list


def publish_status_list(
    database: Database,
    signing: Signing,
    *,
    institution_uuid: UUID,
    list_uuid: UUID,
    now: datetime,
) -> str:
    """Return a status list as it is served; ``NotFoundError`` for an unknown one."""
    with database.reading() as session:
        institution = get_institution_by_uuid(session, institution_uuid)
        held = get_status_list(session, institution.id, list_uuid)
    if held.document is not None and is_fresh(held, now):
        return held.document
    with database.writing() as session:
        row = get_status_list(session, institution.id, list_uuid)
        return sign_list(session, signing, institution, row, now)
