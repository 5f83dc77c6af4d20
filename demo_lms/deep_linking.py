"""Deep Linking 2.0: the reply of the tool, checked in full before anything is stored.

The reply is a cross-site POST inside a frame: who is choosing is told by the signed ``data`` that
the tool echoes, never by a cookie.
"""

from typing import Any

import flask

from demo_lms.content_items import ContentItemError, read_items, store_items
from demo_lms.hints import HintError, read_deep_linking_data
from demo_lms.lms import LMS, current_lms
from demo_lms.people import Course
from demo_lms.platform import LmsPlatform, ToolTokenError
from demo_lms.registration import ToolRegistration

blueprint = flask.Blueprint("deep_linking", __name__)

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING_CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/"
EXPECTED = {
    f"{CLAIM}message_type": "LtiDeepLinkingResponse",
    f"{CLAIM}version": "1.3.0",
}


class ReplyError(Exception):
    """A deep linking reply is refused; the text says why."""


@blueprint.post("/lti/contexts/<course_id>/deep-links")
def receive(course_id: str) -> flask.typing.ResponseReturnValue:
    """Store the chosen items, then bring the top window back to the course."""
    lms = current_lms()
    course = lms.course(course_id)
    if course is None:
        flask.abort(404)
    try:
        platform = lms.platform()
        claims = _verified_claims(platform)
        tool = platform.tool
        _check_choice(lms, tool, course, claims)
        items = read_items(claims.get(f"{DEEP_LINKING_CLAIM}content_items"), tool.launch_url)
    except (ToolTokenError, HintError, ReplyError, ContentItemError) as problem:
        page = {"title": "The tool's answer was refused", "text": str(problem), "course": course}
        return flask.render_template("error.html", **page), 400
    with lms.database.writing() as connection:
        store_items(connection, course.id, tool.client_id, items)
    return flask.render_template("chosen.html", course=course, count=len(items), **_words(claims))


def _verified_claims(platform: LmsPlatform) -> dict[str, Any]:
    tokens = flask.request.form.getlist("JWT")
    if len(tokens) != 1:
        raise ReplyError("The answer must carry exactly one JWT")
    return platform.decode_tool_token(
        tokens[0], audience=platform.settings.public_url, once="nonce"
    )


def _check_choice(lms: LMS, tool: ToolRegistration, course: Course, claims: dict[str, Any]) -> None:
    deployment = tool.deployment_at(course.institution)
    if deployment is None:
        raise ReplyError("This tool is not deployed here")
    if claims["aud"] not in (tool.issuer, [tool.issuer]):
        raise ReplyError("aud must be this LMS alone")
    if claims.get("azp", tool.client_id) != tool.client_id:
        raise ReplyError("azp must be the client_id")
    for name, value in {**EXPECTED, f"{CLAIM}deployment_id": deployment}.items():
        if claims.get(name) != value:
            raise ReplyError(f"{name.removeprefix(CLAIM)} must be {value}")
    data = read_deep_linking_data(lms, claims.get(f"{DEEP_LINKING_CLAIM}data"))
    person = lms.directory.person_of(data.sub)
    if (data.client_id, data.course) != (tool.client_id, course.id):
        raise ReplyError("The answer belongs to another course or another tool")
    if person is None or person.username not in course.teachers:
        raise ReplyError("The answer belongs to somebody who does not teach here")


def _words(claims: dict[str, Any]) -> dict[str, str]:
    """What the tool wants the teacher to read; plain text."""
    words = {name: claims.get(f"{DEEP_LINKING_CLAIM}{name}") for name in ("msg", "errormsg")}
    return {name: text for name, text in words.items() if isinstance(text, str)}
