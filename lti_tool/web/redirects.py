"""Where a browser goes after a form was taken."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from lti_tool.persistence.launched import Launched


def back(launched: Launched, endpoint: str, notice: str, *, anchor: str | None = None) -> Response:
    """Return the way (303) to a page of the course, which then shows the named notice."""
    target = url_for(endpoint, context_uuid=launched.context_uuid, notice=notice, _anchor=anchor)
    return redirect(target, 303)
