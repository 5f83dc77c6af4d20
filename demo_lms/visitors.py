"""Who is signed in: a practice LMS asks for no password."""

import flask

from demo_lms.lms import current_lms
from demo_lms.people import Course, Person


def signed_in() -> Person | None:
    """The person of the session cookie, if any."""
    return current_lms().directory.people.get(flask.session.get("username", ""))


def sign_in(username: str) -> bool:
    """Start a session; False when nobody has that username."""
    flask.session.clear()
    if username not in current_lms().directory.people:
        return False
    flask.session["username"] = username
    return True


def sign_out() -> None:
    """End the session."""
    flask.session.clear()


def enter_student_view(person: Person, course: Course) -> None:
    """Be the course's test student for a while."""
    flask.session["teacher"] = person.username
    flask.session["username"] = course.test_student


def leave_student_view() -> None:
    """Be the teacher again who entered the student view."""
    if "teacher" in flask.session:
        flask.session["username"] = flask.session.pop("teacher")


def open_course(course_id: str) -> tuple[Person, Course]:
    """The signed-in person and the course, if that person belongs to it.

    Answers the request by aborting otherwise: 401 when nobody is signed in, 404 for the rest.
    """
    person = signed_in()
    if person is None:
        flask.abort(401)
    course = current_lms().course(course_id)
    if course is None or not course.has_member(person):
        flask.abort(404)
    return person, course
