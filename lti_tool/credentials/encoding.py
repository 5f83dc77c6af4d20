"""How credentials write bytes, instants and amounts."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from decimal import Decimal


def base64url(octets: bytes) -> str:
    """Return ``octets`` in base64url without padding."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def instant(at: datetime) -> str:
    """Return an aware instant in UTC, to the second, as ``2026-06-30T12:00:00Z``."""
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def number(amount: Decimal) -> int | float:
    """Return an amount as JSON has it everywhere: 3 and never 3.0."""
    return int(amount) if amount == int(amount) else float(amount)
