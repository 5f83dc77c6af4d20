"""Access tokens of platforms' services: asked for with a signed assertion, kept, renewed."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from lti_tool.errors import LTIServiceError
from lti_tool.lti.http_client import Answer, HTTPClient
from lti_tool.lti.keys import KeyRing, SigningKey
from lti_tool.lti.registrations import PlatformRegistration
from lti_tool.strict_json import StrictJSONError, parse_object

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFE = timedelta(seconds=60)
BACK_DATED = timedelta(seconds=10)
"""Moodle refuses an assertion of the future without any leeway."""

RENEW_BEFORE = timedelta(seconds=60)
DEFAULT_LIFE = timedelta(seconds=120)
LONGEST_LIFE = timedelta(hours=24)
LARGEST_ANSWER = 64 * 1024
NOT_GRANTED = "lti-scope-not-granted"
ASK_AGAIN_AFTER = timedelta(minutes=5)
"""A scope that was refused is not asked for before that: one pass has several calls."""

_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")

Scopes = frozenset[str]


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token, what it is good for, and until when it is used."""

    value: str
    scopes: Scopes
    use_until: datetime


class TokenStore:
    """Tokens by registration; one request at a time and registration is under way."""

    def __init__(self, http: HTTPClient, keyring: KeyRing) -> None:
        self._http = http
        self._keyring = keyring
        self._lock = threading.Lock()
        self._locks: dict[int, threading.Lock] = {}
        self._tokens: dict[int, list[AccessToken]] = {}
        self._careful: set[int] = set()
        self._refused: dict[tuple[int, Scopes], datetime] = {}

    def get(
        self,
        registration: PlatformRegistration,
        needed: Scopes,
        wanted: Scopes,
        now: datetime,
    ) -> AccessToken:
        """Return a token that covers ``needed``, asked for ``wanted`` as well if there is none.

        A platform that refuses the whole wish is asked for the needed scopes alone from then
        on. ``LTIServiceError`` when it does not grant them.
        """
        with self._lock:
            lock = self._locks.setdefault(registration.id, threading.Lock())
        with lock:
            for token in self._tokens.get(registration.id, []):
                if needed <= token.scopes and now < token.use_until:
                    return token
            if now < self._refused.get((registration.id, needed), now):
                raise _not_granted(registration, needed)
            token = self._ask(registration, needed, wanted, now)
            kept = [t for t in self._tokens.get(registration.id, []) if now < t.use_until]
            self._tokens[registration.id] = [token, *kept]
            if not needed <= token.scopes:
                self._refused[registration.id, needed] = now + ASK_AGAIN_AFTER
                raise _not_granted(registration, needed - token.scopes)
        return token

    def forget(self, registration: PlatformRegistration, token: AccessToken) -> None:
        """Forget a token that the platform no longer takes."""
        with self._lock:
            held = self._tokens.get(registration.id, [])
            self._tokens[registration.id] = [kept for kept in held if kept is not token]

    def _ask(
        self, registration: PlatformRegistration, needed: Scopes, wanted: Scopes, now: datetime
    ) -> AccessToken:
        wish = needed if registration.id in self._careful else needed | wanted
        answer = _post(self._http, self._keyring.current(), registration, wish, now)
        if _error_code(answer) == "invalid_scope" and wish != needed:
            self._careful.add(registration.id)
            wish = needed
            answer = _post(self._http, self._keyring.current(), registration, wish, now)
        if _error_code(answer) == "invalid_scope":
            self._refused[registration.id, needed] = now + ASK_AGAIN_AFTER
            raise _not_granted(registration, needed)
        return _read(answer, wish, registration, now)


def request_token(
    http: HTTPClient,
    key: SigningKey,
    registration: PlatformRegistration,
    wish: Scopes,
    now: datetime,
) -> AccessToken:
    """Ask for one token with ``wish``; what is granted may be less. ``LTIServiceError`` if none."""
    return _read(_post(http, key, registration, wish, now), wish, registration, now)


def _post(
    http: HTTPClient,
    key: SigningKey,
    registration: PlatformRegistration,
    wish: Scopes,
    now: datetime,
) -> Answer:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion(key, registration, now),
        "scope": " ".join(sorted(wish)),
    }
    return http.request(
        "POST",
        registration.token_url,
        headers={
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        },
        body=urlencode(form).encode(),
        max_bytes=LARGEST_ANSWER,
        allows_loopback=registration.allows_loopback,
    )


def assertion(key: SigningKey, registration: PlatformRegistration, now: datetime) -> str:
    """Return the signed statement that we are the client (RFC 7523)."""
    return key.sign(
        {
            "iss": registration.client_id,
            "sub": registration.client_id,
            "aud": registration.token_audience,
            "iat": int((now - BACK_DATED).timestamp()),
            "exp": int((now + ASSERTION_LIFE).timestamp()),
            "jti": secrets.token_urlsafe(18),
        }
    )


def _read(
    answer: Answer, asked: Scopes, registration: PlatformRegistration, now: datetime
) -> AccessToken:
    """Read a token answer; the content type says nothing (Moodle sends text/html)."""
    members = _members(answer)
    value = members.get("access_token")
    kind = members.get("token_type", "bearer")
    if answer.status not in (200, 201) or not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise LTIServiceError(
            f"{registration.name} gave no access token (status {answer.status}"
            f"{_remark(_error_code(answer))}).",
            code="lti-token-refused",
            status=answer.status,
        )
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise LTIServiceError(
            f"{registration.name} gave an access token of an unknown kind.",
            code="lti-token-refused",
        )
    scope = members.get("scope")
    granted = frozenset(scope.split()) if isinstance(scope, str) and scope.strip() else asked
    return AccessToken(value, granted, now + _life(members.get("expires_in")) - RENEW_BEFORE)


def _life(expires_in: object) -> timedelta:
    if isinstance(expires_in, str) and re.fullmatch(r"\d{1,9}", expires_in):
        expires_in = int(expires_in)
    if isinstance(expires_in, bool) or not isinstance(expires_in, int | float) or expires_in <= 0:
        return DEFAULT_LIFE
    return min(timedelta(seconds=min(expires_in, 1e9)), LONGEST_LIFE)


def _members(answer: Answer) -> dict[str, Any]:
    try:
        return parse_object(answer.body, max_bytes=LARGEST_ANSWER)
    except StrictJSONError:
        return {}


def _error_code(answer: Answer) -> str:
    """Return the error code of RFC 6749, "" when there is none."""
    if answer.status < 400:
        return ""
    code = _members(answer).get("error")
    return code if isinstance(code, str) and re.fullmatch(r"[a-z_]{1,40}", code) else ""


def _not_granted(registration: PlatformRegistration, scopes: Scopes) -> LTIServiceError:
    return LTIServiceError(
        f"{registration.name} does not grant this tool: {_names(scopes)}.",
        code=NOT_GRANTED,
        status=403,
    )


def _remark(code: str) -> str:
    return f", {code}" if code else ""


def _names(scopes: Iterable[str]) -> str:
    return ", ".join(sorted(scope.rsplit("/", 1)[-1] for scope in scopes))
