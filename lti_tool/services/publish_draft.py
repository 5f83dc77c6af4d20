"""Use case: publish a draft; its stacks become new, immutable versions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.building.catalogue import Place
from lti_tool.building.publishing import Publication, Published, publish
from lti_tool.building.reviewed import expect, expect_sound, note, whole_text
from lti_tool.errors import ConflictError, ForbiddenError
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution_by_id
from lti_tool.persistence.definitions import definitions_number
from lti_tool.persistence.stack_drafts import DraftState, StackDraft, get_draft
from lti_tool.stack_text import document_of


def publish_draft(
    database: Database,
    place: Place,
    uuid: UUID,
    revision: int,
    *,
    now: datetime,
    despite: str = "",
) -> tuple[Published, ...]:
    """Publish this revision; published twice, it is published once (nothing is returned then).

    ``ForbiddenError`` (code ``four-eyes``) where the institution demands an approval and there
    is none. ``ConflictError`` if it is not the present revision, or if the institution's
    definitions were changed after the approval. ``InvalidInputError`` while
    something is wrong, or as ``publish_stacks`` says.
    """
    with database.writing() as session:
        draft = get_draft(session, place.institution_id, uuid, lock=True)
        expect(draft, revision)
        if draft.state == DraftState.PUBLISHED:
            return ()
        institution = get_institution_by_id(session, place.institution_id)
        if institution.four_eyes and draft.state != DraftState.APPROVED:
            raise ForbiddenError(
                "Your institution publishes by four eyes: somebody who did not write this draft "
                "approves it first.",
                code="four-eyes",
            )
        expect_sound(session, draft)
        if institution.four_eyes:
            _expect_approved_definitions(session, draft)
        document = document_of(whole_text(session, draft))
        by = Publication(place.actor, now, draft.id, despite)
        published = publish(session, institution, document, by)
        draft.state, draft.published_revision = DraftState.PUBLISHED, draft.revision
        note(session, place, draft, "draft-published", now)
        return published


def _expect_approved_definitions(session: Session, draft: StackDraft) -> None:
    """Refuse to publish with other scales, terms and so on than those that were approved."""
    number = definitions_number(session, draft.institution_id)
    if (draft.approved_definitions or 0) != number:
        raise ConflictError(
            "What your institution has set (scales, terms and so on) was changed after this draft "
            "was approved. Save the draft again, and let somebody approve it anew.",
            code="definitions-changed",
        )
