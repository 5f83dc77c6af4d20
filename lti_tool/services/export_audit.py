"""Use case: give out the audit events with their seals, as an auditor checks them elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lti_tool.chaining import as_data
from lti_tool.persistence.audit_seals import walk_seals
from lti_tool.persistence.base import Database


def export_audit(database: Database) -> Iterator[dict[str, Any]]:
    """Yield {position, hash, event} of every seal; ``event`` is None for one that is gone."""
    with database.reading() as session:
        for seal, event in walk_seals(session):
            yield {
                "position": seal.position,
                "hash": seal.hash,
                "event": None if event is None else as_data(event),
            }
