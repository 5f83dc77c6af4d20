"""Added to every LMS: off until a tool is set."""

from __future__ import annotations

from typing import Any

FLUSH = "quoin-xblock-flush"
FLUSH_SECONDS = 60.0


def plugin_settings(settings: Any) -> None:
    """Add QUOIN_XBLOCK and the periodic flush to the module ``settings``."""
    settings.QUOIN_XBLOCK = getattr(settings, "QUOIN_XBLOCK", {})
    schedule_flush(settings)


def schedule_flush(settings: Any) -> None:
    """Have Celery's clock send what was left, where the LMS runs one."""
    seconds = settings.QUOIN_XBLOCK.get("FLUSH_SECONDS", FLUSH_SECONDS)
    entry = {"task": "quoin_xblock.flush", "schedule": float(seconds)}
    schedule = getattr(settings, "CELERYBEAT_SCHEDULE", None) or {}
    settings.CELERYBEAT_SCHEDULE = {**schedule, FLUSH: entry}
