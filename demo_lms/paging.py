"""Pages of a list, in the shape lti1p3platform's services expect."""

from collections.abc import Sequence
from typing import Any


def page_of(entries: Sequence[Any], page: int, limit: int | None) -> dict[str, Any]:
    """Page number ``page`` (from 1) with ``limit`` entries; everything when there is no limit."""
    if limit is None:
        return {"content": list(entries), "has_next": False, "next": None}
    start = (page - 1) * limit
    return {
        "content": list(entries[start : start + limit]),
        "has_next": start + limit < len(entries),
        "next": None,
    }
