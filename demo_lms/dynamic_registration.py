"""Dynamic registration (LTI Dynamic Registration 1.0) with the habits of Moodle and of Canvas.

Moodle: the configuration is free to read; answers are 200, refusals plain words as text/html; a
known tool is updated at the same address by POST and shown by GET, with a token of its own (read in
mod/lti/openid-registration.php). Canvas: the configuration needs the token, too; answers are 201
without a deployment; an administrator cuts the scopes.
"""

import time
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import flask

from demo_lms.database import use_once
from demo_lms.lms import LMS, current_lms
from demo_lms.registration import SCOPES, ToolRegistration
from demo_lms.registration_tokens import NEW, TOKEN_SECONDS, Invitation, read_token

blueprint = flask.Blueprint("dynamic_registration", __name__)

TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
ACCOUNT_NAME = "https://canvas.instructure.com/lti/account_name"
PRODUCTS = ("moodle", "canvas")
MESSAGES = ("LtiResourceLinkRequest", "LtiDeepLinkingRequest")


class RegistrationRefusedError(Exception):
    """A tool's document is refused; the text is the plain word that the tool is told."""


@blueprint.get("/lti/openid-configuration/<any(moodle, canvas):product>")
def configuration(product: str) -> flask.typing.ResponseReturnValue:
    """What this LMS says of itself; Canvas shows it to a registration token alone."""
    lms = current_lms()
    invitation = read_token(lms, product)
    if product == "canvas" and invitation is None:
        return flask.jsonify(error="unauthorized"), 401
    url = lms.settings.public_url
    about: dict[str, Any] = {
        "product_family_code": product,
        "version": "practice",
        "messages_supported": [{"type": name} for name in MESSAGES],
        "variables": ["Context.id.history", "ResourceLink.id.history"],
    }
    if invitation is not None and product == "canvas":
        about[ACCOUNT_NAME] = lms.directory.institutions[invitation.institution].name
    return flask.jsonify(
        {
            "issuer": url,
            "authorization_endpoint": f"{url}/lti/auth",
            "token_endpoint": lms.settings.token_url,
            "jwks_uri": f"{url}/lti/jwks",
            "registration_endpoint": f"{url}/lti/registrations/{product}",
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "scopes_supported": list(SCOPES),
            "response_types_supported": ["id_token"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": ["sub", "iss", "name", "given_name", "family_name", "email"],
            "subject_types_supported": ["public", "pairwise"],
            PLATFORM: about,
        }
    )


@blueprint.post("/lti/registrations/<any(moodle, canvas):product>")
def register(product: str) -> flask.typing.ResponseReturnValue:
    """Take a tool's document; a token for a new tool is good once."""
    lms = current_lms()
    invitation = read_token(lms, product)
    if invitation is None:
        flask.abort(404 if product == "moodle" else 401)
    try:
        document = check_document(flask.request.get_json(silent=True))
        if invitation.tool is None:
            _use_up(lms, invitation)
    except RegistrationRefusedError as problem:
        return _refused(product, str(problem))
    tool = lms.put_tool(_tool(lms, document, invitation))
    answer = {**document, "client_id": tool.client_id}
    if product == "canvas":
        return flask.jsonify(answer), 201
    # Moodle echoes the scopes that were asked for, whatever it grants.
    answer[TOOL] = {**document[TOOL], "deployment_id": str(tool.number)}
    return flask.jsonify(answer), 200


@blueprint.get("/lti/registrations/moodle")
def show() -> flask.typing.ResponseReturnValue:
    """Show a token for an update what is registered."""
    invitation = read_token(current_lms(), "moodle")
    if invitation is None or invitation.tool is None:
        return flask.Response("No registration found.", 404, content_type="text/html")
    tool = invitation.tool
    return flask.jsonify(
        {
            "client_id": tool.client_id,
            "client_name": tool.name,
            "response_types": ["id_token"],
            "jwks_uri": tool.jwks_url,
            "initiate_login_uri": tool.login_url,
            "redirect_uris": list(tool.redirect_uris),
            "scope": " ".join(tool.scopes),
            TOOL: {"deployment_id": str(tool.number), "target_link_uri": tool.launch_url},
        }
    )


@blueprint.route("/lti/registrations/moodle", methods=["PUT", "PATCH", "DELETE"])
def unsupported() -> flask.typing.ResponseReturnValue:
    """Moodle knows no other way, RFC 7592's PUT among them."""
    return _refused("moodle", "Unsupported operation")


def check_document(document: Any) -> dict[str, Any]:
    """Give the document back, or refuse it as Moodle does: RegistrationRefusedError."""
    if not isinstance(document, dict):
        raise RegistrationRefusedError("invalid_request")
    for name, word in (
        ("initiate_login_uri", "missing_initiate_login_uri"),
        ("redirect_uris", "invalid_redirect_uris"),
        ("client_name", "missing_client_name"),
        ("jwks_uri", "missing_jwks_uri"),
    ):
        if not document.get(name):
            raise RegistrationRefusedError(word)
    if "jwks" in document:
        raise RegistrationRefusedError("jwks_not_supported")
    if document.get("application_type", "web") != "web":
        raise RegistrationRefusedError("invalid_application_type")
    if "id_token" not in document.get("response_types", []):
        raise RegistrationRefusedError("invalid_response_types")
    if document.get("token_endpoint_auth_method") != "private_key_jwt":
        raise RegistrationRefusedError("invalid_token_endpoint_auth_method")
    _check_domain(document.get(TOOL))
    return document


def _check_domain(inner: Any) -> None:
    if not isinstance(inner, dict) or not inner.get("domain"):
        raise RegistrationRefusedError("missing_domain")
    target = inner.get("target_link_uri", "")
    if urlsplit(target).netloc != inner["domain"]:
        raise RegistrationRefusedError("domain_targetlinkuri_mismatch")


def _use_up(lms: LMS, invitation: Invitation) -> None:
    now = int(time.time())
    if not use_once(
        lms.database, NEW, invitation.client_id, expires_at=now + TOKEN_SECONDS, now=now
    ):
        raise RegistrationRefusedError("token_already_used")


def _tool(lms: LMS, document: dict[str, Any], invitation: Invitation) -> ToolRegistration:
    """The tool as it is kept: a new one is deployed nowhere until an administrator says so."""
    wanted = str(document.get("scope", "")).split()
    told = ToolRegistration(
        issuer=lms.settings.public_url,
        client_id=invitation.client_id,
        name=str(document["client_name"]),
        login_url=document["initiate_login_uri"],
        launch_url=document[TOOL]["target_link_uri"],
        jwks_url=document["jwks_uri"],
        redirect_uris=tuple(document["redirect_uris"]),
        deployments=(),
        scopes=tuple(scope for scope in SCOPES if scope in wanted),
        flavour=invitation.product,
    )
    known = invitation.tool
    return (
        told if known is None else replace(told, deployments=known.deployments, custom=known.custom)
    )


def _refused(product: str, word: str) -> flask.typing.ResponseReturnValue:
    if product == "moodle":
        return flask.Response(word, 400, content_type="text/html; charset=utf-8")
    return flask.jsonify(error=word), 400
