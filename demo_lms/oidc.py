"""The OpenID Connect side of a launch: start it, authenticate the person, publish our keys."""

from typing import Any

import flask
from lti1p3platform.exceptions import PreflightRequestValidationException
from werkzeug.wrappers import Response as BaseResponse

from demo_lms.broken_forms import broken_form, by_wrong_clock, good_launch
from demo_lms.fault_strikes import struck_by
from demo_lms.flask_adapter import FlaskLaunch, FlaskLogin, FlaskRequest, form_post
from demo_lms.hints import HintError, MessageHint, sign_message_hint, use_message_hint
from demo_lms.links import find_link
from demo_lms.lms import current_lms
from demo_lms.message_kinds import (
    DEEP_LINKING,
    RESOURCE_LINK,
    MessageError,
    describe_message,
)
from demo_lms.people import Person
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
        deployment = self._registration.tool.deployment_at(person.institution)
        if deployment is None:
            raise AuthenticationError("access_denied", "This tool is not deployed here any more")
        self._registration.set_deployment_id(deployment)
        self._wrong = hint.wrong
        try:
            describe_message(self, lms, person, hint)
        except MessageError as problem:
            raise AuthenticationError("access_denied", str(problem)) from problem

    def _check_tool(self, hint: MessageHint) -> None:
        if hint.client_id != self._registration.tool.client_id:
            raise HintError("The message hint belongs to another tool")

    def render_launch_form(self, launch_data: dict[str, Any], **kwargs: Any) -> str:
        """Called by the base class; a launch that is meant to be broken is broken here."""
        lms, fault = current_lms(), struck_by()
        sub = self.lti_claim_user_data["sub"]
        previous = lms.sent_forms.get(sub, [])
        good = good_launch(launch_data, lms.keys.current, previous)
        if self._wrong:
            return broken_form(str(self._redirect_url), self._wrong, good)
        if fault is not None and fault.kind == "skew":
            launch_data["id_token"] = by_wrong_clock(good, fault.seconds)
        lms.sent_forms[sub] = [(name, launch_data[name]) for name in ("id_token", "state")]
        return str(super().render_launch_form(launch_data, **kwargs))


@blueprint.get("/courses/<course_id>/links/<link_id>/start")
def start_link(course_id: str, link_id: str) -> BaseResponse:
    """Send the browser on its way to a link's content."""
    person, course = open_course(course_id)
    lms = current_lms()
    with lms.database.reading() as connection:
        link = find_link(connection, course.id, link_id)
    if link is None:
        flask.abort(404)
    tool = deployed_tool(person.institution, link.client_id)
    hint = MessageHint(tool.client_id, person.sub, course.id, RESOURCE_LINK, target(), link=link.id)
    return initiate(tool, person, link.url, hint)


@blueprint.get("/courses/<course_id>/add/start")
def start_deep_linking(course_id: str) -> BaseResponse:
    """Send a teacher's browser on its way to a tool's picker (default: the first tool's)."""
    person, course = open_course(course_id)
    if person.username not in course.teachers:
        flask.abort(403)
    tool = deployed_tool(person.institution, flask.request.args.get("client_id"))
    hint = MessageHint(tool.client_id, person.sub, course.id, DEEP_LINKING, target())
    return initiate(tool, person, None, hint)


def target() -> str:
    """Where the request wants the tool to be: in a frame unless it says otherwise."""
    wanted = flask.request.args.get("target")
    return wanted if wanted in TARGETS else "iframe"


def deployed_tool(institution: str, client_id: str | None) -> ToolRegistration:
    """That tool (None: the first) of an institution; answers the request with 404 otherwise."""
    tools = current_lms().tools_at(institution)
    wanted = [tool for tool in tools if client_id in {None, tool.client_id}]
    if not wanted:
        flask.abort(404)
    return wanted[0]


def initiate(
    tool: ToolRegistration, person: Person, url: str | None, hint: MessageHint
) -> BaseResponse:
    """Send the browser to the tool's login initiation; ``url`` is the target if not the usual."""
    lms = current_lms()
    platform = lms.platform(tool)
    platform.registration.set_deployment_id(tool.deployment_at(person.institution))
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
        return form_post(flask.request.values["redirect_uri"], list(fields.items()))


def _refused(text: str) -> tuple[str, int]:
    return flask.render_template("error.html", title="Launch refused", text=text), 400


@blueprint.get("/lti/jwks")
def jwks() -> flask.Response:
    """The keys with which our tokens are verified."""
    answer = flask.jsonify(keys=current_lms().keys.published())
    answer.headers["Cache-Control"] = "public, max-age=600"
    return answer
