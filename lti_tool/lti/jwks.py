"""A platform's published keys: which of them count, and how long they are kept."""

from __future__ import annotations

import base64
import binascii
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from lti_tool.errors import LTILaunchError, LTIServiceError
from lti_tool.lti.http_client import Answer, HTTPClient
from lti_tool.strict_json import StrictJSONError, parse_object

MOST_KEYS = 100
MOST_BYTES = 256 * 1024
FEWEST_BITS, MOST_BITS = 2048, 8192
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})

DEFAULT_LIFE = timedelta(hours=1)
SHORTEST_LIFE, LONGEST_LIFE = timedelta(minutes=5), timedelta(hours=24)
STALE_LIFE = timedelta(hours=24)
FETCH_INTERVAL = timedelta(minutes=1)
FAILURE_INTERVAL = timedelta(seconds=15)
PAUSE_SECONDS, MOST_PAUSES = 0.25, 24
"""How long a launch waits while another process fetches the keys that it needs."""

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


@dataclass(frozen=True, slots=True)
class ShelvedKeyset:
    """What all processes know of one address: the last good answer, and why a later one failed.

    ``is_pending``: somebody is fetching it at this moment.
    """

    body: bytes | None = None
    fresh_until: datetime | None = None
    failure: str = ""
    is_pending: bool = False


class PublishesKeys(Protocol):
    """Whoever publishes keys: a platform's registration, or a provider of sign-ins."""

    @property
    def jwks_url(self) -> str:
        """Where the keyset stands."""

    @property
    def allows_loopback(self) -> bool:
        """Whether that may be on this machine, over http."""


class KeysetShelf(Protocol):
    """Where keysets lie that processes share; a look here happens only on a miss."""

    def find(self, url: str) -> ShelvedKeyset | None:
        """Return what is known of an address."""

    def claim(self, url: str, now: datetime, next_fetch_at: datetime) -> bool:
        """Take the right to fetch it; False while it is not due."""

    def keep(self, url: str, body: bytes, now: datetime, fresh_until: datetime) -> None:
        """Keep a good answer."""

    def keep_failure(self, url: str, failure: str, now: datetime, next_fetch_at: datetime) -> None:
        """Keep why there was no good answer."""


class OwnShelf:
    """A shelf of this process alone, for a tool without others beside it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, ShelvedKeyset] = {}
        self._due: dict[str, datetime] = {}

    def find(self, url: str) -> ShelvedKeyset | None:
        """Return what is known of an address."""
        return self._kept.get(url)

    def claim(self, url: str, now: datetime, next_fetch_at: datetime) -> bool:
        """Take the right to fetch it; False while it is not due."""
        with self._lock:
            if url in self._due and now < self._due[url]:
                return False
            self._due[url] = next_fetch_at
            return True

    def keep(self, url: str, body: bytes, now: datetime, fresh_until: datetime) -> None:  # noqa: ARG002
        """Keep a good answer."""
        self._kept[url] = ShelvedKeyset(body, fresh_until)

    def keep_failure(
        self,
        url: str,
        failure: str,
        now: datetime,  # noqa: ARG002
        next_fetch_at: datetime,
    ) -> None:
        """Keep why there was no good answer; the last good one stays."""
        known = self._kept.get(url, ShelvedKeyset())
        self._kept[url] = ShelvedKeyset(known.body, known.fresh_until, failure)
        self._due[url] = next_fetch_at


@dataclass(slots=True)
class _Entry:
    """What is known of one JWKS address; changed only under its lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    body: bytes = b""
    keys: Keys = field(default_factory=dict)
    fresh_until: datetime | None = None
    failure: str = ""

    def is_fresh(self, now: datetime) -> bool:
        return self.fresh_until is not None and now < self.fresh_until

    def usable(self, kid: str, now: datetime) -> RSAPublicKey | None:
        """Return a key that is fresh, or not older than a platform may be silent."""
        if self.fresh_until is None or now >= self.fresh_until + STALE_LIFE:
            return None
        return self.keys.get(kid)


class KeysetCache:
    """Platforms' keys as ready key objects, shared by the threads of this process.

    A warm look-up makes no network call and no query. A miss looks at the ``shelf`` that all
    processes share; an unknown ``kid`` causes one re-fetch, at most one per minute and address.
    While a platform does not answer, its last keys stay good for a day.
    """

    def __init__(
        self,
        http: HTTPClient,
        shelf: KeysetShelf | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = http
        self._shelf = shelf or OwnShelf()
        self._sleep = sleep
        self._entries: dict[str, _Entry] = {}

    def get(self, registration: PublishesKeys, kid: str, now: datetime) -> RSAPublicKey:
        """Return the key; ``LTILaunchError`` when the platform has not published it."""
        entry = self._entries.setdefault(registration.jwks_url, _Entry())
        key = entry.keys.get(kid)
        if key is not None and entry.is_fresh(now):
            return key
        with entry.lock:
            self._refresh(registration, entry, kid, now)
        return _find(entry, kid, now)

    def _refresh(self, registration: PublishesKeys, entry: _Entry, kid: str, now: datetime) -> None:
        url = registration.jwks_url
        self._look(url, entry)
        if entry.is_fresh(now) and kid in entry.keys:
            return
        if self._shelf.claim(url, now, now + FETCH_INTERVAL):
            self._ask(registration, now)
            self._look(url, entry)
            return
        for _ in range(MOST_PAUSES):
            if entry.usable(kid, now) or not self._look(url, entry):
                return
            self._sleep(PAUSE_SECONDS)

    def _look(self, url: str, entry: _Entry) -> bool:
        """Take over what the shelf has; return whether somebody is fetching more."""
        shelved = self._shelf.find(url)
        if shelved is None:
            return False
        entry.failure, entry.fresh_until = shelved.failure, shelved.fresh_until
        if shelved.body is not None and shelved.body != entry.body:
            entry.keys, entry.body = parse_keyset(shelved.body), shelved.body
        return shelved.is_pending

    def _ask(self, registration: PublishesKeys, now: datetime) -> None:
        """Fetch the keyset and put it, or why there is none, on the shelf."""
        url = registration.jwks_url
        try:
            answer = fetch_keyset(self._http, registration)
            parse_keyset(answer.body)
        except (LTIServiceError, StrictJSONError) as error:
            self._shelf.keep_failure(url, str(error), now, now + FAILURE_INTERVAL)
            return
        fresh_until = now + lifetime(answer.headers.get("Cache-Control", ""))
        self._shelf.keep(url, answer.body, now, fresh_until)


def fetch_keyset(http: HTTPClient, registration: PublishesKeys) -> Answer:
    """Return the platform's answer with its keyset; ``LTIServiceError`` unless it is a 200."""
    answer = http.request(
        "GET",
        registration.jwks_url,
        headers={"Accept": "application/json"},
        max_bytes=MOST_BYTES,
        allows_loopback=registration.allows_loopback,
    )
    if answer.status != 200:
        raise LTIServiceError(f"the answer has the status {answer.status}", status=answer.status)
    return answer


def lifetime(cache_control: str) -> timedelta:
    """Return how long a keyset is kept: ``max-age`` within our bounds, an hour by default."""
    match = re.search(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", cache_control, re.IGNORECASE)
    asked = timedelta(seconds=int(match.group(1))) if match else DEFAULT_LIFE
    return min(max(asked, SHORTEST_LIFE), LONGEST_LIFE)


def _find(entry: _Entry, kid: str, now: datetime) -> RSAPublicKey:
    key = entry.usable(kid, now)
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
