"""The way back to the platform, with what went wrong (LTI core 1.3, launch presentation claim)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from lti_tool.errors import LTIError
from lti_tool.lti.claims import LAUNCH_PRESENTATION
from lti_tool.lti.registrations import PlatformRegistration


def return_url_of(claims: dict[str, Any], registration: PlatformRegistration) -> str | None:
    """Return where the platform wants people back; None unless it is an address of its own (B18).

    ``claims`` are those of a verified token. The address may hold a key of the person's session:
    it is shown, and never logged or stored.
    """
    presentation = claims.get(LAUNCH_PRESENTATION)
    given = presentation.get("return_url") if isinstance(presentation, dict) else None
    return registration.offered(given)


def error_return_url(
    claims: dict[str, Any], registration: PlatformRegistration, refusal: LTIError
) -> str | None:
    """Return the platform's return address with the refusal in words and by its code.

    None where ``return_url_of`` finds no address.
    """
    url = return_url_of(claims, registration)
    if url is None:
        return None
    parts = urlsplit(url)
    said = urlencode({"lti_errormsg": refusal.message, "lti_errorlog": refusal.code})
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, said)))))
