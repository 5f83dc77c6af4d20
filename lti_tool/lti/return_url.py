"""The way back to the platform, with what went wrong (LTI core 1.3, launch presentation claim)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from lti_tool.errors import LTIError
from lti_tool.lti.claims import LAUNCH_PRESENTATION
from lti_tool.lti.registrations import PlatformRegistration


def error_return_url(
    claims: dict[str, Any], registration: PlatformRegistration, refusal: LTIError
) -> str | None:
    """Return the platform's return address with the refusal in words and by its code.

    None unless ``claims``, those of a verified token, name one at a host of the registration
    (B18). It may hold a key of the person's session: it is shown, and never logged or stored.
    """
    presentation = claims.get(LAUNCH_PRESENTATION)
    given = presentation.get("return_url") if isinstance(presentation, dict) else None
    url = registration.offered(given)
    if url is None:
        return None
    parts = urlsplit(url)
    said = urlencode({"lti_errormsg": refusal.message, "lti_errorlog": refusal.code})
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, said)))))
