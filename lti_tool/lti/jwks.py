"""A platform's published keys: which of them count, and how long they are kept."""

from __future__ import annotations

import base64
import binascii
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from lti_tool.errors import LTILaunchError, LTIServiceError
from lti_tool.lti.http_client import Answer, HTTPClient
from lti_tool.lti.registrations import PlatformRegistration
from lti_tool.lti.strict_json import StrictJSONError, parse_object

MOST_KEYS = 100
MOST_BYTES = 256 * 1024
FEWEST_BITS, MOST_BITS = 2048, 8192
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})

DEFAULT_LIFE = timedelta(hours=1)
SHORTEST_LIFE, LONGEST_LIFE = timedelta(minutes=5), timedelta(hours=24)
STALE_LIFE = timedelta(hours=24)
FETCH_INTERVAL = timedelta(minutes=1)
FAILURE_INTERVAL = timedelta(seconds=15)

Keys = Mapping[str, RSAPublicKey]


def parse_keyset(body: bytes) -> Keys:
    """Return the usable keys of a JWKS by ``kid``; ``StrictJSONError`` when it is not one.

    Entries that break V9 or V11 are skipped: a platform may publish keys for other uses.
    """
    entries = parse_object(body, max_bytes=MOST_BYTES).get("keys")
    if not isinstance(entries, list) or len(entries) > MOST_KEYS:
        raise StrictJSONError(f"it has no list of at most {MOST_KEYS} keys")
    keys: dict[str, RSAPublicKey] = {}
    for entry in entries:
        key = _usable_key(entry)
        if key is not None:
            keys.setdefault(entry["kid"], key)
    return keys


def _usable_key(entry: Any) -> RSAPublicKey | None:
    if not isinstance(entry, dict) or entry.get("kty") != "RSA":
        return None
    if entry.get("alg", "RS256") != "RS256" or entry.get("use", "sig") != "sig":
        return None
    if not isinstance(entry.get("kid"), str) or PRIVATE_MEMBERS & entry.keys():
        return None
    modulus, exponent = _number(entry.get("n")), _number(entry.get("e"))
    if not FEWEST_BITS <= modulus.bit_length() <= MOST_BITS or not 3 <= exponent < 2**32:
        return None
    try:
        return RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError:
        return None


def _number(text: object) -> int:
    if not isinstance(text, str) or not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        return 0
    try:
        return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")
    except binascii.Error:
        return 0


@dataclass(slots=True)
class _Entry:
    """What is known of one JWKS address; changed only under its lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    keys: Keys = field(default_factory=dict)
    fresh_until: datetime | None = None
    stale_until: datetime | None = None
    next_fetch_at: datetime | None = None
    failure: str = ""


class KeysetCache:
    """Platforms' keys as ready key objects, shared by the threads of this process.

    A warm look-up makes no network call. An unknown ``kid`` causes one re-fetch, at most one
    per minute and address. While a platform does not answer, its last keys stay good for a day.
    """

    def __init__(self, http: HTTPClient) -> None:
        self._http = http
        self._entries: dict[str, _Entry] = {}

    def get(self, registration: PlatformRegistration, kid: str, now: datetime) -> RSAPublicKey:
        """Return the key; ``LTILaunchError`` when the platform has not published it."""
        entry = self._entries.setdefault(registration.jwks_url, _Entry())
        key = entry.keys.get(kid)
        if key is not None and entry.fresh_until is not None and now < entry.fresh_until:
            return key
        with entry.lock:
            self._refresh(registration, entry, kid, now)
        return _find(entry, kid, now)

    def _refresh(
        self, registration: PlatformRegistration, entry: _Entry, kid: str, now: datetime
    ) -> None:
        is_fresh = entry.fresh_until is not None and now < entry.fresh_until
        if is_fresh and kid in entry.keys:
            return
        if entry.next_fetch_at is not None and now < entry.next_fetch_at:
            return
        try:
            answer = self._fetch(registration)
            keys = parse_keyset(answer.body)
        except (LTIServiceError, StrictJSONError) as error:
            entry.failure = str(error)
            entry.next_fetch_at = now + FAILURE_INTERVAL
            return
        entry.keys, entry.failure = keys, ""
        entry.fresh_until = now + lifetime(answer.headers.get("Cache-Control", ""))
        entry.stale_until = entry.fresh_until + STALE_LIFE
        entry.next_fetch_at = now + FETCH_INTERVAL

    def _fetch(self, registration: PlatformRegistration) -> Answer:
        answer = self._http.request(
            "GET",
            registration.jwks_url,
            headers={"Accept": "application/json"},
            max_bytes=MOST_BYTES,
            allows_loopback=registration.allows_loopback,
        )
        if answer.status != 200:
            raise LTIServiceError(
                f"the answer has the status {answer.status}", status=answer.status
            )
        return answer


def lifetime(cache_control: str) -> timedelta:
    """Return how long a keyset is kept: ``max-age`` within our bounds, an hour by default."""
    match = re.search(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", cache_control, re.IGNORECASE)
    asked = timedelta(seconds=int(match.group(1))) if match else DEFAULT_LIFE
    return min(max(asked, SHORTEST_LIFE), LONGEST_LIFE)


def _find(entry: _Entry, kid: str, now: datetime) -> RSAPublicKey:
    is_usable = entry.stale_until is not None and now < entry.stale_until
    key = entry.keys.get(kid) if is_usable else None
    if key is not None:
        return key
    if entry.failure:
        raise LTILaunchError(
            f"The keys of your platform could not be read: {entry.failure} "
            "Try again in a minute; if it stays, tell the administrator of your LMS.",
            code="lti-keyset",
        )
    raise LTILaunchError(
        "The token is signed with a key that your platform has not published.",
        code="lti-token-key",
    )
