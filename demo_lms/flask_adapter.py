"""lti1p3platform spoken through Flask: its requests, its answers, its two ways to the browser."""

import json
from typing import Any

import flask
from lti1p3platform.exceptions import LtiServiceException
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.request import Request, TRequest
from lti1p3platform.response import Response

from demo_lms.storage import offer_storage


class FlaskRequest(Request):  # type: ignore[misc]  # the package has no types
    """A Flask request as lti1p3platform wants to see it.

    ``parameters`` names the query parameters that the service knows; others are left out, which
    the package's handlers rely on.
    """

    def __init__(self, request: flask.Request, parameters: tuple[str, ...] = ()) -> None:
        self.parameters = parameters
        super().__init__(request)

    def build_metadata(self, request: flask.Request) -> TRequest:
        """Called by the base class."""
        return {
            "method": request.method,
            "form_data": request.form.to_dict(),
            "get_data": _query(request, self.parameters),
            "headers": request.headers,
            "content_type": request.content_type,
            "path": request.path,
            "json": _json_object(request),
        }


def _query(request: flask.Request, parameters: tuple[str, ...]) -> dict[str, Any]:
    values = ((name, request.args.get(name)) for name in parameters)
    return {name: value for name, value in values if value is not None}


def _json_object(request: flask.Request) -> dict[str, Any] | None:
    if "json" not in (request.mimetype or ""):
        return None
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError) as problem:  # also thousands of brackets
        raise LtiServiceException("The body is not JSON", 400) from problem
    if not isinstance(body, dict):
        raise LtiServiceException("The body must be one JSON object", 400)
    return body


def read_json_object() -> dict[str, Any]:
    """The body as a JSON object, or LtiServiceException 400."""
    body = _json_object(flask.request)
    if body is None:
        raise LtiServiceException("Content-Type must be JSON", 400)
    return body


def read_bearer() -> str:
    """The token of the Authorization header, or LtiServiceException 401."""
    kind, _, token = flask.request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise LtiServiceException("There is no Bearer token", 401)
    return token.strip()


def service_answer(response: Response) -> flask.Response:
    """The package's Response for the wire; an RFC 8288 Link header names this page and the next."""
    if response.code >= 300:
        return error_answer(response.code, response.message)
    result, following = response.result, None
    if isinstance(result, dict):
        following = result.pop("next", None)
        result = result.get("content", result)
    body = b"" if result is None else json.dumps(result, ensure_ascii=False).encode()
    answer = flask.Response(body, status=response.code, content_type=response.media_type)
    if following:
        links = f'<{flask.request.url}>; rel="current", <{following}>; rel="next"'
        answer.headers["Link"] = links
    return answer


def error_answer(status: int, message: str) -> flask.Response:
    """A JSON error; a 401 names the scheme that would be accepted."""
    answer = flask.jsonify(error=message)
    answer.status_code = status
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def refuse_service(problem: LtiServiceException) -> flask.Response:
    """Error handler: any refusal inside a service."""
    return error_answer(problem.status_code, problem.message)


class FlaskLogin(OIDCLoginAbstract):  # type: ignore[misc]
    """The first step of a launch: send the browser to the tool's login initiation."""

    def set_lti_message_hint(self, **kwargs: str) -> None:
        """Say (signed) which message is meant."""
        self._lti_message_hint = kwargs["hint"]

    def get_redirect(self, url: str) -> Any:
        """Called by the base class with the complete address."""
        return flask.redirect(offer_storage(url))


class FlaskLaunch(LTIAdvantageMessageLaunchAbstract):  # type: ignore[misc]
    """The last step of a launch: a form that the browser posts to the tool."""

    def render_launch_form(self, launch_data: dict[str, Any], **_kwargs: Any) -> str:
        """Called by the base class with id_token, state and the redirect URI."""
        fields = {"id_token": launch_data["id_token"], "state": launch_data["state"]}
        return form_post(str(launch_data["launch_url"]), list(fields.items()))


def form_post(action: str, fields: list[tuple[str, str]], *, method: str = "post") -> str:
    """A page that posts ``fields`` to the tool by itself, or by its button without scripts."""
    return flask.render_template("form_post.html", action=action, fields=fields, method=method)
