"""The gradebook column of a score: looked for before it is made, told when it has changed."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from lti_tool.errors import LTIServiceError
from lti_tool.lti.grades import LINE_ITEM, LINE_ITEM_READONLY
from lti_tool.lti.line_items import Column, Columns, create_column, list_columns, update_column
from lti_tool.lti.platform_client import PlatformClient
from lti_tool.lti.score_answers import Meaning
from lti_tool.persistence.base import Database
from lti_tool.persistence.deliveries import Attempt
from lti_tool.persistence.line_items import (
    claim_line_item,
    get_line_item_url,
    note_line_item_removed,
    note_line_item_told,
    note_line_item_url,
    release_line_item,
)
from lti_tool.scoring.jobs import Job
from lti_tool.scoring.verdicts import again, attempt_of

CLAIM_LIFE = timedelta(seconds=60)
CLAIM_WAIT = 5.0
BROKEN_LIST = "The list of gradebook columns could not be read to its end."

log = structlog.get_logger()


def ready_column(
    database: Database, client: PlatformClient, job: Job, now: datetime
) -> str | Attempt:
    """Return where the column is, with its present name, or why there is none."""
    if job.column_url is None:
        return _find_or_make(database, client, job, now)
    if job.is_column_outdated and job.book.offers(LINE_ITEM):
        _tell(database, client, job, job.column_url)
    return job.column_url


def _tell(database: Database, client: PlatformClient, job: Job, url: str) -> None:
    """Give a column of ours its present name and maximum; a score never waits for that."""
    try:
        update_column(client, job.book, url, job.values)
    except LTIServiceError as error:
        # The next score tries again, and a column that is gone shows itself by the score.
        log.info("scoring.column_not_renamed", code=error.code, status=error.status)
        return
    with database.writing() as session:
        note_line_item_told(session, job.line_item_id, job.values.short_label, job.values.maximum)


def _find_or_make(
    database: Database, client: PlatformClient, job: Job, now: datetime
) -> str | Attempt:
    """Return where the column is; only one worker at a time looks and makes."""
    if job.is_column_removed:
        return attempt_of(Meaning.COLUMN_GONE, job.name)
    if not {LINE_ITEM, LINE_ITEM_READONLY} & set(job.book.scopes) or not job.book.line_items_url:
        return attempt_of(Meaning.NO_COLUMN, job.name)
    with database.writing() as session:
        if not claim_line_item(session, job.line_item_id, now, CLAIM_LIFE):
            return again("The gradebook column is being looked for.", CLAIM_WAIT)
        known = get_line_item_url(session, job.line_item_id)
    try:
        return known or _look_or_make(database, client, job)
    finally:
        with database.writing() as session:
            release_line_item(session, job.line_item_id)


def _look_or_make(database: Database, client: PlatformClient, job: Job) -> str | Attempt:
    columns = list_columns(client, job.book, job.values.resource_id)
    if columns.found:
        return _note(database, job, _best(columns, job).url)
    if not columns.is_complete:
        return again(BROKEN_LIST)
    if not job.book.offers(LINE_ITEM):
        return attempt_of(Meaning.NO_COLUMN, job.name)
    made = create_column(client, job.book, job.values)
    return _note(database, job, made.url, is_new=True)


def _note(database: Database, job: Job, url: str, *, is_new: bool = False) -> str:
    with database.writing() as session:
        note_line_item_url(session, job.line_item_id, url)
        if is_new:
            note_line_item_told(
                session, job.line_item_id, job.values.short_label, job.values.maximum
            )
    return url


def _best(columns: Columns, job: Job) -> Column:
    """Return the column of the link that we know, or the first one."""
    link = job.values.resource_link_id
    for column in columns.found:
        if column.resource_link_id is not None and column.resource_link_id == link:
            return column
    return columns.found[0]


def look_again(
    database: Database, client: PlatformClient, job: Job, url: str, now: datetime
) -> Attempt:
    """Find out why a column was not found; never make another one without the teacher."""
    columns = list_columns(client, job.book, job.values.resource_id)
    urls = [column.url for column in columns.found]
    if url in urls:
        return attempt_of(Meaning.UNKNOWN_LEARNER, job.name)
    if urls:
        _note(database, job, _best(columns, job).url)
        return again("The gradebook column has moved; the score is sent there.", 0.0)
    if not columns.is_complete and job.book.line_items_url is not None:
        return again(BROKEN_LIST)
    with database.writing() as session:
        note_line_item_removed(session, job.line_item_id, now)
    return attempt_of(Meaning.COLUMN_GONE, job.name)
