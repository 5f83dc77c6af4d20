"""D2L Brightspace (from tools in production for it)."""

from __future__ import annotations

from lti_tool.lti.platforms.quirks import PlatformQuirks, says
from lti_tool.lti.score_answers import Meaning


class Brightspace(PlatformQuirks):
    """What only Brightspace does.

    The audience of its token requests is another address than the one they are sent to; that
    is a field of the registration.
    """

    def classify(self, status: int | None, body: bytes = b"") -> Meaning:
        """Symptom: 403 is a learner who is not enrolled, 404 a user that is not known.

        Only words about a scope or a line item say that it is about those.
        """
        if status == 403 and not says(body, "scope", "permission"):
            return Meaning.UNKNOWN_LEARNER
        if status == 404 and not says(body, "lineitem", "line item", "grade item"):
            return Meaning.UNKNOWN_LEARNER
        return super().classify(status, body)
