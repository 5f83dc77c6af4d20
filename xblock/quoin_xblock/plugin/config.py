"""What the operator set in QUOIN_XBLOCK, typed. Off until a tool and a key are named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings as django_settings


@dataclass(frozen=True, slots=True)
class Key:
    """One of the keys by which the tool knows this LMS."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Config:
    """How to reach the tool and when; times in seconds."""

    tool_url: str
    """Without a slash at its end."""
    keys: tuple[Key, ...]
    """The first signs; the second is tried where the first is refused."""
    issuer: str
    timeout: float = 5.0
    batch: int = 200
    """Completions in one request."""
    gather: float = 2.0
    """How long after an event the sending begins, so that many events share a request."""
    flush: float = 60.0
    """How often what was left is sent."""
    switched_off: frozenset[str] = frozenset()
    """Kinds of events that are not listened to."""
    mapping: Mapping[str, Any] = field(default_factory=dict)
    """Key of a course, or a pattern with ``*`` -> rules."""


def read_config() -> Config | None:
    """Give the configuration of this LMS, or None while no tool is set."""
    found = getattr(django_settings, "QUOIN_XBLOCK", None) or {}
    return parse_config({"ISSUER": getattr(django_settings, "LMS_ROOT_URL", ""), **found})


def parse_config(found: Mapping[str, Any]) -> Config | None:
    """Give typed settings; None if the tool's address, a key or the issuer is missing."""
    tool_url = str(found.get("TOOL_URL") or "").rstrip("/")
    issuer = str(found.get("ISSUER") or "").rstrip("/")
    keys = _read_keys(found)
    if urlsplit(tool_url).scheme not in ("http", "https") or not keys or not issuer:
        return None
    switches = found.get("EVENTS") or {}
    return Config(
        tool_url=tool_url,
        keys=keys,
        issuer=issuer,
        timeout=_number(found, "DELIVERY_TIMEOUT", Config.timeout),
        batch=int(_number(found, "BATCH", Config.batch)),
        gather=_number(found, "GATHER_SECONDS", Config.gather),
        flush=_number(found, "FLUSH_SECONDS", Config.flush),
        switched_off=frozenset(kind for kind, is_on in switches.items() if not is_on),
        mapping=found.get("MAPPING") or {},
    )


def _read_keys(found: Mapping[str, Any]) -> tuple[Key, ...]:
    """Give the keys of KEYS, or the one that KEY_ID and SECRET name."""
    listed = found.get("KEYS") or [found]
    keys = [Key(str(item.get("KEY_ID") or ""), str(item.get("SECRET") or "")) for item in listed]
    return tuple(key for key in keys if key.id and key.secret)


def _number(found: Mapping[str, Any], name: str, default: float) -> float:
    value = found.get(name, default)
    return value if isinstance(value, int | float) and value >= 0 else default
