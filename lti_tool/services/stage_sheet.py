"""Use case: keep an uploaded table for an hour, until its dry run was looked at."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.attesting.sheet_rows import check_header
from lti_tool.attesting.tables import read_table
from lti_tool.persistence import staged_sheets
from lti_tool.persistence.base import Database


def stage_sheet(
    database: Database, *, context_id: int, uploaded_by: int, content: bytes, now: datetime
) -> UUID:
    """Keep a table that can be read and has the columns asked for; return its uuid.

    ``InvalidInputError`` (field ``file``) as ``read_table`` and ``check_header`` say.
    """
    check_header(read_table(content))
    with database.writing() as session:
        return staged_sheets.stage_sheet(session, context_id, uploaded_by, content, now)
