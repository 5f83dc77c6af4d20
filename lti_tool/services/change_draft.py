"""Use case: change a draft, by the tree form or by its text; nothing is ever written over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.building.catalogue import Place
from lti_tool.building.edits import Edits, apply
from lti_tool.building.text import head_of, read_draft, write_draft
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.stack_drafts import (
    DraftState,
    StackDraft,
    add_revision,
    find_by_form,
    get_draft,
    get_revision,
)


@dataclass(frozen=True, slots=True)
class Change:
    """What a form says: the revision its page showed, and edits of the tree or a whole text."""

    based_on: int
    form_id: str
    edits: Edits | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """Where to look now; ``aside`` is the number of a text that somebody else's change met."""

    place: str = ""
    aside: int = 0


def change_draft(
    database: Database, place: Place, uuid: UUID, change: Change, *, now: datetime
) -> Changed:
    """Make a change of a draft a new revision of it; a form that is sent twice makes one.

    A change of an older revision than the present one is kept aside and changes nothing, until a
    person has put both together. A draft that was in review, approved or published is a draft
    again. ``InvalidInputError`` (``StackTextError``) for a text that is no draft;
    ``NotFoundError`` for an unknown draft or revision.
    """
    with database.writing() as session:
        draft = get_draft(session, place.institution_id, uuid, lock=True)
        done = find_by_form(session, draft.id, change.form_id)
        if done is not None:
            return Changed(aside=done.number if done.is_aside else 0)
        base = get_revision(session, draft.id, change.based_on)
        text, look = _changed(session, place, base.document, change)
        if text == (draft.document if change.based_on == draft.revision else base.document):
            return Changed(look)
        is_aside = change.based_on != draft.revision
        made = add_revision(
            session,
            draft,
            document=text,
            based_on=change.based_on,
            is_aside=is_aside,
            form_id=change.form_id,
            author_id=place.learner_id,
            now=now,
        )
        if is_aside:
            return Changed(aside=made.number)
        _take(draft, text, made.number, place.learner_id, now)
        return Changed(look)


def _changed(session: Session, place: Place, base: str, change: Change) -> tuple[str, str]:
    if change.edits is None:
        read_draft(change.text)
        return change.text, ""
    data = read_draft(base)
    rows = list_achievements(session, place.institution_id)
    names = {row.key: row.name for row in rows}
    look = apply(data, change.edits, names, {row.key for row in rows if row.is_award})
    return write_draft(data), look


def _take(draft: StackDraft, text: str, number: int, author_id: int, now: datetime) -> None:
    draft.document, draft.revision = text, number
    draft.key, draft.title = head_of(read_draft(text))
    draft.author_id, draft.changed_at = author_id, now
    draft.state, draft.approved_by, draft.approved_revision = DraftState.DRAFT, None, None
    draft.approved_definitions = None
