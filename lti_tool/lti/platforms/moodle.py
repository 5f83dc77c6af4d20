"""Moodle (seen running: 4.5.6)."""

from __future__ import annotations

from lti_tool.lti.platforms.quirks import PlatformQuirks
from lti_tool.lti.score_answers import Meaning


class Moodle(PlatformQuirks):
    """What only Moodle does. Kept everywhere, since it harms nobody:

    - ``Accept`` is exactly one media type; a list or ``*/*`` is answered with 400.
    - Service addresses carry a query: ``/scores`` goes on the path before it.
    - ``limit`` on line items gives a broken ``Link`` header, on results a 404: none is sent.
    - Two scores of a learner are at least a second apart: it compares whole seconds.
    - A score that is not final erases the grade: only final ones are sent.
    - A later score without a comment clears the earlier comment: each carries its own.
    """

    def classify(self, status: int | None, body: bytes = b"") -> Meaning:
        """Symptom: 400 for who has no gradable role in the course, whatever the words say."""
        if status == 400:
            return Meaning.REFUSED
        return super().classify(status, body)
