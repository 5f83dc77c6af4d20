"""The token endpoint: client credentials with a signed assertion (RFC 6749 4.4, RFC 7523)."""

import flask

from demo_lms.lms import current_lms
from demo_lms.platform import TokenRefusedError

blueprint = flask.Blueprint("tokens", __name__)

FORM = "application/x-www-form-urlencoded"


@blueprint.post("/lti/token")
def token() -> flask.Response:
    """Give an access token, or a JSON error of RFC 6749 section 5.2."""
    try:
        platform = current_lms().platform()
        answer = flask.jsonify(platform.get_access_token(_single_values()))
        if platform.tool.flavour == "moodle":
            answer.content_type = "text/html; charset=utf-8"  # Moodle 4.5, seen running
    except TokenRefusedError as problem:
        answer = flask.jsonify(error=problem.error, error_description=problem.description)
        answer.status_code = 400
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _single_values() -> dict[str, str]:
    """The form as a dict; RFC 6749 section 3.2 forbids a parameter to come twice."""
    if flask.request.mimetype != FORM:
        raise TokenRefusedError("invalid_request", f"Content-Type must be {FORM}")
    form = flask.request.form
    twice = [name for name in form if len(form.getlist(name)) > 1]
    if twice:
        raise TokenRefusedError("invalid_request", f"{twice[0]} is given twice")
    return form.to_dict()
