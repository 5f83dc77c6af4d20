"""Bitstring Status Lists: whether a credential is revoked or suspended, one bit for each."""

from __future__ import annotations

import gzip
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from lti_tool.credentials.contexts import VC
from lti_tool.credentials.did_web import Issuer
from lti_tool.credentials.encoding import base64url, instant

ENTRIES = 131_072
"""Entries of a list: so many that nobody learns from an address whose credential is asked for."""

FULL = ENTRIES // 2
"""Entries in use from which on a new list is opened: random places stay quickly found."""

VALID_FOR = timedelta(days=7)
SIGN_AGAIN = timedelta(days=1)
MAY_BE_KEPT = timedelta(minutes=5)


class Purpose(StrEnum):
    """What a set bit means: revoked for good, or suspended for now."""

    REVOCATION = "revocation"
    SUSPENSION = "suspension"


def random_position() -> int:
    """Return a place in a list that tells nothing of the order of issue."""
    return secrets.randbelow(ENTRIES)


def entry(list_url: str, purpose: str, position: int) -> dict[str, str]:
    """Return what a credential says of its place in a list."""
    return {
        "id": f"{list_url}#{position}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(position),
        "statusListCredential": list_url,
    }


def encode(positions: Iterable[int]) -> str:
    """Return the list in which the bits at ``positions`` are set; bit 0 is the leftmost one."""
    bits = bytearray(ENTRIES // 8)
    for position in positions:
        bits[position // 8] |= 0x80 >> position % 8
    # No time in the header: the same bits are the same text.
    return "u" + base64url(gzip.compress(bytes(bits), mtime=0))


def status_list(
    issuer: Issuer, list_url: str, purpose: str, positions: Iterable[int], *, now: datetime
) -> dict[str, Any]:
    """Return the list at ``list_url`` as a credential that is yet to be signed."""
    return {
        "@context": [VC],
        "id": list_url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer.did,
        "validFrom": instant(now),
        "validUntil": instant(now + VALID_FOR),
        "credentialSubject": {
            "id": f"{list_url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encode(positions),
            "ttl": int(MAY_BE_KEPT.total_seconds() * 1000),
        },
    }
