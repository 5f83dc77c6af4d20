"""The OpenID Connect side of a launch: start it, authenticate the person, publish our keys."""

from typing import Any

import flask
from lti1p3platform.exceptions import PreflightRequestValidationException
from werkzeug.wrappers import Response as BaseResponse

from demo_lms.flask_adapter import FlaskLaunch, FlaskLogin, FlaskRequest, form_post
from demo_lms.hints import HintError, MessageHint, sign_message_hint, use_message_hint
from demo_lms.links import find_link
from demo_lms.lms import LMS, current_lms
from demo_lms.messages import ask_for_links, describe_course, describe_link, describe_person
from demo_lms.people import Course, Person
from demo_lms.registration import ToolRegistration
from demo_lms.visitors import open_course, signed_in

blueprint = flask.Blueprint("oidc", __name__)

REQUIRED_VALUES = {
    "scope": "openid",
    "response_type": "id_token",
    "response_mode": "form_post",
    "prompt": "none",
}
TARGETS = ("iframe", "window")


class AuthenticationError(Exception):
    """The tool is told why, by its redirect URI; ``error`` is an OpenID Connect error code."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


class Launch(FlaskLaunch):
    """A launch whose request is checked and whose hint decides what is sent to whom."""

    def get_preflight_response(self) -> dict[str, Any]:
        """The request's parameters; a parameter given twice makes the request invalid."""
        values = flask.request.values
        twice = [name for name in values if len(values.getlist(name)) > 1]
        if twice:
            raise PreflightRequestValidationException(f"{twice[0]} is given twice")
        return values.to_dict()

    def validate_preflight_response(self, preflight_response: dict[str, Any]) -> None:
        """Check the redirect URI first: only then may errors be sent to the tool."""
        redirect = preflight_response.get("redirect_uri")
        if redirect not in self._registration.tool.redirect_uris:
            raise PreflightRequestValidationException("This redirect_uri is not registered")
        self._redirect_url = redirect
        for name, value in REQUIRED_VALUES.items():
            if preflight_response.get(name) != value:
                raise AuthenticationError("invalid_request", f"{name} must be {value}")
        for name in ("nonce", "state", "login_hint", "lti_message_hint"):
            if not preflight_response.get(name):
                raise AuthenticationError("invalid_request", f"{name} is missing")

    def prepare_launch(self, preflight_response: dict[str, Any]) -> None:
        """Bind the request to the signed-in person, then set the claims."""
        lms, person = current_lms(), signed_in()
        if person is None or preflight_response["login_hint"] != person.sub:
            raise AuthenticationError("login_required", "Somebody else, or nobody, is signed in")
        try:
            hint = use_message_hint(lms, preflight_response["lti_message_hint"], sub=person.sub)
            self._check_tool(hint)
        except HintError as problem:
            raise AuthenticationError("invalid_request", str(problem)) from problem
        course = lms.course(hint.course)
        if course is None or not course.has_member(person):
            raise AuthenticationError("access_denied", "This course is not open to you")
        deployment = self._registration.tool.deployment_at(course.institution)
        if deployment is None:
            raise AuthenticationError("access_denied", "This tool is not deployed here any more")
        self._registration.set_deployment_id(deployment)
        self._describe(lms, course, person, hint)

    def _check_tool(self, hint: MessageHint) -> None:
        if hint.client_id != self._registration.tool.client_id:
            raise HintError("The message hint belongs to another tool")

    def _describe(self, lms: LMS, course: Course, person: Person, hint: MessageHint) -> None:
        describe_person(self, course, person)
        describe_course(self, lms, course, hint.target)
        if hint.link is None:
            ask_for_links(self, lms, hint)
            return
        with lms.database.reading() as connection:
            link = find_link(connection, course.id, hint.link)
        if link is None:
            raise AuthenticationError("invalid_request", "This link is not there any more")
        describe_link(self, lms, link)


@blueprint.get("/courses/<course_id>/links/<link_id>/start")
def start_link(course_id: str, link_id: str) -> BaseResponse:
    """Send the browser on its way to a link's content."""
    person, course = open_course(course_id)
    lms = current_lms()
    with lms.database.reading() as connection:
        link = find_link(connection, course.id, link_id)
    if link is None:
        flask.abort(404)
    tool = _deployed_tool(course, link.client_id)
    hint = MessageHint(tool.client_id, person.sub, course.id, link.id, _target())
    return _initiate(tool, course, link.url, hint)


@blueprint.get("/courses/<course_id>/add/start")
def start_deep_linking(course_id: str) -> BaseResponse:
    """Send a teacher's browser on its way to a tool's picker (default: the first tool's)."""
    person, course = open_course(course_id)
    if person.username not in course.teachers:
        flask.abort(403)
    tool = _deployed_tool(course, flask.request.args.get("client_id"))
    hint = MessageHint(tool.client_id, person.sub, course.id, None, _target())
    return _initiate(tool, course, None, hint)


def _target() -> str:
    target = flask.request.args.get("target")
    return target if target in TARGETS else "iframe"


def _deployed_tool(course: Course, client_id: str | None) -> ToolRegistration:
    tools = current_lms().tools_at(course.institution)
    wanted = [tool for tool in tools if client_id in {None, tool.client_id}]
    if not wanted:
        flask.abort(404)
    return wanted[0]


def _initiate(
    tool: ToolRegistration, course: Course, url: str | None, hint: MessageHint
) -> BaseResponse:
    lms = current_lms()
    platform = lms.platform(tool)
    platform.registration.set_deployment_id(tool.deployment_at(course.institution))
    login = FlaskLogin(FlaskRequest(flask.request), platform)
    login.set_lti_message_hint(hint=sign_message_hint(lms, hint))
    if url:
        login.set_launch_url(url)
    answer: BaseResponse = login.initiate_login(hint.sub)
    return answer


@blueprint.route("/lti/auth", methods=["GET", "POST"])
def authenticate() -> flask.typing.ResponseReturnValue:
    """Answer the tool's authentication request (OpenID Connect core 3.2.2, LTI security 5.1.1)."""
    tool = current_lms().tool(flask.request.values.get("client_id"))
    if tool is None:
        return _refused("No tool is registered with this client_id")
    launch = Launch(FlaskRequest(flask.request), current_lms().platform(tool))
    try:
        return str(launch.lti_launch())
    except PreflightRequestValidationException as problem:
        return _refused(str(problem))
    except AuthenticationError as problem:
        fields = {"error": problem.error, "error_description": problem.description}
        fields["state"] = flask.request.values.get("state", "")
        return form_post(flask.request.values["redirect_uri"], fields)


def _refused(text: str) -> tuple[str, int]:
    return flask.render_template("error.html", title="Launch refused", text=text), 400


@blueprint.get("/lti/jwks")
def jwks() -> flask.Response:
    """The keys with which our tokens are verified."""
    answer = flask.jsonify(keys=current_lms().keys.published())
    answer.headers["Cache-Control"] = "public, max-age=600"
    return answer
