"""Use case: show the published versions of a stack, each with what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.building.comparing import StackChange, compare
from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import find_achievement, find_names, list_versions
from lti_tool.persistence.snapshots import read_version
from stacking_rules import Document, parse_document


@dataclass(frozen=True, slots=True)
class VersionView:
    """One published version; ``change`` is that from the version before it, None for the first."""

    number: int
    published_at: datetime
    document: Document
    change: StackChange | None


@dataclass(frozen=True, slots=True)
class VersionsView:
    """A stack with its versions, the newest first, and the names of the achievements by key."""

    key: str
    title: str
    versions: tuple[VersionView, ...]
    names: dict[str, str]


def show_versions(database: Database, institution_id: int, key: str) -> VersionsView:
    """Return the versions of one of an institution's stacks; ``NotFoundError`` otherwise."""
    with database.reading() as session:
        award = find_achievement(session, institution_id, key)
        rows = list_versions(session, award.id) if award is not None else []
        if award is None or not rows:
            raise NotFoundError("There is no such stack.")
        stacks = [read_version(row) for row in rows]
        named = {name for row in rows for name in _texts(row.document)}
        names = find_names(session, institution_id, named)
        views = tuple(
            VersionView(
                row.number,
                row.published_at,
                parse_document({"quoin": 2, "stacks": [row.document]}),
                compare([stacks[index + 1]], [stacks[index]])[0] if index + 1 < len(rows) else None,
            )
            for index, row in enumerate(rows)
        )
    return VersionsView(key, award.name, views, names)


def _texts(data: object) -> set[str]:
    if isinstance(data, str):
        return {data}
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return {text for part in parts for text in _texts(part)}
