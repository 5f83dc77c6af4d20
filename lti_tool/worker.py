"""The worker: takes due deliveries and calls the use case for each, without end."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from lti_tool import error_reports
from lti_tool.issuing.signing import Signing
from lti_tool.lti.platform_client import PlatformClient
from lti_tool.persistence.base import Database
from lti_tool.persistence.deliveries import (
    CREDENTIAL,
    SCORE,
    TRANSCRIPT,
    WAITING,
    Attempt,
    Delivery,
    DeliveryState,
    hold_back,
    lease_due,
    lease_lost,
    settle,
    supersede_stale,
)
from lti_tool.services.issue_credentials import issue_credentials
from lti_tool.services.issue_transcript import issue_transcript
from lti_tool.services.send_score import send_score

Handler = Callable[[int, datetime], Attempt]
Group = tuple[Handler, list[Delivery]]
Attempts = list[tuple[Delivery, Attempt]]
Clock = Callable[[], datetime]

BATCH = 10
BATCH_TOGETHER = 50
"""Of what is done together. One that overtakes the others waits for so many at most."""

LEASE = timedelta(seconds=60)
FIRST_WAIT = 2.0
LONGEST_WAIT = 600.0
MOST_ATTEMPTS = 100
"""With the waits above, a platform may be away for about sixteen hours."""

MOST_CRASHES = 10
DEFECT = "our-defect"

log = structlog.get_logger()


class Together:
    """A handler of several deliveries at once, which share their transactions."""

    def __init__(self, work: Callable[[Sequence[int], datetime], Mapping[int, Attempt]]) -> None:
        self.work = work

    def __call__(self, delivery_id: int, now: datetime) -> Attempt:
        """Do one of them alone."""
        return self.work([delivery_id], now)[delivery_id]


def build_handlers(
    database: Database, client: PlatformClient, signing: Signing
) -> dict[str, Handler]:
    """Return the use case for each kind of delivery."""
    return {
        CREDENTIAL: Together(
            lambda delivery_ids, now: issue_credentials(database, signing, delivery_ids, now=now)
        ),
        TRANSCRIPT: lambda delivery_id, now: issue_transcript(
            database, signing, delivery_id, now=now
        ),
        SCORE: lambda delivery_id, now: send_score(database, client, delivery_id, now=now),
    }


class Periodic:
    """Something that is done again and again, not before ``pause`` is over."""

    def __init__(self, pause: timedelta, task: Callable[[datetime], object]) -> None:
        self._pause, self._task = pause, task
        self._due: datetime | None = None

    def __call__(self, now: datetime) -> None:
        """Do it if it is due."""
        if self._due is None or now >= self._due:
            self._due = now + self._pause
            self._task(now)


def run(
    database: Database,
    handlers: Mapping[str, Handler],
    *,
    clock: Clock,
    stop: threading.Event,
    poll_seconds: float,
    upkeep: Sequence[Callable[[datetime], object]] = (),
    beat: Callable[[datetime], object] = lambda _now: None,
) -> None:
    """Work until ``stop`` is set; look for due deliveries every ``poll_seconds``.

    ``upkeep`` is done while nothing is due, ``beat`` in every pass. Trouble with the database is
    logged and waited out.
    """
    while not stop.is_set():
        try:
            beat(clock())
            count = run_once(database, handlers, clock=clock)
            for task in upkeep if count == 0 else ():
                task(clock())
        except Exception as error:
            # The worker outlives whatever a pass stumbles over, a lost database for one.
            error_reports.tell(error)
            log.exception("worker.pass_failed")
            count = 0
        if count == 0:
            stop.wait(poll_seconds)


def repeat(
    task: Callable[[datetime], object], *, clock: Clock, stop: threading.Event, seconds: float
) -> None:
    """Do something every ``seconds`` until ``stop`` is set; deliveries need not wait for it."""
    while not stop.wait(seconds):
        try:
            task(clock())
        except Exception as error:
            error_reports.tell(error)
            log.exception("worker.repeated_failed")


def run_once(
    database: Database,
    handlers: Mapping[str, Handler],
    *,
    clock: Clock,
    jitter: Callable[[], float] = random.random,
) -> int:
    """Take a batch of due deliveries of every kind, try each, and return how many were tried.

    Credentials go first where both wait: a platform that is away takes its time. A kind without
    a handler waits for the release that knows it. What another worker has left unfinished comes
    last and alone: it may be what ended that one.
    """
    now, groups, lost = clock(), list[Group](), list[Group]()
    # One at most: whatever is leased beside it would be lost with it.
    with database.writing() as session:
        supersede_stale(session, SCORE, now)
        for kind, handler in handlers.items():
            most = BATCH_TOGETHER if isinstance(handler, Together) else BATCH
            due = lease_due(session, kind, now, LEASE, most)
            groups += [(handler, group) for group in _groups(handler, due)]
            left = None if lost else lease_lost(session, kind, now, LEASE, _put_off)
            lost += [(handler, [left])] if left is not None else []
    tried = 0
    for position, (handler, group) in enumerate(groups + lost):
        # Earlier ones may have taken so long that somebody else has these.
        held = [one for one in group if one.leased_until and clock() < one.leased_until]
        given_up = _given_up(held) if position >= len(groups) else []
        attempts = given_up or _try(handler, held, clock())
        _finish(database, attempts, clock(), jitter)
        tried += len(held)
    return tried


def _put_off(attempts: int) -> timedelta:
    return timedelta(seconds=backoff(attempts, 1.0))


def _given_up(group: Sequence[Delivery]) -> Attempts:
    """Return the end of what workers were lost over again and again; nothing otherwise.

    Where no answer ever came, every attempt before this one has ended so.
    """
    answer = "A worker of the tool ended over this each time; see its log."
    return [
        (one, Attempt(DeliveryState.FAILED, answer, reason=DEFECT))
        for one in group
        if one.tried_at is None and one.attempts > MOST_CRASHES
    ]


def _groups(handler: Handler, leased: Sequence[Delivery]) -> list[list[Delivery]]:
    """Return what is tried one after the other: all at once where that is done together."""
    if isinstance(handler, Together):
        return [list(leased)]
    return [[delivery] for delivery in leased]


def _try(handler: Handler, group: Sequence[Delivery], now: datetime) -> Attempts:
    if isinstance(handler, Together) and len(group) > 1:
        try:
            found = handler.work([delivery.id for delivery in group], now)
            return [(delivery, found[delivery.id]) for delivery in group]
        except Exception:
            # One of them is bad: each alone shows which.
            log.exception("worker.group_crashed", kind=group[0].kind)
    return [(delivery, _try_one(handler, delivery, now)) for delivery in group]


def _try_one(handler: Handler, delivery: Delivery, now: datetime) -> Attempt:
    try:
        return handler(delivery.id, now)
    except Exception as error:
        # One bad delivery must never stop the others.
        log.exception("worker.delivery_crashed", delivery=str(delivery.uuid))
        answer = f"The tool stumbled over this itself ({type(error).__name__}); see its log."
        if delivery.attempts >= MOST_CRASHES:
            return Attempt(DeliveryState.FAILED, answer, reason=DEFECT)
        return Attempt(DeliveryState.PENDING, answer, reason=DEFECT)


def _finish(
    database: Database, attempts: Attempts, now: datetime, jitter: Callable[[], float]
) -> None:
    """Settle deliveries, or note when they are tried again.

    Where the platform wants to be left alone, so are its other deliveries. Nothing is noted by
    a worker that was so slow that another one has taken the delivery.
    """
    if not attempts:
        return
    with database.writing() as session:
        noted = [_note(session, *attempt, now, jitter) for attempt in attempts]
    for (delivery, _), (ended, is_noted) in zip(attempts, noted, strict=True):
        log.info(
            "worker.delivery",
            delivery=str(delivery.uuid),
            kind=delivery.kind,
            state=str(ended.state),
            reason=str(ended.reason),
            attempts=delivery.attempts,
            lease_was_lost=not is_noted,
        )


def _note(
    session: Session,
    delivery: Delivery,
    attempt: Attempt,
    now: datetime,
    jitter: Callable[[], float],
) -> tuple[Attempt, bool]:
    ended = _bounded(delivery, attempt, jitter)
    is_noted = settle(session, delivery, ended, now)
    if is_noted and ended.holds_platform and ended.retry_after and delivery.context_id:
        hold_back(session, delivery.context_id, now + timedelta(seconds=ended.retry_after))
    return ended, is_noted


def _bounded(delivery: Delivery, attempt: Attempt, jitter: Callable[[], float]) -> Attempt:
    """Return the attempt with its wait filled in, or given up after too many of them."""
    if attempt.state not in WAITING:
        return attempt
    # What is held waits for a person, however long that takes.
    if attempt.state == DeliveryState.PENDING and delivery.attempts >= MOST_ATTEMPTS:
        answer = f"{attempt.answer} Given up after {delivery.attempts} attempts."
        return Attempt(DeliveryState.FAILED, answer, reason=attempt.reason)
    if attempt.retry_after is not None:
        return attempt
    return replace(attempt, retry_after=backoff(delivery.attempts, jitter()))


def backoff(attempts: int, jitter: float) -> float:
    """Return the seconds to wait after this many attempts; ``jitter`` is between 0 and 1."""
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(attempts - 1, 20))
    return longest * (0.5 + jitter / 2)
