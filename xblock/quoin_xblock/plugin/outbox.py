"""Puts completions into the outbox, inside the transaction of their reason, and has them sent.

``enqueue`` is all that the blocks call. It raises nothing: a completion that cannot be written
down is logged, and the learner's request goes on.
"""

from __future__ import annotations

import hashlib
import logging
import math
from datetime import UTC, datetime
from typing import Any

from django.core.cache import cache
from django.db import IntegrityError, transaction

from quoin_xblock.plugin.config import Config, read_config
from quoin_xblock.plugin.models import OutboxRow, State

log = logging.getLogger(__name__)

QUEUED = "quoin-plugin-queued"
LONGEST_KEY = 200


def enqueue(
    *,
    kind: str,
    user_id: int,
    course_key: str,
    competency: str,
    completed_at: datetime,
    grade: str | None,
    evidence: list[dict[str, Any]] | None,
    event_id: str,
) -> None:
    """Write down one completion, to be sent after the present transaction.

    ``completed_at`` is aware; ``grade`` is in percent of the competency's scale, as text;
    ``evidence`` holds pieces with ``text`` and ``url``. ``event_id`` together with
    ``competency`` is told to the tool once, however often this is called. Nothing happens while
    no tool is set, for nobody (no ``user_id``) and for no course. Raises nothing.
    """
    try:
        config = read_config()
        if config is None or not user_id or not course_key:
            return
        add_row(
            kind=kind,
            user_id=user_id,
            course_key=course_key,
            competency=competency,
            completed_at=completed_at,
            grade=grade,
            evidence=evidence,
            key=key_of(event_id, competency),
        )
        send_after_commit(config)
    except Exception:
        log.exception("Quoin: a completion was not written down; quoin_resync finds it again.")


def key_of(event_id: str, competency: str) -> str:
    """Give the key by which the tool takes a completion once."""
    key = f"{event_id}/{competency}"
    is_good = len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()
    return key if is_good else hashlib.sha256(key.encode()).hexdigest()


def add_row(*, key: str, state: State = State.PENDING, **values: Any) -> bool:
    """Insert a row in a savepoint of its own; False if the key is there already."""
    now = datetime.now(UTC)
    try:
        with transaction.atomic():
            OutboxRow.objects.create(key=key, state=state, due_at=now, created_at=now, **values)
    except IntegrityError:
        if not OutboxRow.objects.filter(key=key).exists():
            raise
        return False
    return True


def send_after_commit(config: Config) -> None:
    """Have the outbox sent when the present transaction is committed, never before."""
    transaction.on_commit(lambda: start_sending(config.gather))


def start_sending(gather: float = 0) -> None:
    """Queue the task that sends; events of the next ``gather`` seconds share it.

    Raises nothing: what is not queued is sent by the periodic flush.
    """
    try:
        from quoin_xblock.plugin.tasks import flush

        if not gather:
            flush.delay()
        elif cache.add(QUEUED, 1, math.ceil(gather)):
            # A second later than the mark ends, so that nothing falls between the two.
            flush.apply_async(countdown=math.ceil(gather) + 1)
    except Exception:
        log.exception("Quoin: sending was not queued; the periodic flush does it.")
