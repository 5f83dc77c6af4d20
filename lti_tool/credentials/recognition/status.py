"""Revocation and suspension: lists that the issuer of a credential publishes."""

from __future__ import annotations

import re
import zlib
from base64 import urlsafe_b64decode
from collections.abc import Callable
from typing import Any

from lti_tool.credentials.recognition.documents import Documents
from lti_tool.credentials.recognition.issuer_addresses import is_public_address, origin
from lti_tool.credentials.recognition.outcomes import (
    FindingError,
    Outcome,
    invalid,
    uncheckable,
)
from lti_tool.credentials.recognition.values import listed, name_of

FEWEST_ENTRIES = 131_072
LARGEST_LIST = 16 * 1024 * 1024
MOST_STATUSES = 8
FOUND = {
    "revocation": (Outcome.REVOKED, "revoked"),
    "suspension": (Outcome.SUSPENDED, "suspended"),
}

OpenList = Callable[[bytes, str, str], dict[str, Any]]
"""Verifies (content, address, issuer) of a status list and returns its credentialSubject."""


def check_status(
    document: dict[str, Any], documents: Documents, open_list: OpenList
) -> list[FindingError]:
    """Return what the lists of a credential say against it; empty for nothing."""
    entries = listed(document.get("credentialStatus"))
    if len(entries) > MOST_STATUSES:
        raise invalid("status-malformed")
    found = []
    for entry in entries:
        try:
            _check_entry(entry, document, documents, open_list)
        except FindingError as refused:
            found.append(refused)
    return found


def _check_entry(
    entry: Any, document: dict[str, Any], documents: Documents, open_list: OpenList
) -> None:
    if not isinstance(entry, dict):
        raise invalid("status-malformed")
    kind = entry.get("type")
    if kind == "BitstringStatusListEntry":
        _check_bit(entry, name_of(document["issuer"]), documents, open_list)
    elif kind == "1EdTechRevocationList":
        _check_revocation_list(entry, document, documents)
    else:
        raise uncheckable("status-unsupported")


def _check_bit(
    entry: dict[str, Any], issuer: str, documents: Documents, open_list: OpenList
) -> None:
    purpose, index, url = (
        entry.get(name) for name in ("statusPurpose", "statusListIndex", "statusListCredential")
    )
    if not isinstance(purpose, str) or not isinstance(url, str) or not isinstance(index, str):
        raise invalid("status-malformed")
    if not re.fullmatch(r"[0-9]{1,10}", index) or entry.get("statusSize", 1) != 1:
        raise invalid("status-malformed")
    if purpose not in FOUND:
        return
    content = documents.body(url, missing="status-unreachable")
    subject = open_list(content, url, issuer)
    if subject.get("type") != "BitstringStatusList":
        raise invalid("status-wrong")
    if purpose not in listed(subject.get("statusPurpose")):
        raise invalid("status-wrong")
    if _bit(unpack(subject.get("encodedList")), int(index)):
        raise FindingError(*FOUND[purpose])


def unpack(encoded: object) -> bytes:
    """Return the bits of an ``encodedList``: never more than 16 MiB, never too few."""
    if not isinstance(encoded, str) or not re.fullmatch(r"u[A-Za-z0-9_-]+", encoded):
        raise invalid("status-wrong")
    packed = urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4))
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        bits = unpacking.decompress(packed, LARGEST_LIST)
    except zlib.error:
        raise invalid("status-wrong") from None
    if not unpacking.eof or len(bits) * 8 < FEWEST_ENTRIES:
        raise invalid("status-wrong")
    return bits


def _bit(bits: bytes, index: int) -> bool:
    if index >= len(bits) * 8:
        raise invalid("status-wrong")
    return bool(bits[index // 8] >> (7 - index % 8) & 1)


def _check_revocation_list(
    entry: dict[str, Any], document: dict[str, Any], documents: Documents
) -> None:
    """Read the list of 1EdTech, which nobody signs: it counts on the issuer's own host alone."""
    issuer, url = name_of(document["issuer"]), str(entry.get("id", "")).partition("#")[0]
    if not is_public_address(url):
        raise invalid("status-malformed")
    if issuer.startswith("https://") and origin(issuer) != origin(url):
        raise invalid("status-of-another")
    found = documents.json(url, missing="status-unreachable", wrong=invalid("status-wrong"))
    if not isinstance(found, dict) or name_of(found.get("issuer")) != issuer:
        raise invalid("status-of-another")
    names = [*listed(found.get("revokedCredentials")), *listed(found.get("revokedCredential"))]
    revoked = {
        name_of(name)
        for name in names
        if not isinstance(name, dict) or name.get("revoked", True) is not False
    }
    if document["id"] in revoked:
        raise FindingError(*FOUND["revocation"])
