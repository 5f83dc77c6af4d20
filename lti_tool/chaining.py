"""The step that sealing and checking share: what of an audit event is hashed, and how."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import Any

from lti_tool.persistence.audit import AuditEvent


def as_data(event: AuditEvent) -> dict[str, Any]:
    """Return an event as plain data (JSON), instants in UTC to the microsecond."""
    return {
        "id": event.id,
        "uuid": str(event.uuid),
        "institution_id": event.institution_id,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": event.actor,
        "action": event.action,
        "subject": event.subject,
        "detail": event.detail,
    }


def canonical(data: dict[str, Any]) -> bytes:
    """Return data as JSON in one form only: sorted names, no space, UTF-8."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def link(before: str, event: AuditEvent) -> str:
    """Return the hash of an event after the hash ``before`` it ("" before the first).

    SHA-256 over ``before``, a line feed, and the canonical JSON; hexadecimal.
    """
    return hashlib.sha256(before.encode() + b"\n" + canonical(as_data(event))).hexdigest()
