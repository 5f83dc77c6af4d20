"""Use case: remove a competency framework that nothing is aligned with."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.errors import ConflictError
from lti_tool.persistence.alignments import count_aligned
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.frameworks import delete_framework, get_owned_framework


def remove_framework(
    database: Database, uuid: UUID, *, institution_key: str | None, actor: str, now: datetime
) -> str:
    """Remove a framework of an institution (None: a shared one); return its title.

    ``ConflictError`` while an achievement of any institution is aligned with an item of it;
    ``NotFoundError`` for a framework of somebody else.
    """
    with database.writing() as session:
        institution_id = (
            None if institution_key is None else get_institution(session, institution_key).id
        )
        row = get_owned_framework(session, institution_id, uuid)
        aligned = count_aligned(session, row.id)
        if aligned:
            raise ConflictError(
                f"{aligned} alignments point into '{row.title}'. Take them away first "
                "(quoin achievement unalign), or keep the framework.",
                code="framework-aligned",
            )
        title = row.title
        delete_framework(session, row.id)
        add_event(
            session,
            institution_id=institution_id,
            actor=actor,
            action="framework.removed",
            subject=str(uuid),
            at=now,
        )
        return title
