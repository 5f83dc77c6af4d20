"""Where the tool is and how to speak to it, from Django's QUOIN_XBLOCK or XBLOCK_SETTINGS.

    QUOIN_XBLOCK = {
        "TOOL_URL": "https://quoin.example.edu",
        "KEYS": [{"KEY_ID": "harbour-edx-1", "SECRET": "..."}],   # the next is tried after a 401
        "TIMEOUT": 2.5,              # seconds for a call that a learner waits for, at most 3
        "ISSUER": "https://...",     # only where it is not LMS_ROOT_URL
        "SCORES": "dotted.name",     # only where scores are not in the LMS's own table
    }

Never in fields of a block: those leave the platform with every exported course.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

BLOCK_SETTINGS_KEY = "quoin"
USUAL_WAIT, LONGEST_WAIT = 2.5, 3.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Key:
    """One of the keys by which the tool knows this LMS; its secret is in no traceback."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator set; ``tool_url`` and ``issuer`` end without a slash, ``timeout`` in s."""

    tool_url: str = ""
    keys: tuple[Key, ...] = ()
    timeout: float = USUAL_WAIT
    issuer: str = ""
    scores: str = ""

    @property
    def is_connected(self) -> bool:
        """Say whether there is a tool to talk to."""
        return bool(self.tool_url and self.keys and self.issuer)


def read_settings(block: Any) -> Settings:
    """Give the settings: those of Django's QUOIN_XBLOCK, over those of XBLOCK_SETTINGS."""
    from django.conf import settings as django_settings

    bucket = block.get_xblock_settings(default={}) or {}
    own = getattr(django_settings, "QUOIN_XBLOCK", None) or {}
    root = getattr(django_settings, "LMS_ROOT_URL", None) or ""
    return parse_settings({"ISSUER": root, **bucket, **own})


def parse_settings(found: Mapping[str, Any]) -> Settings:
    """Give typed settings; what cannot be used counts as not set."""
    url = str(found.get("TOOL_URL") or "").rstrip("/")
    if urlsplit(url).scheme not in ("http", "https"):
        url = ""
    try:
        timeout = float(found.get("TIMEOUT") or USUAL_WAIT)
    except (TypeError, ValueError):
        timeout = USUAL_WAIT
    return Settings(
        tool_url=url,
        keys=_keys(found),
        timeout=min(max(timeout, 0.1), LONGEST_WAIT),
        issuer=str(found.get("ISSUER") or "").rstrip("/"),
        scores=str(found.get("SCORES") or ""),
    )


def _keys(found: Mapping[str, Any]) -> tuple[Key, ...]:
    """Give the keys of KEYS, or the one that KEY_ID and SECRET name."""
    listed = found.get("KEYS") or [found]
    keys = [Key(str(row.get("KEY_ID") or ""), str(row.get("SECRET") or "")) for row in listed]
    return tuple(key for key in keys if key.id and key.secret)
