"""Writes down what became of rows that were sent, and how long the tool is left alone."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import F

from quoin_xblock.plugin.delivery import (
    Answer,
    Next,
    Verdict,
    delay_before,
    judge,
    judge_batch,
)
from quoin_xblock.plugin.models import RETIREMENT, OutboxRow, State

log = logging.getLogger(__name__)

PAUSE, FAILURES = "quoin-plugin-pause", "quoin-plugin-failures"
MEMORY = 24 * 3600
"""Seconds after which failures in a row are forgotten."""


def note_result(rows: Sequence[OutboxRow], answer: Answer, now: datetime) -> float | None:
    """Write down what ``answer`` means for ``rows``; give the pause where the tool is away."""
    pause = _pause_after(answer)
    done = []
    for row, verdict in zip(rows, _verdicts(rows, answer), strict=True):
        if verdict.next is Next.DONE:
            done.append(row)
        elif verdict.next is Next.DEAD:
            _bury(row, verdict.problem)
        else:
            delay = delay_before(row.attempts + 1, answer) if pause is None else pause
            _try_again(row, now + timedelta(seconds=delay), verdict.problem)
    _of(done).update(state=State.DONE, sent_at=now, problem="", claim="", subject="")
    return pause


def put_off(rows: Sequence[OutboxRow], until: datetime, problem: str) -> None:
    """Let rows wait that were taken and could not be sent."""
    _of(rows).update(due_at=until, problem=problem, claim="")


def is_paused() -> bool:
    """Say whether the tool is left alone just now."""
    return cache.get(PAUSE) is not None


def end_pause() -> None:
    """Let the tool be asked again at once: somebody says that it is back."""
    cache.delete(PAUSE)


def _verdicts(rows: Sequence[OutboxRow], answer: Answer) -> list[Verdict]:
    if rows[0].kind == RETIREMENT:
        return [judge(answer)]
    return judge_batch(answer, [row.key for row in rows])


def _pause_after(answer: Answer) -> float | None:
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


def _bury(row: OutboxRow, problem: str) -> None:
    log.error(
        "Quoin: the tool refused row %s (%s): %s When the reason is gone: "
        "manage.py lms quoin_resync --dead",
        row.id,
        row.competency or row.kind,
        problem,
    )
    _of([row]).update(state=State.DEAD, attempts=F("attempts") + 1, problem=problem, claim="")


def _try_again(row: OutboxRow, at: datetime, problem: str) -> None:
    _of([row]).update(attempts=F("attempts") + 1, due_at=at, problem=problem, claim="")


def _of(rows: Sequence[OutboxRow]) -> Any:
    """Give the query of rows; one that was deleted meanwhile is not in it."""
    return OutboxRow.objects.filter(id__in=[row.id for row in rows])
