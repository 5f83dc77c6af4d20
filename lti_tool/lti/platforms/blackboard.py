"""Blackboard Learn (from its documentation, and tools in production for it)."""

from __future__ import annotations

from lti_tool.lti.platforms.quirks import PlatformQuirks, says, with_query
from lti_tool.lti.score_answers import Meaning

MANY = "1000"


class Blackboard(PlatformQuirks):
    """What only Blackboard does."""

    def classify(self, status: int | None, body: bytes = b"") -> Meaning:
        """Symptom: an unknown user is a 400 with "User could not be found"."""
        if status == 400 and says(body, "user could not be found"):
            return Meaning.UNKNOWN_LEARNER
        return super().classify(status, body)

    def comment(self, text: str) -> str:
        """Symptom: line breaks are lost unless they are written as ``<br/>``."""
        return "<br/>".join(text.splitlines())

    def results_url(self, results_url: str, user_id: str) -> str:
        """Symptom: asked for one user it drops the comment, so all are read and one is picked."""
        del user_id
        return with_query(results_url, {"limit": MANY})
