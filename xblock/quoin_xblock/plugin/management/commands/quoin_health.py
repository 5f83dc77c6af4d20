"""manage.py lms quoin_health: how the outbox stands."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from quoin_xblock.plugin.config import read_config
from quoin_xblock.plugin.reports import Health, measure_health


class Command(BaseCommand):
    """Prints depth, oldest row, last success and dead letters; exit code 1 asks for a look."""

    help = "Say how what is told to Quoin stands. Example: manage.py lms quoin_health --json"

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print the state; leave with 1 where somebody should look."""
        health = measure_health(is_connected=read_config() is not None, now=datetime.now(UTC))
        self.stdout.write(json.dumps(health.as_plain()) if options["json"] else _in_words(health))
        if not health.is_good:
            sys.exit(1)


def _in_words(health: Health) -> str:
    oldest = "" if health.oldest_seconds is None else f", the oldest {health.oldest_seconds:.0f} s"
    last = health.last_success.isoformat() if health.last_success else "never"
    lines = [
        f"tool          {'set' if health.is_connected else 'not set: nothing is recorded'}",
        f"waiting       {health.waiting}{oldest}",
        f"last success  {last}",
        f"refused       {health.dead}" + ("  (quoin_resync --dead)" if health.dead else ""),
        f"by hand       {health.by_hand}"
        + ("  (taken back by the platform: withdraw them in Quoin)" if health.by_hand else ""),
    ]
    return "\n".join(lines)
