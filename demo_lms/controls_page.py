"""/controls, for this machine alone: keys, flavours, pages, enrolments, restricted links, notices.

POST /controls/keys       {"publish_old": false}                   sign with a new key
POST /controls/flavour    {"client_id": "…", "flavour": "canvas"}  whose habits the tool meets
POST /controls/custom     {"client_id": "…", "custom": {"history": "$Context.id.history"}}
POST /controls/page-size  {"page_size": 10}                        of line items, results, members
POST /controls/enrolment  {"course": "…", "username": "…", "status": "Inactive"}
POST /controls/link       {"link": "…", "usernames": ["amara"]}    who may open a link
POST /controls/notices    {"notices": "late"}                      how notices go out
POST /controls/send       {"notice": "…"}                          one again, or all unsent
"""

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import flask

from demo_lms.controls import NOTICE_MODES
from demo_lms.course_changes import STATUSES, Enrolment, put_enrolment
from demo_lms.links import restrict_link
from demo_lms.lms import LMS, current_lms
from demo_lms.notices import list_notices, send_notice
from demo_lms.orders import answer_order, read_order, refuse_foreign_forms, refuse_order
from demo_lms.registration import FLAVOURS

blueprint = flask.Blueprint("controls", __name__)
blueprint.before_request(refuse_foreign_forms)


def describe_controls(lms: LMS) -> dict[str, Any]:
    """How everything stands."""
    return {
        **asdict(lms.controls),
        "kid": lms.keys.current.kid,
        "sent": list_notices(lms),
        "flavours": {tool.client_id: tool.flavour for tool in lms.tools()},
    }


def turn_keys(lms: LMS, order: dict[str, Any]) -> None:
    """Sign with a new key; the old one stays published unless it is said to go."""
    lms.keys.rotate(publish_old=order.get("publish_old") not in {False, "no"})


def turn_flavour(lms: LMS, order: dict[str, Any]) -> None:
    """Show a tool the habits of another product."""
    tool = lms.tool(order.get("client_id"))
    if tool is None:
        raise ValueError("client_id is no tool of this LMS")
    lms.put_tool(replace(tool, flavour=str(order.get("flavour"))))


def turn_custom(lms: LMS, order: dict[str, Any]) -> None:
    """Give a tool custom parameters for all its launches."""
    tool, custom = lms.tool(order.get("client_id")), order.get("custom")
    if tool is None or not isinstance(custom, dict):
        raise ValueError("client_id must be a tool of this LMS, custom an object")
    lms.put_tool(replace(tool, custom={name: str(value) for name, value in custom.items()}))


def turn_page_size(lms: LMS, order: dict[str, Any]) -> None:
    """Set the entries on a page; nothing means all on one page."""
    size = order.get("page_size")
    number = None if size is None else int(size)
    if number is not None and number < 1:
        raise ValueError("page_size must be at least 1")
    lms.controls.page_size = number


def turn_enrolment(lms: LMS, order: dict[str, Any]) -> None:
    """Let a person come into a course as a learner, be inactive, or be gone."""
    course, username = str(order.get("course")), str(order.get("username"))
    if lms.course(course) is None or username not in lms.directory.people:
        raise ValueError("course and username must be known here")
    with lms.database.writing() as connection:
        enrolment = Enrolment(course, username, str(order.get("status")), time.time())
        put_enrolment(connection, enrolment)
    lms.refresh()


def turn_link(lms: LMS, order: dict[str, Any]) -> None:
    """Open a link to some learners only; without ``usernames`` to all."""
    names = order.get("usernames")
    if isinstance(names, str):
        names = [name.strip() for name in names.split(",")]
    with lms.database.writing() as connection:
        if not restrict_link(connection, str(order.get("link")), names):
            raise ValueError("link is no link of this LMS")


def turn_notices(lms: LMS, order: dict[str, Any]) -> None:
    """Choose how notices go out."""
    if order.get("notices") not in NOTICE_MODES:
        raise ValueError(f"notices must be one of {', '.join(NOTICE_MODES)}")
    lms.controls.notices = str(order["notices"])


def turn_send(lms: LMS, order: dict[str, Any]) -> None:
    """Send one notice now, once more if need be; or all that have not been sent."""
    unsent = [entry["id"] for entry in list_notices(lms) if not entry["answers"]]
    for notice_id in [str(order["notice"])] if "notice" in order else unsent:
        send_notice(lms, notice_id)


TURNS: dict[str, Callable[[LMS, dict[str, Any]], None]] = {
    "keys": turn_keys,
    "flavour": turn_flavour,
    "custom": turn_custom,
    "page-size": turn_page_size,
    "enrolment": turn_enrolment,
    "link": turn_link,
    "notices": turn_notices,
    "send": turn_send,
}


@blueprint.get("/controls")
def show() -> flask.typing.ResponseReturnValue:
    """The page, or JSON for who asks for that."""
    lms = current_lms()
    described = describe_controls(lms)
    if flask.request.accept_mimetypes.best == "application/json":
        return flask.jsonify(described)
    return flask.render_template(
        "controls.html",
        controls=described,
        tools=lms.tools(),
        flavours=FLAVOURS,
        modes=NOTICE_MODES,
        statuses=STATUSES,
        courses=lms.directory.courses.values(),
    )


@blueprint.post("/controls/<name>")
def turn(name: str) -> flask.typing.ResponseReturnValue:
    """Turn one control."""
    if name not in TURNS:
        flask.abort(404)
    lms = current_lms()
    try:
        TURNS[name](lms, read_order())
    except (TypeError, ValueError) as problem:
        return refuse_order(problem)
    return answer_order(describe_controls(lms), flask.url_for("controls.show"))
