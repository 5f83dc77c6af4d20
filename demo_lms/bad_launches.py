"""/bad-launches, for this machine alone: each broken launch is performed by a click.

GET /bad-launches                        the names, as JSON to who asks for that
GET /bad-launches/<name>?course=…        start it as the person who is signed in
"""

from dataclasses import replace

import flask
from werkzeug.wrappers import Response as BaseResponse

from demo_lms.broken_launches import (
    BAD_LAUNCHES,
    NEEDS_AN_EARLIER_LAUNCH,
    list_bad_launches,
)
from demo_lms.gradebook import list_columns
from demo_lms.hints import MessageHint
from demo_lms.links import list_links
from demo_lms.lms import current_lms
from demo_lms.message_kinds import DEEP_LINKING, PRIVACY, RESOURCE_LINK, REVIEW
from demo_lms.oidc import deployed_tool, initiate
from demo_lms.people import Course, Person
from demo_lms.spoiling import BadLaunch
from demo_lms.visitors import open_course, signed_in

blueprint = flask.Blueprint("bad_launches", __name__)


@blueprint.get("/bad-launches")
def show() -> flask.typing.ResponseReturnValue:
    """The menu."""
    launches = list_bad_launches()
    if flask.request.accept_mimetypes.best == "application/json":
        return flask.jsonify(
            [{"name": one.name, "rule": one.rule, "words": one.words} for one in launches]
        )
    person = signed_in()
    courses = current_lms().directory.courses_of(person) if person else []
    chosen = flask.request.args.get("course") or (courses[0].id if courses else "")
    return flask.render_template(
        "bad_launches.html", launches=launches, courses=courses, chosen=chosen
    )


@blueprint.get("/bad-launches/<name>")
def start(name: str) -> BaseResponse:
    """Start a launch that will be broken at its last step."""
    launch = BAD_LAUNCHES.get(name)
    if launch is None:
        flask.abort(404)
    person, course = open_course(flask.request.args.get("course", ""))
    lms = current_lms()
    if name in NEEDS_AN_EARLIER_LAUNCH and not lms.sent_forms.get(person.sub):
        flask.abort(409, "Open a link of the course properly first; this launch builds on it.")
    tool = deployed_tool(course.institution, flask.request.args.get("client_id"))
    hint = MessageHint(tool.client_id, person.sub, course.id, launch.message, "window", wrong=name)
    return initiate(tool, person, None, _filled(hint, launch, person, course))


def _filled(hint: MessageHint, launch: BadLaunch, person: Person, course: Course) -> MessageHint:
    """Give the message what it needs; answers the request with 409 when that is not there."""
    if launch.message in {DEEP_LINKING, REVIEW} and not course.is_graded_by(person):
        flask.abort(409, "Sign in as a teacher of the course for this one.")
    about = course.learners[0] if course.learners else person.username
    for_user = current_lms().directory.people[about].sub
    found = _link_and_column(hint)
    needs = {
        RESOURCE_LINK: {"link": found["link"]},
        REVIEW: {"column": found["column"], "for_user": for_user},
        PRIVACY: {"course": "", "for_user": for_user},
        DEEP_LINKING: {},
    }[launch.message]
    if not needs.get("link", "-") or not needs.get("column", "-"):
        flask.abort(409, "The course has no link, or no column in its gradebook, of this tool.")
    return replace(hint, **needs)


def _link_and_column(hint: MessageHint) -> dict[str, str]:
    """The first link and the first column of the tool in the course; empty where there is none."""
    with current_lms().database.reading() as connection:
        links = list_links(connection, hint.course)
        columns = list_columns(connection, hint.course, client_id=hint.client_id)
    own = [link.id for link in links if link.client_id == hint.client_id and not link.url]
    return {"link": next(iter(own), ""), "column": str(columns[0].id) if columns else ""}
