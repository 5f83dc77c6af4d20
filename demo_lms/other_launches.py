"""Launches that do not start from a link: the review of a submission, and data privacy."""

import json

import flask
from werkzeug.wrappers import Response as BaseResponse

from demo_lms.gradebook import Column, find_column
from demo_lms.hints import MessageHint
from demo_lms.lms import current_lms
from demo_lms.message_kinds import PRIVACY, REVIEW
from demo_lms.oidc import deployed_tool, initiate, target
from demo_lms.people import Course, Person
from demo_lms.roles import administers
from demo_lms.settings import origin
from demo_lms.visitors import open_course, signed_in

blueprint = flask.Blueprint("other_launches", __name__)


@blueprint.get("/courses/<course_id>/grades/<column_id>/<username>/review")
def review(course_id: str, column_id: str, username: str) -> str:
    """The tool in a frame, showing what one learner did."""
    _, course, column, learner = open_grade(course_id, column_id, username)
    tool = deployed_tool(course.institution, column.client_id)
    start = flask.url_for("other_launches.start_review", **flask.request.view_args or {})
    return flask.render_template(
        "frame.html",
        course=course,
        title=f"{column.label}: {learner.label}",
        start=start,
        tool_origin=origin(tool.launch_url),
        here="grades",
    )


@blueprint.get("/courses/<course_id>/grades/<column_id>/<username>/review/start")
def start_review(course_id: str, column_id: str, username: str) -> BaseResponse:
    """Send a grader's browser on its way to the review of a submission."""
    person, course, column, learner = open_grade(course_id, column_id, username)
    tool = deployed_tool(course.institution, column.client_id)
    url = json.loads(column.review or "{}").get("url")
    hint = MessageHint(
        tool.client_id,
        person.sub,
        course.id,
        REVIEW,
        target(),
        column=str(column.id),
        for_user=learner.sub,
    )
    return initiate(tool, person, url, hint)


def open_grade(
    course_id: str, column_id: str, username: str
) -> tuple[Person, Course, Column, Person]:
    """The grader, the course, the column and the learner of one cell of the gradebook.

    Answers the request by aborting otherwise: 403 for those who do not grade, 404 for the rest.
    """
    person, course = open_course(course_id)
    if not course.is_graded_by(person):
        flask.abort(403)
    with current_lms().database.reading() as connection:
        column = find_column(connection, course.id, column_id)
    if column is None or username not in course.learners:
        flask.abort(404)
    return person, course, column, current_lms().directory.people[username]


@blueprint.get("/privacy")
def privacy() -> str:
    """Everybody of the institution, for its administrators."""
    person = _administrator()
    lms = current_lms()
    people = lms.directory.institutions[person.institution].people.values()
    tools = lms.tools_at(person.institution)
    return flask.render_template("privacy.html", people=people, tools=tools)


@blueprint.get("/privacy/<client_id>/<username>/start")
def start_privacy(client_id: str, username: str) -> BaseResponse:
    """Send an administrator's browser to what a tool knows of one person."""
    person = _administrator()
    people = current_lms().directory.institutions[person.institution].people
    if username not in people:
        flask.abort(404)
    tool = deployed_tool(person.institution, client_id)
    hint = MessageHint(
        tool.client_id, person.sub, "", PRIVACY, "window", for_user=people[username].sub
    )
    return initiate(tool, person, None, hint)


def _administrator() -> Person:
    person = signed_in()
    if person is None:
        flask.abort(401)
    if not administers(person):
        flask.abort(403)
    return person
