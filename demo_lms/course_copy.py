"""Copying a course: new ids, the same custom values and columns, no grades, a history."""

import json
import secrets
import sqlite3
import uuid

import flask
from werkzeug.wrappers import Response as BaseResponse

from demo_lms.course_changes import CourseCopy, add_copy
from demo_lms.gradebook import add_column, list_columns
from demo_lms.links import list_links
from demo_lms.lms import LMS, current_lms
from demo_lms.notices import announce_copy
from demo_lms.orders import answer_order, read_order, refuse_foreign_forms, refuse_order
from demo_lms.people import Course
from demo_lms.visitors import open_course

LONGEST_TITLE = 200

blueprint = flask.Blueprint("course_copy", __name__)
blueprint.before_request(refuse_foreign_forms)
local = flask.Blueprint("local_course_copy", __name__)
local.before_request(refuse_foreign_forms)


def copy_course(lms: LMS, origin: Course, title: str = "") -> Course:
    """Copy a course with its people, links and columns, and tell the tools that want to know."""
    copy = CourseCopy(
        id=f"{origin.id}-{secrets.token_hex(4)}",
        origin=origin.id,
        title=title.strip()[:LONGEST_TITLE] or f"{origin.title} (copy)",
        context_id=uuid.uuid4().hex,
    )
    with lms.database.writing() as connection:
        add_copy(connection, copy)
        _copy_content(connection, origin, copy.id)
    lms.refresh()
    copied = lms.directory.courses[copy.id]
    announce_copy(lms, origin, copied)
    return copied


def _copy_content(connection: sqlite3.Connection, origin: Course, copy_id: str) -> None:
    new_ids: dict[str | None, str] = {}
    for link in list_links(connection, origin.id):
        new_ids[link.id] = str(uuid.uuid4())
        connection.execute(
            """INSERT INTO links (id, course, title, text, url, custom, client_id, history)
               SELECT ?, ?, title, text, url, custom, client_id, ? FROM links WHERE id = ?""",
            (new_ids[link.id], copy_id, json.dumps([link.id, *link.history]), link.id),
        )
    for column in list_columns(connection, origin.id):
        values = column.values_for(new_ids.get(column.link_id))
        add_column(connection, copy_id, column.client_id, values)


@blueprint.post("/courses/<course_id>/copy")
def copy_by_teacher(course_id: str) -> BaseResponse:
    """A teacher copies her course, then stands in the copy."""
    person, course = open_course(course_id)
    if person.username not in course.teachers:
        flask.abort(403)
    copied = copy_course(current_lms(), course, flask.request.form.get("title", ""))
    return flask.redirect(flask.url_for("pages.course", course_id=copied.id), 303)


@local.post("/copies")
def copy_by_order() -> flask.typing.ResponseReturnValue:
    """POST /copies {"course": "…", "title": "…"}, for this machine alone."""
    order = read_order()
    course = current_lms().course(str(order.get("course")))
    if course is None:
        return refuse_order(ValueError("course must be known here"))
    copied = copy_course(current_lms(), course, str(order.get("title", "")))
    described = {
        "id": copied.id,
        "context_id": copied.context_id,
        "title": copied.title,
        "history": list(copied.history),
    }
    return answer_order(described, flask.url_for("controls.show"))
