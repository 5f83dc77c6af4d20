"""Steps on the way of a draft to its publication that several use cases share."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.building.catalogue import Catalogue, Place, load_catalogue
from lti_tool.building.checks import Checked, check, with_catalogue
from lti_tool.building.text import Plain, read_draft
from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.stack_drafts import StackDraft


def checked_draft(session: Session, draft: StackDraft) -> tuple[Catalogue, Checked]:
    """Check the present text of a draft against what its institution has."""
    catalogue = load_catalogue(session, draft.institution_id)
    data = read_draft(draft.document)
    return catalogue, check(data, catalogue.known, catalogue.rules.stacks, catalogue.declared)


def whole_text(session: Session, draft: StackDraft) -> Plain:
    """Return a draft with what it takes from its institution: the document that is published."""
    catalogue = load_catalogue(session, draft.institution_id)
    return with_catalogue(read_draft(draft.document), catalogue.known, catalogue.declared)


def expect(draft: StackDraft, revision: int) -> None:
    """Refuse a decision about a text that is no longer the present one; ``ConflictError``."""
    if draft.revision != revision:
        raise ConflictError("This draft was changed meanwhile. Look at it again before you decide.")


def expect_sound(session: Session, draft: StackDraft) -> Checked:
    """Refuse a draft in which something is still to be corrected; ``InvalidInputError``."""
    _, checked = checked_draft(session, draft)
    if not checked.is_publishable:
        raise InvalidInputError("Something in this draft is still to be corrected.")
    return checked


def note(session: Session, place: Place, draft: StackDraft, action: str, now: datetime) -> None:
    """Write a step of a draft into the audit."""
    add_event(
        session,
        institution_id=place.institution_id,
        actor=place.actor,
        action=action,
        subject=str(draft.uuid),
        detail={"revision": draft.revision},
        at=now,
    )
