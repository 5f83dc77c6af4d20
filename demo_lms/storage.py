"""Storage for tools whose cookies a browser refuses: a frame beside the tool's keeps values.

Specification: LTI postMessage Storage 0.1; the answers are given by static/storage.js.
"""

from urllib.parse import urlencode

import flask

from demo_lms.lms import current_lms
from demo_lms.settings import origin

blueprint = flask.Blueprint("storage", __name__)


@blueprint.get("/lti/storage")
def frame() -> str:
    """The frame that answers the tool, and nobody else."""
    origins = [origin(current_lms().settings.tool_url)]
    return flask.render_template("storage.html", origins=origins)


def offer_storage(login_url: str) -> str:
    """The login address with the name of the storage frame, where there is one.

    A browser that opens the link in a tab of its own has no frame beside it, and does not say
    that it loads one.
    """
    name = current_lms().settings.storage_frame
    if not name or flask.request.headers.get("Sec-Fetch-Dest") != "iframe":
        return login_url
    return f"{login_url}&{urlencode({'lti_storage_target': name})}"
