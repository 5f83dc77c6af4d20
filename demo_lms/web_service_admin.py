"""The registrar's page of the web services: make a token, cut its functions, revoke it."""

import flask
from werkzeug.wrappers import Response as BaseResponse

from demo_lms import visitors
from demo_lms.lms import current_lms
from demo_lms.orders import refuse_foreign_forms
from demo_lms.people import Person
from demo_lms.service_tokens import list_tokens, make_token, revoke_token
from demo_lms.web_services import FUNCTIONS

blueprint = flask.Blueprint("web_service_admin", __name__, url_prefix="/admin/web-services")
blueprint.before_request(refuse_foreign_forms)


@blueprint.get("")
def tokens() -> str:
    """All tokens of the registrar's institution."""
    person = _registrar()
    with current_lms().database.reading() as connection:
        found = list_tokens(connection, person.institution)
    return flask.render_template(
        "web_services.html",
        tokens=found,
        functions=FUNCTIONS,
        address=current_lms().settings.public_url,
    )


@blueprint.post("")
def make() -> BaseResponse:
    """Make a token for the functions that are ticked."""
    person = _registrar()
    ticked = [name for name in FUNCTIONS if name in flask.request.form.getlist("function")]
    with current_lms().database.writing() as connection:
        make_token(connection, person.institution, ticked)
    return flask.redirect(flask.url_for("web_service_admin.tokens"), 303)


@blueprint.post("/revoke")
def revoke() -> BaseResponse:
    """Let a token open nothing any more."""
    person = _registrar()
    with current_lms().database.writing() as connection:
        revoke_token(connection, person.institution, flask.request.form.get("token", ""))
    return flask.redirect(flask.url_for("web_service_admin.tokens"), 303)


def _registrar() -> Person:
    person = visitors.signed_in()
    if person is None:
        flask.abort(401)
    if person.role != "registrar":
        flask.abort(403)
    return person
