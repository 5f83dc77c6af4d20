"""The worker: takes due deliveries and calls the use case for each, without end."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from lti_tool.lti.platform_client import PlatformClient
from lti_tool.persistence.base import Database
from lti_tool.persistence.deliveries import (
    WAITING,
    Attempt,
    Delivery,
    DeliveryState,
    hold_back,
    lease_due,
    settle,
    supersede_stale,
)
from lti_tool.services.send_score import send_score

Handler = Callable[[int, datetime], Attempt]
Clock = Callable[[], datetime]

SCORE = "score"
BATCH = 10
LEASE = timedelta(seconds=60)
FIRST_WAIT = 2.0
LONGEST_WAIT = 600.0
MOST_ATTEMPTS = 100
"""With the waits above, a platform may be away for about sixteen hours."""

MOST_CRASHES = 10
DEFECT = "our-defect"

log = structlog.get_logger()


def build_handlers(database: Database, client: PlatformClient) -> dict[str, Handler]:
    """Return the use case for each kind of delivery."""
    return {SCORE: lambda delivery_id, now: send_score(database, client, delivery_id, now=now)}


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
) -> None:
    """Work until ``stop`` is set; look for due deliveries every ``poll_seconds``.

    ``upkeep`` is done while nothing is due. Trouble with the database is logged and waited out.
    """
    while not stop.is_set():
        try:
            count = run_once(database, handlers, clock=clock)
            for task in upkeep if count == 0 else ():
                task(clock())
        except Exception:
            # The worker outlives whatever a pass stumbles over, a lost database for one.
            log.exception("worker.pass_failed")
            count = 0
        if count == 0:
            stop.wait(poll_seconds)


def run_once(
    database: Database,
    handlers: Mapping[str, Handler],
    *,
    clock: Clock,
    jitter: Callable[[], float] = random.random,
) -> int:
    """Take one batch of due deliveries, try each, and return how many were tried."""
    now = clock()
    with database.writing() as session:
        supersede_stale(session, SCORE, now)
        leased = lease_due(session, now, LEASE, BATCH)
    tried = 0
    for delivery in leased:
        # Earlier ones of the batch may have taken so long that somebody else has this one.
        if delivery.leased_until is not None and clock() < delivery.leased_until:
            attempt = _try(handlers, delivery, clock())
            _finish(database, delivery, attempt, clock(), jitter)
            tried += 1
    return tried


def _try(handlers: Mapping[str, Handler], delivery: Delivery, now: datetime) -> Attempt:
    handler = handlers.get(delivery.kind)
    if handler is None:
        answer = f"This tool does not know the work '{delivery.kind}'."
        return Attempt(DeliveryState.FAILED, answer, reason=DEFECT)
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
    database: Database,
    delivery: Delivery,
    attempt: Attempt,
    now: datetime,
    jitter: Callable[[], float],
) -> None:
    """Settle a delivery, or note when it is tried again.

    Where the platform wants to be left alone, so are its other deliveries. Nothing is noted by
    a worker that was so slow that another one has taken the delivery.
    """
    ended = _bounded(delivery, attempt, jitter)
    with database.writing() as session:
        is_noted = settle(session, delivery, ended, now)
        if is_noted and ended.holds_platform and ended.retry_after:
            hold_back(session, delivery.context_id, now + timedelta(seconds=ended.retry_after))
    log.info(
        "worker.delivery",
        delivery=str(delivery.uuid),
        kind=delivery.kind,
        state=str(ended.state),
        reason=str(ended.reason),
        attempts=delivery.attempts,
        lease_was_lost=not is_noted,
    )


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
