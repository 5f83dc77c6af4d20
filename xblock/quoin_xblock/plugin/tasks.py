"""The Celery task that sends: after each event, by the clock, and again after a failure."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from celery import shared_task

from quoin_xblock.plugin.batches import send_due
from quoin_xblock.plugin.config import read_config

log = logging.getLogger(__name__)


@shared_task(name="quoin_xblock.flush", ignore_result=True)
def flush() -> None:
    """Send what is due; come back by itself where something is left."""
    config = read_config()
    if config is None:
        return
    delay = send_due(config, lambda: datetime.now(UTC))
    if delay is not None:
        # A second more, because some caches count in whole seconds: the pause is over by then.
        flush.apply_async(countdown=delay + 1)
