"""Pages of the registrar: which tools there are, register one, switch it on, cut its scopes."""

from dataclasses import replace
from urllib.parse import urlsplit

import flask
from werkzeug.wrappers import Response as BaseResponse

from demo_lms import visitors
from demo_lms.dynamic_registration import PRODUCTS
from demo_lms.lms import current_lms
from demo_lms.orders import refuse_foreign_forms
from demo_lms.people import Person
from demo_lms.registration import SCOPES, ToolRegistration, with_deployment
from demo_lms.registration_tokens import make_token, make_update_token, registration_address
from demo_lms.settings import origin

blueprint = flask.Blueprint("tool_admin", __name__, url_prefix="/admin/tools")
blueprint.before_request(refuse_foreign_forms)


def _registrar() -> Person:
    person = visitors.signed_in()
    if person is None:
        flask.abort(401)
    if person.role != "registrar":
        flask.abort(403)
    return person


@blueprint.get("")
def tools() -> str:
    """All tools, those that wait for the registrar first."""
    person = _registrar()
    found = current_lms().tools()
    return flask.render_template(
        "tools.html", tools=found, products=PRODUCTS, institution_key=person.institution
    )


@blueprint.post("/register")
def register() -> str:
    """Open the tool's registration address in a frame, with a one-time token."""
    person = _registrar()
    product = flask.request.form.get("product", "")
    if product not in PRODUCTS:
        flask.abort(400)
    return _frame(product, make_token(current_lms(), product, person.institution))


@blueprint.post("/<client_id>/update")
def update(client_id: str) -> str:
    """Open the tool's registration address with a token for an update of this tool."""
    person, tool = _registrar(), _tool(client_id)
    if tool.flavour != "moodle":
        flask.abort(400)
    return _frame("moodle", make_update_token(current_lms(), tool, person.institution))


def _frame(product: str, token: str) -> str:
    address = flask.request.form.get("address", "").strip()
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        flask.abort(400)
    flask.g.guest_origin = origin(address)
    source = registration_address(current_lms(), address, product, token)
    return flask.render_template("register_tool.html", source=source, guest=origin(address))


@blueprint.post("/<client_id>/activate")
def activate(client_id: str) -> BaseResponse:
    """Switch a tool on for the registrar's institution, with the scopes that stay ticked."""
    person, tool = _registrar(), _tool(client_id)
    kept = flask.request.form.getlist("scope")
    cut = replace(tool, scopes=tuple(scope for scope in SCOPES if scope in kept))
    current_lms().put_tool(with_deployment(cut, _deployment_id(tool, person), person.institution))
    return flask.redirect(flask.url_for("tool_admin.tools"), 303)


def _tool(client_id: str) -> ToolRegistration:
    tool = current_lms().tool(client_id)
    if tool is None:
        flask.abort(404)
    return tool


def _deployment_id(tool: ToolRegistration, person: Person) -> str:
    """Moodle: the number of the tool type, one to one. Canvas: a number and a hash."""
    if tool.flavour == "canvas":
        return f"{tool.number}:{person.institution}-{tool.client_id[:8]}"
    return str(tool.number)
