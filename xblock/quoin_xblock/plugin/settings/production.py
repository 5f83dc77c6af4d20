"""Added to an LMS in production: what its configuration files say of the tool."""

from __future__ import annotations

from typing import Any

from quoin_xblock.plugin.settings.common import schedule_flush


def plugin_settings(settings: Any) -> None:
    """Take QUOIN_XBLOCK from the configuration files, where they name it."""
    for tokens in ("ENV_TOKENS", "AUTH_TOKENS"):
        found = (getattr(settings, tokens, None) or {}).get("QUOIN_XBLOCK", {})
        settings.QUOIN_XBLOCK = {**getattr(settings, "QUOIN_XBLOCK", {}), **found}
    schedule_flush(settings)
