"""How a platform behaves where the standard leaves room or is not kept: the generic case."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit, urlunsplit

from lti_tool.lti.score_answers import Meaning, classify_status
from lti_tool.translating import _

READ_AT_MOST = 4096
"""Bytes of an error answer that are searched for words."""


class PlatformQuirks:
    """What a standard platform does; the family's own file says what it does otherwise.

    Nothing else in the tool asks which product a platform is. ``shares_identities`` says that
    a person has the same ``sub`` under every client id of an issuer.
    """

    shares_identities = False

    def classify(self, status: int | None, body: bytes = b"") -> Meaning:
        """Return what an answer to a score means; None is no answer."""
        if status == 400 and says(body, "timestamp"):
            return Meaning.CONFLICT
        return classify_status(status)

    def score_extension(self) -> dict[str, object]:
        """Return members that a score document carries beside those of the standard."""
        return {}

    def comment(self, text: str) -> str:
        """Return a comment as the platform shows it as it was meant."""
        return text

    def results_url(self, results_url: str, user_id: str) -> str:
        """Return where the result of one user is read (AGS 2.0, 3.3.3)."""
        return with_query(results_url, {"user_id": user_id})

    def remark_on_stored(self, *, is_zero: bool, is_linked: bool) -> str:
        """Return what a teacher has to know of a score that was stored, "" when nothing.

        ``is_linked``: its column belongs to a link of the course.
        """
        del is_zero, is_linked
        return ""

    def roster_refusal(self, name: str, status: int | None) -> str | None:
        """Return in words that a list of members is not to be had; None for mere trouble."""
        if status in (401, 403):
            return _(
                "{name} does not give the list of members of this course to this tool.", name=name
            )
        return None


def says(body: bytes, *words: str) -> bool:
    """Return whether an error answer holds one of these words, whatever their case."""
    text = body[:READ_AT_MOST].decode("utf-8", "replace").lower()
    return any(word in text for word in words)


def with_query(url: str, query: dict[str, str]) -> str:
    """Return an address with more in its query; what is there stays."""
    parts = urlsplit(url)
    added = urlencode(query)
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))
