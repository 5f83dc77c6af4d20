"""Takes what is due from the outbox, sends it, and notes what followed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.cache import cache
from django.db.models import F

from quoin_xblock.plugin.config import Config
from quoin_xblock.plugin.delivery import (
    Answer,
    Next,
    Verdict,
    delay_before,
    judge,
    judge_batch,
    should_halve,
)
from quoin_xblock.plugin.models import RETIREMENT, OutboxRow, State
from quoin_xblock.plugin.people import subjects_of
from quoin_xblock.plugin.sending import post

log = logging.getLogger(__name__)

COMPLETIONS, ERASURES = "/api/v1/completions", "/api/v1/erasures"
LEASE = timedelta(minutes=10)
"""How long rows belong to the task that took them; a task that died lets them go by itself."""
MOST_BATCHES = 50
"""Batches in one task, so that no worker of the LMS is held for long."""
PAUSE, FAILURES = "quoin-plugin-pause", "quoin-plugin-failures"
MEMORY = 24 * 3600
NO_SUBJECT = "The learner has no LTI id in this LMS yet (external id type 'lti')."

Clock = Callable[[], datetime]


def send_due(config: Config, clock: Clock) -> float | None:
    """Send what is due, in batches; give the seconds after which to come back, None if done.

    A tool that does not answer is left alone for a while by every process: no worker waits for
    it again and again. ``clock`` gives an aware time.
    """
    if cache.get(PAUSE) is not None:
        return None
    for _ in range(MOST_BATCHES):
        rows = take(config.batch, clock())
        if not rows:
            return None
        delay = _send(rows, config, clock)
        if delay is not None:
            return delay
    return 0.0


def end_pause() -> None:
    """Let the tool be asked again at once: somebody says that it is back."""
    cache.delete(PAUSE)


def take(size: int, now: datetime) -> list[OutboxRow]:
    """Take at most ``size`` rows that are due, so that nobody else has them for a while."""
    due = OutboxRow.objects.filter(state=State.PENDING, due_at__lte=now)
    ids = list(due.order_by("due_at", "id").values_list("id", flat=True)[:size])
    mark = uuid4().hex
    # Of two tasks that saw the same rows the second finds them no longer due.
    if not ids or not due.filter(id__in=ids).update(claim=mark, due_at=now + LEASE):
        return []
    return list(OutboxRow.objects.filter(id__in=ids, claim=mark).order_by("id"))


def _send(rows: Sequence[OutboxRow], config: Config, clock: Clock) -> float | None:
    """Send rows that were taken; give the pause that follows from a failure."""
    for row in rows:
        if row.kind == RETIREMENT:
            content = {"key": row.key, "issuer": config.issuer, "subject": row.subject}
            answer = post(config, ERASURES, content)
            _note([row], [judge(answer)], answer, clock())
    completions = [row for row in rows if row.kind != RETIREMENT]
    subjects = subjects_of({row.user_id for row in completions})
    unknown = [row for row in completions if row.user_id not in subjects]
    if unknown:
        verdict = Verdict(Next.AGAIN, NO_SUBJECT)
        _note(unknown, [verdict] * len(unknown), Answer(200), clock())
    known = [row for row in completions if row.user_id in subjects]
    return _send_completions(known, subjects, config, clock) if known else None


def _send_completions(
    rows: Sequence[OutboxRow], subjects: dict[int, str], config: Config, clock: Clock
) -> float | None:
    items = [_item(row, subjects[row.user_id], config) for row in rows]
    answer = post(config, COMPLETIONS, {"completions": items})
    if should_halve(answer, len(rows)):
        middle = len(rows) // 2
        delays = [
            _send_completions(half, subjects, config, clock)
            for half in (rows[:middle], rows[middle:])
        ]
        return next((delay for delay in delays if delay is not None), None)
    return _note(rows, judge_batch(answer, [row.key for row in rows]), answer, clock())


def _item(row: OutboxRow, subject: str, config: Config) -> dict[str, Any]:
    item = {
        "key": row.key,
        "issuer": config.issuer,
        "subject": subject,
        "competency": row.competency,
        "completed_at": row.completed_at.isoformat(),
    }
    if row.grade is not None:
        item["grade"] = row.grade
    if row.evidence:
        item["evidence"] = row.evidence
    return item


def _note(
    rows: Sequence[OutboxRow], verdicts: Sequence[Verdict], answer: Answer, now: datetime
) -> float | None:
    """Write down what became of ``rows``; give the pause where the whole tool is away."""
    done = [row.id for row, verdict in zip(rows, verdicts, strict=True) if _is(verdict, Next.DONE)]
    again = [(row, v) for row, v in zip(rows, verdicts, strict=True) if _is(v, Next.AGAIN)]
    dead = [(row, v) for row, v in zip(rows, verdicts, strict=True) if _is(v, Next.DEAD)]
    OutboxRow.objects.filter(id__in=done).update(
        state=State.DONE, sent_at=now, problem="", claim="", subject=""
    )
    for row, verdict in dead:
        _bury(row, verdict.problem)
    pause = _pause(answer)
    if again:
        attempts = 1 + max(row.attempts for row, _ in again)
        delay = delay_before(attempts, answer) if pause is None else pause
        OutboxRow.objects.filter(id__in=[row.id for row, _ in again]).update(
            attempts=F("attempts") + 1,
            due_at=now + timedelta(seconds=delay),
            problem=again[0][1].problem,
            claim="",
        )
    return pause


def _is(verdict: Verdict, next_: Next) -> bool:
    return verdict.next is next_


def _bury(row: OutboxRow, problem: str) -> None:
    log.error(
        "Quoin: the tool refused row %s (%s): %s. When the reason is gone: "
        "manage.py lms quoin_resync --dead",
        row.id,
        row.competency or row.kind,
        problem,
    )
    OutboxRow.objects.filter(id=row.id).update(
        state=State.DEAD, attempts=F("attempts") + 1, problem=problem, claim=""
    )


def _pause(answer: Answer) -> float | None:
    """Let every process leave a tool alone that is away; longer after each failure in a row."""
    verdict = judge(answer)
    if verdict.next is not Next.AGAIN:
        cache.delete(FAILURES)
        return None
    failures = int(cache.get(FAILURES) or 0) + 1
    cache.set(FAILURES, failures, MEMORY)
    delay = delay_before(failures, answer)
    cache.set(PAUSE, 1, delay)
    log.warning("Quoin: %s Trying again in %.0f s.", verdict.problem, delay)
    return delay
