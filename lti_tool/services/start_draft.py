"""Use case: begin a draft, empty under a title or with the text of a published stack."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.building.catalogue import Place, load_catalogue
from lti_tool.building.declaring import leave_out
from lti_tool.building.text import FORMAT, LONGEST_TITLE, Plain, head_of, new_draft, write_draft
from lti_tool.errors import InvalidInputError, NotFoundError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.definitions import find_definitions_at
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.stack_drafts import DraftState, StackDraft, add_revision, find_started
from lti_tool.translating import _


def start_draft(
    database: Database,
    place: Place,
    *,
    form_id: str,
    now: datetime,
    title: str = "",
    key: str = "",
) -> UUID:
    """Begin a draft and return its uuid; a form that is sent twice begins one draft.

    With ``key`` it has the text of the current version of that stack, without one it is empty.
    What the institution declared when that was published stands not in it: a draft takes up what
    the institution declares now.
    ``InvalidInputError`` for a missing or too long title, ``NotFoundError`` for an unknown key.
    """
    if not key and not title.strip():
        raise InvalidInputError("Enter a title for the new stack.", field="title")
    if len(title) > LONGEST_TITLE:
        raise InvalidInputError(
            _("A title has at most {most} characters.", most=LONGEST_TITLE), field="title"
        )
    with database.writing() as session:
        lock_name(session, f"draft:{form_id}")
        found = find_started(session, place.institution_id, form_id)
        if found is not None:
            return found.uuid
        return _start(session, place, _text(session, place, title.strip(), key), form_id, now)


def _text(session: Session, place: Place, title: str, key: str) -> Plain:
    catalogue = load_catalogue(session, place.institution_id)
    if not key:
        return new_draft(title, catalogue.names)
    row = catalogue.rules.rows.get(key)
    if row is None:
        raise NotFoundError("There is no such stack.")
    then = find_definitions_at(session, place.institution_id, row.version.published_at)
    own, stack = leave_out(row.version.document, then.document if then is not None else {})
    return {"quoin": FORMAT, **own, "stacks": [stack]}


def _start(session: Session, place: Place, data: Plain, form_id: str, now: datetime) -> UUID:
    key, title = head_of(data)
    draft = StackDraft(
        institution_id=place.institution_id,
        key=key,
        title=title,
        document=write_draft(data),
        revision=1,
        author_id=place.learner_id,
        changed_at=now,
        state=DraftState.DRAFT,
        published_revision=0,
    )
    session.add(draft)
    session.flush()
    add_revision(
        session,
        draft,
        document=draft.document,
        based_on=0,
        is_aside=False,
        form_id=form_id,
        author_id=place.learner_id,
        now=now,
    )
    add_event(
        session,
        institution_id=place.institution_id,
        actor=place.actor,
        action="draft-started",
        subject=str(draft.uuid),
        at=now,
    )
    return draft.uuid
