"""Keeps what blocks publish, by the rules of an LMS."""

from __future__ import annotations

from typing import Any

from demo_workbench.models import Reported
from demo_workbench.services import person


def keep(block: Any, event: str, data: dict[str, Any]) -> None:
    """Keep a completion or a score; of visitors and of staff as somebody else nothing."""
    who = person(str(block.scope_ids.user_id))
    if who.is_anonymous or who.is_masquerading:
        return
    row = {"student": who.name, "usage": str(block.scope_ids.usage_id)}
    if event == "completion":
        Reported.objects.update_or_create(**row, defaults={"completion": data["completion"]})
    elif event == "grade":
        values: dict[str, Any] = {"score": data["value"] / data["max_value"]}
        # A score completes a block that does not say itself when it is complete.
        if not getattr(block, "has_custom_completion", False):
            values["completion"] = 1.0
        Reported.objects.update_or_create(**row, defaults=values)
