"""Open edX with the LTI consumer block (seen running: 11.4.4 and 10.0.1)."""

from __future__ import annotations

from urllib.parse import quote, urlsplit, urlunsplit

from lti_tool.lti.platforms.quirks import PlatformQuirks
from lti_tool.translating import _


class OpenEdX(PlatformQuirks):
    """What only Open edX does. Kept everywhere, since it harms nobody:

    - It has no 409: a timestamp that is not newer is a 400 that speaks of the timestamp.
    - It publishes only scores of columns that are bound to their link: ``resourceLinkId`` is
      always sent where a link is known.
    - Its declarative mode gives one read-only column: the one that a launch names is enough.

    A site has a client id for every block and one user id (type "lti") for all of them.
    """

    shares_identities = True

    def results_url(self, results_url: str, user_id: str) -> str:
        """Symptom: the user is a segment of the path; a query is ignored and gives everybody."""
        parts = urlsplit(results_url)
        path = f"{parts.path.rstrip('/')}/{quote(user_id, safe='')}"
        return urlunsplit(parts._replace(path=path))

    def remark_on_stored(self, *, is_zero: bool, is_linked: bool) -> str:
        """Symptom: what is scored outside of a block is stored and never shown.

        So is a score of 0 up to version 10 of the consumer.
        """
        if not is_linked:
            return (
                "Open edX keeps it to itself, because this column belongs to no block: choose "
                "what is scored as the content of a block, and open that block once."
            )
        if is_zero:
            return "Older Open edX keep a score of 0 to themselves and go on showing nothing."
        return ""

    def roster_refusal(self, name: str, status: int | None) -> str | None:
        """Symptom: 403 above a configured number of members; that is no empty course."""
        if status == 403:
            return _(
                "{name} gives no list of members for this course; it may have too many. "
                "You see who has opened this tool.",
                name=name,
            )
        return super().roster_refusal(name, status)
