"""manage.py lms quoin_export: what the outbox holds about one learner."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from quoin_xblock.plugin.people import find_subject
from quoin_xblock.plugin.reports import export_learner


class Command(BaseCommand):
    """Prints JSON; for requests of people who ask what is kept about them."""

    help = "Print what is kept about one learner. Example: manage.py lms quoin_export --user 42"

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--user", type=int, required=True, help="id of the user in this LMS")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print the learner's rows and the id by which the tool knows the learner."""
        user_id = options["user"]
        content = {"subject": find_subject(user_id), "completions": export_learner(user_id)}
        self.stdout.write(json.dumps(content, cls=DjangoJSONEncoder, indent=2))
