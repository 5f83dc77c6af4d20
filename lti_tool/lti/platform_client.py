"""Calls to a platform's services with a token: retried where that is safe, paused where told."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from lti_tool.errors import LTIServiceError
from lti_tool.lti.http_client import Answer, HTTPClient
from lti_tool.lti.keys import KeyRing
from lti_tool.lti.registrations import PlatformRegistration
from lti_tool.lti.service_tokens import AccessToken, Scopes, TokenStore

TRIES = 3
FIRST_WAIT = 0.5
LONGEST_WAIT = 5.0
"""Seconds that a read may wait between two tries: somebody may sit in front of the page."""

WORTH_A_RETRY = frozenset({429, 500, 502, 503, 504})
PAUSE_AFTER = 5
PAUSE = timedelta(seconds=60)
PAUSE_UNAUTHORISED = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a service: what it needs, and the one media type it speaks.

    ``wanted`` are scopes that are asked for at the same time, so that one token serves a
    whole pass.
    """

    method: str
    url: str
    accept: str
    needed: Scopes
    wanted: Scopes = frozenset()
    content_type: str | None = None
    body: bytes | None = None

    def headers(self, token: str) -> dict[str, str]:
        """Return the headers; ``Accept`` is exactly one type (Moodle refuses lists)."""
        found = {"Accept": self.accept, "Authorization": f"Bearer {token}"}
        if self.content_type is not None:
            found["Content-Type"] = self.content_type
        return found


@dataclass(slots=True)
class _Health:
    """How a registration's services have been doing."""

    failures: int = 0
    paused_until: datetime | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class PlatformClient:
    """The service client of every registration; shared by the threads of a process.

    After five calls in a row without an answer, after a token that was refused twice, and
    when told to slow down, a registration is left alone for a while.
    """

    def __init__(
        self,
        http: HTTPClient,
        keyring: KeyRing,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._http = http
        self._tokens = TokenStore(http, keyring)
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._health: dict[int, _Health] = {}

    def read(self, registration: PlatformRegistration, call: Call) -> Answer:
        """Make an idempotent call, up to three times; ``LTIServiceError`` unless it is a 2xx."""
        for attempt in range(1, TRIES + 1):
            try:
                answer = self.send(registration, call)
            except LTIServiceError as error:
                if error.code != "lti-no-answer" or attempt == TRIES:
                    raise
                self._wait(attempt, 0)
                continue
            if 200 <= answer.status < 300:
                return answer
            retry_after = retry_after_of(answer, self._clock())
            if answer.status not in WORTH_A_RETRY or attempt == TRIES or retry_after > LONGEST_WAIT:
                raise _refusal(registration, answer, retry_after)
            self._wait(attempt, retry_after)
        raise AssertionError("the last try returns or raises")

    def send(self, registration: PlatformRegistration, call: Call) -> Answer:
        """Make a call once and return its answer whatever the status.

        A token that is refused (401) is renewed once. ``LTIServiceError`` without a status when
        there was no answer or the registration is paused (``retry_after`` says how long).
        """
        health = self._health.setdefault(registration.id, _Health())
        self._check_pause(registration, health)
        try:
            answer = self._authorised(registration, call)
        except LTIServiceError as error:
            self._count(health, is_answered=error.code != "lti-no-answer")
            raise
        self._count(health, is_answered=True)
        if answer.status == 401:
            self._pause(health, PAUSE_UNAUTHORISED)
        elif answer.status == 429:
            wait = retry_after_of(answer, self._clock()) or PAUSE.total_seconds()
            self._pause(health, timedelta(seconds=wait))
        return answer

    def _authorised(self, registration: PlatformRegistration, call: Call) -> Answer:
        answer, token = self._once(registration, call)
        if answer.status == 401:
            self._tokens.forget(registration, token)
            answer, token = self._once(registration, call)
        if answer.status == 401:
            self._tokens.forget(registration, token)
        return answer

    def _once(self, registration: PlatformRegistration, call: Call) -> tuple[Answer, AccessToken]:
        token = self._tokens.get(registration, call.needed, call.wanted, self._clock())
        answer = self._http.request(
            call.method,
            call.url,
            headers=call.headers(token.value),
            body=call.body,
            allows_loopback=registration.allows_loopback,
        )
        return answer, token

    def _check_pause(self, registration: PlatformRegistration, health: _Health) -> None:
        now = self._clock()
        if health.paused_until is not None and now < health.paused_until:
            raise LTIServiceError(
                f"{registration.name} is left alone for a while after it refused or did not "
                "answer; this goes on by itself.",
                code="lti-platform-paused",
                retry_after=(health.paused_until - now).total_seconds(),
            )

    def _count(self, health: _Health, *, is_answered: bool) -> None:
        with health.lock:
            health.failures = 0 if is_answered else health.failures + 1
            is_down = health.failures >= PAUSE_AFTER
        if is_down:
            self._pause(health, PAUSE)

    def _pause(self, health: _Health, length: timedelta) -> None:
        with health.lock:
            health.paused_until = self._clock() + min(length, LONGEST_PAUSE)
            health.failures = 0

    def _wait(self, attempt: int, retry_after: float) -> None:
        backoff = FIRST_WAIT * 2 ** (attempt - 1) * (1 + self._jitter())
        self._sleep(min(max(backoff, retry_after), LONGEST_WAIT))


def retry_after_of(answer: Answer, now: datetime) -> float:
    """Return the seconds that ``Retry-After`` asks for (a number or a date), 0 without one."""
    text = answer.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())


def _refusal(
    registration: PlatformRegistration, answer: Answer, retry_after: float
) -> LTIServiceError:
    return LTIServiceError(
        f"{registration.name} answered with the status {answer.status}.",
        status=answer.status,
        retry_after=retry_after or None,
    )
