"""Use case: show a draft with what is to be said about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.building.catalogue import Catalogue, Place
from lti_tool.building.checks import Checked
from lti_tool.building.reviewed import checked_draft
from lti_tool.building.text import Plain, read_draft
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution_by_id
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.readings import NAMELESS
from lti_tool.persistence.stack_drafts import StackDraft, get_draft, get_revision, is_author


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as its pages show it.

    ``needs_approval`` says that four eyes are demanded; ``is_author`` that whoever looks wrote a
    part of it since it was last published.
    """

    uuid: UUID
    title: str
    text: str
    data: Plain
    revision: int
    state: str
    author: str
    changed_at: datetime
    needs_approval: bool
    is_author: bool
    catalogue: Catalogue
    checked: Checked


@dataclass(frozen=True, slots=True)
class Aside:
    """A text that met a newer one: both, what both came from, and who wrote them when."""

    number: int
    text: str
    base: str
    author: str
    recorded_at: datetime


def show_draft(database: Database, place: Place, uuid: UUID) -> DraftView:
    """Return a draft of the institution; ``NotFoundError`` otherwise."""
    with database.reading() as session:
        return read_view(session, place, get_draft(session, place.institution_id, uuid))


def show_aside(
    database: Database, place: Place, uuid: UUID, number: int
) -> tuple[DraftView, Aside]:
    """Return a draft and one of its other texts, to put them together; ``NotFoundError``."""
    with database.reading() as session:
        draft = get_draft(session, place.institution_id, uuid)
        row = get_revision(session, draft.id, number)
        base = get_revision(session, draft.id, row.based_on) if row.based_on else row
        author = get_learner(session, row.author_id).name or NAMELESS
        aside = Aside(row.number, row.document, base.document, author, row.recorded_at)
        return read_view(session, place, draft), aside


def read_view(session: Session, place: Place, draft: StackDraft) -> DraftView:
    """Return a draft with its checks."""
    catalogue, checked = checked_draft(session, draft)
    return DraftView(
        uuid=draft.uuid,
        title=draft.title,
        text=draft.document,
        data=read_draft(draft.document),
        revision=draft.revision,
        state=draft.state,
        author=get_learner(session, draft.author_id).name or NAMELESS,
        changed_at=draft.changed_at,
        needs_approval=get_institution_by_id(session, place.institution_id).four_eyes,
        is_author=is_author(session, draft, place.learner_id),
        catalogue=catalogue,
        checked=checked,
    )
