"""Use case: what a teacher does with a gradebook column: make it again, rename it, delete it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.errors import ConflictError, ForbiddenError, LTIServiceError
from lti_tool.lti.grades import LINE_ITEM, Gradebook
from lti_tool.lti.line_items import delete_column, is_ours, read_column, update_column
from lti_tool.lti.platform_client import PlatformClient
from lti_tool.lti.registrations import registration_of
from lti_tool.lti.score_answers import Meaning
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.courses import get_context, get_context_registration
from lti_tool.persistence.deliveries import reopen
from lti_tool.persistence.learners import is_instructor_now
from lti_tool.persistence.line_items import (
    CourseColumn,
    allow_line_item,
    get_column_in,
    note_line_item_removed,
    note_line_item_told,
)
from lti_tool.persistence.outbox import list_of_column
from lti_tool.scoring.jobs import column_values
from lti_tool.scoring.resending import fresh_payload


class ColumnAct(StrEnum):
    """What is done with a column."""

    MAKE_AGAIN = "again"
    RENAME = "rename"
    DELETE = "delete"


def change_column(
    database: Database,
    client: PlatformClient,
    *,
    context_id: int,
    achievement_uuid: UUID,
    act: ColumnAct,
    teacher_id: int,
    actor: str,
    now: datetime,
) -> None:
    """Do what the teacher of a course asked for; done twice it is the same as once.

    MAKE_AGAIN lets the scores that waited for the column go out, and the first of them makes
    it. DELETE takes away only a column that this tool made and nothing in the course needs.
    ``NotFoundError`` for no such column, ``ForbiddenError`` for who does not teach the course,
    ``ConflictError`` where the act does not fit, ``LTIServiceError`` when the platform refuses.
    """
    with database.writing() as session:
        if not is_instructor_now(session, context_id, teacher_id):
            raise ForbiddenError("Only those who teach this course can change its columns.")
        column = get_column_in(session, context_id, achievement_uuid)
        book = _book(session, context_id)
        if act is ColumnAct.MAKE_AGAIN:
            _make_again(session, column, now)
    if act is ColumnAct.RENAME:
        _rename(database, client, book, column)
    if act is ColumnAct.DELETE:
        _delete(database, client, book, column, now)
    with database.writing() as session:
        add_event(
            session,
            institution_id=column.achievement.institution_id,
            actor=actor,
            action=f"column.{act}",
            subject=str(achievement_uuid),
            at=now,
        )


def _book(session: Session, context_id: int) -> Gradebook:
    context = get_context(session, context_id)
    registration = registration_of(get_context_registration(session, context_id))
    return Gradebook(registration, context.line_items_url, tuple(context.grade_scopes))


def _make_again(session: Session, column: CourseColumn, now: datetime) -> None:
    allow_line_item(session, column.item.id)
    waiting = list_of_column(
        session, column.item.context_id, column.achievement.id, Meaning.COLUMN_GONE
    )
    for delivery in waiting:
        reopen(session, delivery, fresh_payload(delivery, now), now)


def _rename(
    database: Database, client: PlatformClient, book: Gradebook, column: CourseColumn
) -> None:
    if column.item.url is None or not column.item.is_ours or not book.offers(LINE_ITEM):
        raise ConflictError("This column is not one that this tool may rename.")
    values = column_values(column.item, column.achievement.name)
    update_column(client, book, column.item.url, values)
    with database.writing() as session:
        note_line_item_told(session, column.item.id, values.short_label, values.maximum)


def _delete(
    database: Database,
    client: PlatformClient,
    book: Gradebook,
    column: CourseColumn,
    now: datetime,
) -> None:
    url = column.item.url
    if url is None and column.item.removed_at is not None:
        return
    if url is None or not column.is_deletable:
        raise ConflictError("This column is not one that this tool may delete.")
    if _is_still_ours(client, book, column, url):
        delete_column(client, book, url)
    with database.writing() as session:
        note_line_item_removed(session, column.item.id, now)


def _is_still_ours(client: PlatformClient, book: Gradebook, column: CourseColumn, url: str) -> bool:
    """Return whether the column is there; ``ConflictError`` if it is an activity's by now."""
    try:
        members = read_column(client, book, url)
    except LTIServiceError as error:
        if error.status in (404, 410):
            return False
        raise
    if not is_ours(members, column.item.resource_id) or members.get("resourceLinkId"):
        raise ConflictError("The platform says that this column belongs to an activity.")
    return True
