"""The gradebook: all of it for those who see everyone, her own for a learner; grades by hand."""

import math
from datetime import UTC, datetime

import flask
from werkzeug.wrappers import Response as BaseResponse

from demo_lms.gradebook import Column, StandingScore, find_score, list_columns, list_scores
from demo_lms.lms import current_lms
from demo_lms.orders import refuse_foreign_forms
from demo_lms.other_launches import open_grade
from demo_lms.people import Course
from demo_lms.refused_scores import list_refused
from demo_lms.scores import override_score
from demo_lms.visitors import open_course

blueprint = flask.Blueprint("grade_pages", __name__)
blueprint.before_request(refuse_foreign_forms)


@blueprint.get("/courses/<course_id>/grades")
def grades(course_id: str) -> str:
    """The gradebook; what is stored but not published is shown to nobody as a grade."""
    person, course = open_course(course_id)
    directory = current_lms().directory
    columns, scores = _gradebook(course)
    values = {"course": course, "columns": columns, "scores": scores, "here": "grades"}
    if not course.sees_everyone(person):
        return flask.render_template("my_grades.html", person=person, **values)
    with current_lms().database.reading() as connection:
        refused = list_refused(connection, course.id)
    return flask.render_template(
        "grades.html",
        learners=directory.learners_of(course),
        refused=refused,
        people=directory.people,
        labels={column.id: column.label for column in columns},
        grader=course.is_graded_by(person),
        **values,
    )


def _gradebook(course: Course) -> tuple[list[Column], dict[tuple[int, str], StandingScore]]:
    with current_lms().database.reading() as connection:
        columns = list_columns(connection, course.id)
        scores = {
            (column.id, standing.username): standing
            for column in columns
            for standing in list_scores(connection, column.id)
        }
    return columns, scores


@blueprint.get("/courses/<course_id>/grades/<column_id>/<username>")
def one_grade(course_id: str, column_id: str, username: str) -> str:
    """One cell of the gradebook, with a form for the teacher's own grade."""
    _, course, column, learner = open_grade(course_id, column_id, username)
    with current_lms().database.reading() as connection:
        standing = find_score(connection, column.id, username)
    return flask.render_template(
        "grade.html",
        course=course,
        column=column,
        learner=learner,
        standing=standing,
        people=current_lms().directory.people,
        here="grades",
    )


@blueprint.post("/courses/<course_id>/grades/<column_id>/<username>")
def override(course_id: str, column_id: str, username: str) -> BaseResponse:
    """Let the teacher's grade stand; an empty field takes the grade away."""
    person, course, column, _ = open_grade(course_id, column_id, username)
    score = _points(flask.request.form.get("score", ""), column)
    with current_lms().database.writing() as connection:
        override_score(
            connection,
            find_score(connection, column.id, username),
            column=column,
            username=username,
            score=score,
            teacher=person.username,
            now=datetime.now(UTC),
        )
    return flask.redirect(flask.url_for("grade_pages.grades", course_id=course.id), 303)


def _points(text: str, column: Column) -> float | None:
    """The points in the form; answers the request with 400 for what is no grade of the column."""
    if not text.strip():
        return None
    try:
        points = float(text)
    except ValueError:
        flask.abort(400)
    if not math.isfinite(points) or not 0 <= points <= column.score_maximum:
        flask.abort(400)
    return points
