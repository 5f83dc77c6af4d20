"""Use case: show the rule by which credentials were awarded, as it was published."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from lti_tool.errors import NotFoundError
from lti_tool.issuing.documents import rule_document
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import find_version, get_institution_by_uuid


def show_rule(database: Database, institution_uuid: UUID, version_uuid: UUID) -> dict[str, Any]:
    """Return a published version of one of an institution's stacks; ``NotFoundError``."""
    with database.reading() as session:
        institution = get_institution_by_uuid(session, institution_uuid)
        found = find_version(session, institution.id, version_uuid)
    if found is None:
        raise NotFoundError("There is no such rule.")
    return rule_document(found)
