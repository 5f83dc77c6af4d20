"""Use case: list the keys of the JSON API, without their secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.persistence.api_keys import list_api_key_rows
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution, list_institutions


@dataclass(frozen=True, slots=True)
class APIKeyView:
    """One key; ``institution`` is its institution's key, ``used_at`` exact to a minute."""

    key_id: str
    institution: str
    name: str
    issuers: tuple[str, ...]
    created_at: datetime
    used_at: datetime | None
    retired_at: datetime | None


def list_api_keys(
    database: Database, *, institution_key: str | None = None
) -> tuple[APIKeyView, ...]:
    """Return all keys, retired ones too, or those of one institution (``NotFoundError``)."""
    with database.reading() as session:
        wanted = None if institution_key is None else get_institution(session, institution_key).id
        names = {row.id: row.key for row in list_institutions(session)}
        return tuple(
            APIKeyView(
                key_id=row.key_id,
                institution=names[row.institution_id],
                name=row.name,
                issuers=tuple(row.issuers),
                created_at=row.created_at,
                used_at=row.used_at,
                retired_at=row.retired_at,
            )
            for row in list_api_key_rows(session, wanted)
        )
