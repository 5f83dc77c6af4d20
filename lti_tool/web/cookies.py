"""Cookies as they have to be inside a frame of another site; whether this browser keeps them."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, request

MARKER = "__Host-quoin-cookies"
MARKER_LIFE = timedelta(days=400)
"""As long as browsers keep any cookie."""


def set_cookie(response: Response, name: str, value: str, life: timedelta) -> None:
    """Set a cookie that is kept apart for each site in whose frame the tool is (CHIPS)."""
    response.set_cookie(
        name,
        value,
        max_age=int(life.total_seconds()),
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )


def delete_cookie(response: Response, name: str) -> None:
    """Delete a cookie that ``set_cookie`` set."""
    response.delete_cookie(name, secure=True, httponly=True, samesite="None", partitioned=True)


def keeps_cookies() -> bool:
    """Return whether this browser has brought the marker back, here and now."""
    return MARKER in request.cookies


def set_marker(response: Response) -> None:
    """Set the cookie that says nothing but that cookies are kept."""
    set_cookie(response, MARKER, "1", MARKER_LIFE)
