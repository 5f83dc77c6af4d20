"""Faults are armed by programs and by a page, on this machine alone.

POST /faults    {"service": "scores", "kind": "answer-lost"}   arm one fault
GET /faults     what is armed, what is held
DELETE /faults  disarm all and release what is held
"""

from typing import Any

import flask

from demo_lms.faults import KINDS, SERVICES, Fault, FaultMenu
from demo_lms.lms import current_lms
from demo_lms.orders import answer_order, read_order, refuse_foreign_forms, refuse_order

blueprint = flask.Blueprint("faults", __name__)
blueprint.before_request(refuse_foreign_forms)


@blueprint.get("/faults")
def show() -> flask.Response:
    """What is armed."""
    return flask.jsonify(_menu().describe())


@blueprint.post("/faults")
def arm() -> flask.typing.ResponseReturnValue:
    """Arm one fault."""
    try:
        _menu().arm(_fault(read_order()))
    except (TypeError, ValueError) as problem:
        return refuse_order(problem)
    return answer_order(_menu().describe(), flask.url_for("faults.page"))


def _fault(order: dict[str, Any]) -> Fault:
    if not flask.request.is_json and "seconds" in order:
        order["seconds"] = float(order["seconds"])
    return Fault(**order)


@blueprint.delete("/faults")
def clear() -> flask.Response:
    """Disarm all and release."""
    _menu().clear()
    return flask.jsonify(_menu().describe())


@blueprint.get("/faults/page")
def page() -> str:
    """The menu to click on."""
    services = sorted(set(SERVICES.values()))
    state = _menu().describe()
    return flask.render_template("faults.html", kinds=KINDS, services=services, **state)


@blueprint.post("/faults/clear")
def clear_by_form() -> flask.typing.ResponseReturnValue:
    """Disarm all and release, from the page."""
    _menu().clear()
    return flask.redirect(flask.url_for("faults.page"), 303)


def _menu() -> FaultMenu:
    return current_lms().faults
