"""The quizzes of a course: taken by learners, looked at and graded anew by teachers."""

import math
import time

import flask
from werkzeug.wrappers import Response as BaseResponse

from demo_lms.lms import current_lms
from demo_lms.orders import refuse_foreign_forms
from demo_lms.people import Course, Person
from demo_lms.quizzes import Quiz, Result, list_results, put_result
from demo_lms.visitors import open_course

blueprint = flask.Blueprint("quiz_pages", __name__)
blueprint.before_request(refuse_foreign_forms)


@blueprint.get("/courses/<course_id>/quizzes")
def quizzes(course_id: str) -> str:
    """The quizzes of a course, with one's own result."""
    person, course = open_course(course_id)
    with current_lms().database.reading() as connection:
        rows = [
            (quiz, list_results(connection, quiz.id).get(person.username))
            for quiz in current_lms().quizzes_of(course)
        ]
    return flask.render_template("quizzes.html", course=course, rows=rows, here="quizzes")


@blueprint.get("/courses/<course_id>/quizzes/<int:quiz_id>")
def quiz(course_id: str, quiz_id: int) -> str:
    """The questions for a learner; the results for those who grade."""
    person, course, found = _open(course_id, quiz_id)
    with current_lms().database.reading() as connection:
        results = list_results(connection, found.id)
    return flask.render_template(
        "quiz.html",
        course=course,
        quiz=found,
        mine=results.get(person.username),
        results=results,
        grader=course.is_graded_by(person),
        learners=current_lms().directory.learners_of(course),
        here="quizzes",
    )


@blueprint.post("/courses/<course_id>/quizzes/<int:quiz_id>")
def take(course_id: str, quiz_id: int) -> BaseResponse:
    """Grade the answers of a learner at once."""
    person, course, found = _open(course_id, quiz_id)
    if person.username not in course.learners:
        flask.abort(403)
    given = [flask.request.form.get(f"q{n}", "") for n in range(len(found.questions))]
    _store(Result(found.id, person.username, found.points(given), time.time()))
    return _back(course, found)


@blueprint.post("/courses/<course_id>/quizzes/<int:quiz_id>/<username>")
def regrade(course_id: str, quiz_id: int, username: str) -> BaseResponse:
    """Let a teacher's points stand; an empty field takes the result away."""
    person, course, found = _open(course_id, quiz_id)
    if not course.is_graded_by(person) or username not in course.learners:
        flask.abort(403)
    points = _points(flask.request.form.get("points", ""), found)
    _store(Result(found.id, username, points, time.time(), person.username))
    return _back(course, found)


def _open(course_id: str, quiz_id: int) -> tuple[Person, Course, Quiz]:
    person, course = open_course(course_id)
    found = current_lms().quizzes.get(quiz_id)
    if found is None or found.course != course.id:
        flask.abort(404)
    return person, course, found


def _points(text: str, found: Quiz) -> float | None:
    if not text.strip():
        return None
    try:
        points = float(text)
    except ValueError:
        flask.abort(400)
    if not math.isfinite(points) or not 0 <= points <= found.most:
        flask.abort(400)
    return points


def _store(result: Result) -> None:
    with current_lms().database.writing() as connection:
        put_result(connection, result)


def _back(course: Course, found: Quiz) -> BaseResponse:
    address = flask.url_for("quiz_pages.quiz", course_id=course.id, quiz_id=found.id)
    return flask.redirect(address, 303)
