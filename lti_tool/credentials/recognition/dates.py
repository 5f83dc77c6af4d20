"""Dates of credentials: RFC 3339 with a time zone, nothing else."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from lti_tool.credentials.recognition.outcomes import invalid

_FORM = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)


def read_date(value: object) -> datetime:
    """Return the moment in UTC; ``FindingError`` when it is no date or has no zone."""
    if not isinstance(value, str) or not _FORM.fullmatch(value):
        raise invalid("date-wrong")
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise invalid("date-wrong") from None
