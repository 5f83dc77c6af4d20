"""The door: whom to be, and the student view of a teacher."""

from urllib.parse import urlsplit

import flask
from werkzeug.wrappers import Response as BaseResponse

from demo_lms import visitors
from demo_lms.lms import current_lms
from demo_lms.orders import refuse_foreign_forms
from demo_lms.people import ALL_COURSES, Institution

blueprint = flask.Blueprint("door", __name__)
blueprint.before_request(refuse_foreign_forms)

GROUPS = (
    ("Teachers", ("teacher", "assistant", "designer")),
    ("Learners", ("learner",)),
    ("Families and observers", ("mentor",)),
    ("Staff", ALL_COURSES),
)


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> flask.typing.ResponseReturnValue:
    """Choose whom to be."""
    if flask.request.method == "POST":
        if not visitors.sign_in(flask.request.form.get("username", "")):
            flask.abort(400)
        return flask.redirect(_local(flask.request.form.get("next", "")), 303)
    directory = current_lms().directory
    groups = [
        (_group_title(title, institution), people)
        for institution in directory.institutions.values()
        for title, roles in GROUPS
        if (people := [one for one in institution.people.values() if one.role in roles])
    ]
    wanted = flask.request.args.get("next", "")
    return flask.render_template(
        "sign_in.html", groups=groups, wanted=wanted, courses_of=directory.courses_of
    )


def _group_title(title: str, institution: Institution) -> str:
    several = len(current_lms().directory.institutions) > 1
    return f"{institution.name}: {title.lower()}" if several else title


def _local(address: str) -> str:
    """An address inside this LMS, never anywhere else."""
    parts = urlsplit(address)
    inside = address.startswith("/courses") and not parts.netloc and "\\" not in address
    return address if inside else flask.url_for("pages.courses")


@blueprint.post("/sign-out")
def sign_out() -> BaseResponse:
    """End the session."""
    visitors.sign_out()
    return flask.redirect(flask.url_for("door.sign_in"), 303)


@blueprint.post("/courses/<course_id>/student-view")
def enter_student_view(course_id: str) -> BaseResponse:
    """Let a teacher see the course as its test student."""
    person, found = visitors.open_course(course_id)
    if person.username not in found.teachers:
        flask.abort(403)
    visitors.enter_student_view(person, found)
    return flask.redirect(flask.url_for("pages.course", course_id=found.id), 303)


@blueprint.post("/student-view/leave")
def leave_student_view() -> BaseResponse:
    """Be the teacher again."""
    visitors.leave_student_view()
    return flask.redirect(flask.url_for("pages.courses"), 303)
