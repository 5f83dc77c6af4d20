"""manage.py lms quoin_resync: send again what the tool should have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from quoin_xblock.plugin.config import read_config
from quoin_xblock.plugin.outbox import start_sending
from quoin_xblock.plugin.results import end_pause
from quoin_xblock.plugin.resync import resend_dead, resync


class Command(BaseCommand):
    """Sends the present state of a course, or dead letters, again; harmless to repeat."""

    help = (
        "Send the completions of a course to Quoin again, with those that no event has told. "
        "Example: manage.py lms quoin_resync --course course-v1:Harbour+SQL+2026"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--course", metavar="KEY", help="the course")
        parser.add_argument(
            "--dead", action="store_true", help="only what the tool refused; without KEY everywhere"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Put the rows back into the queue and say how many."""
        config = read_config()
        if config is None:
            raise CommandError("No tool is set: see QUOIN_XBLOCK in the settings of the LMS.")
        course, now = options["course"], datetime.now(UTC)
        if options["dead"]:
            self.stdout.write(f"{resend_dead(course, now=now)} refused completions go out again.")
        elif course:
            done = resync(course, config, now=now)
            self.stdout.write(f"{done.again} completions go out again, {done.added} are new.")
        else:
            raise CommandError("Name a course with --course KEY, or say --dead.")
        end_pause()
        start_sending()
