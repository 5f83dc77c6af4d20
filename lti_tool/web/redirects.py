"""Where a browser goes after a form was taken."""

from __future__ import annotations

from typing import Any

from flask import redirect, url_for
from werkzeug.wrappers import Response

from lti_tool.persistence.launched import Launched
from lti_tool.persistence.learner_sessions import Own


def back(
    launched: Launched | Own,
    endpoint: str,
    notice: str,
    *,
    anchor: str | None = None,
    **values: Any,
) -> Response:
    """Return the way (303) to a page of the course, or of one's own, which shows the notice.

    ``values`` are what its address names beside the course.
    """
    target = url_for(
        endpoint, context_uuid=launched.context_uuid, notice=notice, _anchor=anchor, **values
    )
    return redirect(target, 303)
