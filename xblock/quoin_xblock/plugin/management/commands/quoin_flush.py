"""manage.py lms quoin_flush: send what is due, for an LMS whose Celery has no clock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand

from quoin_xblock.plugin.batches import send_due
from quoin_xblock.plugin.config import read_config
from quoin_xblock.plugin.results import end_pause


class Command(BaseCommand):
    """Sends in the foreground; made for cron."""

    help = "Send what is due to Quoin now. Example: manage.py lms quoin_flush"

    def handle(self, *_: Any, **__: Any) -> None:
        """Send until nothing is due, or the tool does not answer."""
        config = read_config()
        end_pause()
        while config is not None and send_due(config, lambda: datetime.now(UTC)) == 0:
            pass
