"""Use case: show the institution's stacks and the drafts that are being written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_current_stacks
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.readings import NAMELESS
from lti_tool.persistence.stack_drafts import list_drafts


@dataclass(frozen=True, slots=True)
class StackRow:
    """A stack with its current version."""

    key: str
    title: str
    version: int
    published_at: datetime


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft: how far it has come, and who changed it last."""

    uuid: UUID
    title: str
    state: str
    changed_at: datetime
    author: str


@dataclass(frozen=True, slots=True)
class StackList:
    """Drafts, the latest change first, and stacks by title."""

    drafts: tuple[DraftRow, ...]
    stacks: tuple[StackRow, ...]


def list_stacks(database: Database, institution_id: int) -> StackList:
    """Return what an institution has published and what it is writing."""
    with database.reading() as session:
        drafts = tuple(
            DraftRow(
                row.uuid,
                row.title,
                row.state,
                row.changed_at,
                get_learner(session, row.author_id).name or NAMELESS,
            )
            for row in list_drafts(session, institution_id)
        )
        stacks = [
            StackRow(
                row.stack.key, row.achievement.name, row.version.number, row.version.published_at
            )
            for row in list_current_stacks(session, institution_id)
        ]
    return StackList(drafts, tuple(sorted(stacks, key=lambda row: row.title.casefold())))
