"""Canvas (from its documentation, and tools in production for it)."""

from __future__ import annotations

from lti_tool.lti.platforms.quirks import PlatformQuirks

SUBMISSION = "https://canvas.instructure.com/lti/submission"


class Canvas(PlatformQuirks):
    """What only Canvas does. Kept everywhere, since it harms nobody:

    - It wants timestamps finer than a second: all of ours have microseconds.
    - The cursors of its pages depend on their case: addresses are followed as they came.
    - 422 is its answer for the test student: not gradable, and never tried again.
    """

    def score_extension(self) -> dict[str, object]:
        """Symptom: without it every score makes a new submission of the learner."""
        return {SUBMISSION: {"new_submission": False}}
