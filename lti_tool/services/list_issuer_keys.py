"""Use case: list the keys with which an institution has signed, and what each stands under."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.persistence import issuer_keys
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.credentials import count_signed


@dataclass(frozen=True, slots=True)
class IssuerKeyView:
    """A key: "signs", "retired" (published still) or "taken out"; credentials under it now."""

    key_id: str
    algorithm: str
    state: str
    created_at: datetime
    credentials: int


def list_issuer_keys(database: Database, institution_key: str) -> list[IssuerKeyView]:
    """Return the keys of an institution, the newest first; ``NotFoundError`` if it is unknown."""
    with database.reading() as session:
        institution = get_institution(session, institution_key)
        return [
            IssuerKeyView(
                row.key_id,
                row.algorithm,
                _state(row),
                row.created_at,
                count_signed(session, row.id),
            )
            for row in issuer_keys.list_issuer_keys(session, institution.id)
        ]


def _state(row: issuer_keys.IssuerKeyRow) -> str:
    if row.compromised_at is not None:
        return "taken out"
    return "signs" if row.retired_at is None else "retired"
