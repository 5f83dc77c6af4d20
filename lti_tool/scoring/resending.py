"""The payload of a score that goes out again: the same facts under a new timestamp."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lti_tool.persistence.deliveries import Delivery


def fresh_payload(delivery: Delivery, now: datetime, *, is_forced: bool = False) -> dict[str, Any]:
    """Return the payload for another sending.

    Its timestamp is chosen anew when it goes out, after the one that it had. ``is_forced`` is a
    teacher's word to send it over the grade that stands; it holds for this sending alone.
    """
    payload = {key: value for key, value in delivery.payload.items() if key != "is_forced"}
    used = payload.pop("timestamp", None)
    if used is not None:
        payload["at"] = now.isoformat()
    if payload.get("posted"):
        payload["after"] = used or payload.get("after")
    return payload | ({"is_forced": True} if is_forced else {})
