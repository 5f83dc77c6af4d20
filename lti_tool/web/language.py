"""The language of a page: that of the launch, else the browser's, else the institution's.

People may choose another. Moments are shown in UTC until a session says whose zone it is.
"""

from __future__ import annotations

from flask import Blueprint, Flask, g, request
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from lti_tool.persistence.launched import Launched
from lti_tool.services.choose_language import choose_language
from lti_tool.translating import ENGLISH, choose, show_in, speak
from lti_tool.web.parts import current_parts
from lti_tool.web.redirects import back
from lti_tool.web.session import learner_page

blueprint = Blueprint("language", __name__)

ENGLISH_ONLY = ("/accessibility", "/admin", "/api/")
"""Where pages and documents are written in English alone."""


def register(app: Flask) -> None:
    """Let every request begin in a language."""
    app.before_request(_begin)
    app.after_request(_vary)
    # A thread goes on to other work: the next language is chosen there.
    app.teardown_request(lambda _error: _end())


def _end() -> None:
    speak(ENGLISH)
    show_in(None)


def _begin() -> None:
    show_in(None)
    speak(ENGLISH if request.path.startswith(ENGLISH_ONLY) else choose(*accepted()))


def _vary(response: FlaskResponse) -> FlaskResponse:
    """Tell caches that a page for everybody is another one for another browser."""
    if g.get("launched") is None and response.mimetype == "text/html":
        response.vary.add("Accept-Language")
    return response


def accepted() -> list[str]:
    """Return the languages that the browser asks for, the dearest first."""
    return list(request.accept_languages.values())


@blueprint.post("/courses/<uuid:context_uuid>/language")
@learner_page
def change(launched: Launched) -> Response:
    """Speak another language with this person from now on."""
    choose_language(
        current_parts().database,
        session_id=launched.session_id,
        learner_id=launched.learner_id,
        language=request.form.get("language", ""),
    )
    return back(launched, "progress.show", "language-chosen")
