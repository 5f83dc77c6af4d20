"""Takes what is due from the outbox and sends it, in batches."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from quoin_xblock.plugin.config import Config
from quoin_xblock.plugin.delivery import Answer, should_halve
from quoin_xblock.plugin.models import RETIREMENT, OutboxRow, State
from quoin_xblock.plugin.people import subjects_of
from quoin_xblock.plugin.results import is_paused, note_result, put_off
from quoin_xblock.plugin.sending import post

COMPLETIONS, ERASURES = "/api/v1/completions", "/api/v1/erasures"
LEASE = timedelta(minutes=10)
"""How long rows belong to the task that took them; a task that died lets them go by itself."""
MOST_BATCHES = 50
"""Batches in one task, so that no worker of the LMS is held for long."""
WITHOUT_SUBJECT = timedelta(minutes=5)
NO_SUBJECT = "The learner has no LTI id in this LMS yet (external id type 'lti')."
TOOL_AWAY = "The tool was away before it was this completion's turn."

Clock = Callable[[], datetime]


def send_due(config: Config, clock: Clock) -> float | None:
    """Send what is due; give the seconds after which to come back, None if nothing is left.

    A tool that does not answer is left alone for a while by every process: no worker waits for
    it again and again. ``clock`` gives an aware time.
    """
    if is_paused():
        return None
    for _ in range(MOST_BATCHES):
        rows = take(config.batch, clock())
        if not rows:
            return None
        pause = _send(rows, config, clock)
        if pause is not None:
            return pause
    return 0.0


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
    """Send rows that were taken; give the pause that follows where the tool is away."""
    subjects = subjects_of({row.user_id for row in rows if row.kind != RETIREMENT})
    requests = deque(_requests(rows, subjects))
    put_off(
        [row for row in rows if row.kind != RETIREMENT and row.user_id not in subjects],
        clock() + WITHOUT_SUBJECT,
        NO_SUBJECT,
    )
    while requests:
        part = requests.popleft()
        answer = _post(part, subjects, config)
        if should_halve(answer, len(part)):
            middle = len(part) // 2
            requests.extendleft([part[middle:], part[:middle]])
            continue
        pause = note_result(part, answer, clock())
        if pause is not None:
            left = [row for rest in requests for row in rest]
            put_off(left, clock() + timedelta(seconds=pause), TOOL_AWAY)
            return pause
    return None


def _requests(
    rows: Sequence[OutboxRow], subjects: Mapping[int, str]
) -> Iterator[Sequence[OutboxRow]]:
    """Give what is sent at once: each retirement alone, all completions together."""
    yield from ([row] for row in rows if row.kind == RETIREMENT)
    completions = [row for row in rows if row.user_id in subjects]
    if completions:
        yield completions


def _post(rows: Sequence[OutboxRow], subjects: Mapping[int, str], config: Config) -> Answer:
    if rows[0].kind == RETIREMENT:
        who = {"issuer": config.issuer, "subject": rows[0].subject}
        return post(config, ERASURES, {"key": rows[0].key, **who})
    items = [_item(row, subjects[row.user_id], config) for row in rows]
    return post(config, COMPLETIONS, {"completions": items})


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
