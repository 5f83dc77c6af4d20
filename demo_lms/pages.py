"""The LMS's own pages: courses, launch frame, roster, errors."""

from typing import Any

import flask
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from demo_lms import visitors
from demo_lms.gradebook import list_columns
from demo_lms.links import find_link, list_links
from demo_lms.lms import current_lms
from demo_lms.orders import refuse_foreign_forms
from demo_lms.people import ALL_COURSES, Course, Person
from demo_lms.registration import ToolRegistration
from demo_lms.roles import course_roles
from demo_lms.score_documents import moment
from demo_lms.settings import origin

blueprint = flask.Blueprint("pages", __name__)
blueprint.before_request(refuse_foreign_forms)

ROLE_WORDS = {
    "Instructor": "Teacher",
    "TeachingAssistant": "Teaching assistant",
    "ContentDeveloper": "Course designer",
    "Mentor": "Mentor",
    "Learner": "Learner",
}
ERRORS = {
    400: ("That did not work", "The request could not be understood."),
    401: ("Please sign in", "This page is for people of the university."),
    403: ("Not for you", "This page is for teachers of the course."),
    404: ("Nothing here", "There is no such page, or it is not open to you."),
}


def error_page(problem: HTTPException) -> tuple[str, int]:
    """Error handler: any HTTP error as a plain page."""
    code = problem.code or 500
    title, text = ERRORS.get(code, ("That did not work", problem.description or ""))
    return flask.render_template("error.html", title=title, text=text), code


@blueprint.get("/")
def home() -> BaseResponse:
    """The course list, or the sign-in page."""
    return flask.redirect(
        flask.url_for("pages.courses" if visitors.signed_in() else "door.sign_in")
    )


@blueprint.get("/courses")
def courses() -> flask.typing.ResponseReturnValue:
    """The courses of the person."""
    person = visitors.signed_in()
    if person is None:
        return flask.redirect(flask.url_for("door.sign_in"))
    lms = current_lms()
    return flask.render_template("courses.html", courses=lms.directory.courses_of(person))


@blueprint.get("/courses/<course_id>")
def course(course_id: str) -> str:
    """The links of a course."""
    _, found = visitors.open_course(course_id)
    with current_lms().database.reading() as connection:
        links = list_links(connection, found.id)
        columns = {column.link_id: column for column in list_columns(connection, found.id)}
    tools = current_lms().tools_at(found.institution)
    values = {"links": links, "columns": columns, "tools": tools}
    return _course_page("course.html", found, here="content", **values)


@blueprint.get("/courses/<course_id>/links/<link_id>")
def link(course_id: str, link_id: str) -> str:
    """The tool in a frame."""
    person, found = visitors.open_course(course_id)
    with current_lms().database.reading() as connection:
        opened = find_link(connection, found.id, link_id)
    if opened is None or not opened.is_open_to(found, person):
        flask.abort(404)
    start = flask.url_for("oidc.start_link", course_id=found.id, link_id=opened.id)
    tool = current_lms().tool(opened.client_id)
    if tool is None:
        flask.abort(404)
    return _frame_page(found, opened.title, start, tool)


@blueprint.get("/courses/<course_id>/add")
def add(course_id: str) -> str:
    """A tool's picker in a frame (default: the first tool's)."""
    person, found = visitors.open_course(course_id)
    if person.username not in found.teachers:
        flask.abort(403)
    tools = current_lms().tools_at(found.institution)
    client_id = flask.request.args.get("client_id")
    wanted = [tool for tool in tools if client_id in {None, tool.client_id}]
    if not wanted:
        flask.abort(404)
    start = flask.url_for("oidc.start_deep_linking", course_id=found.id, client_id=client_id)
    return _frame_page(found, f"Add from {wanted[0].name}", start, wanted[0])


def _frame_page(found: Course, title: str, start: str, tool: ToolRegistration) -> str:
    values = {"title": title, "start": start, "tool_origin": origin(tool.launch_url)}
    return _course_page("frame.html", found, here="content", **values)


@blueprint.get("/courses/<course_id>/people")
def people(course_id: str) -> str:
    """The roster; e-mail addresses are for those who see everyone."""
    person, found = visitors.open_course(course_id)
    members = current_lms().directory.members_of(found)
    return _course_page(
        "people.html",
        found,
        members=members,
        with_email=found.sees_everyone(person),
        here="people",
    )


def _course_page(template: str, found: Course, **values: Any) -> str:
    return flask.render_template(template, course=found, **values)


@blueprint.app_context_processor
def on_every_page() -> dict[str, Any]:
    """What the frame of every page shows."""
    directory, me = current_lms().directory, visitors.signed_in()
    first = next(iter(directory.institutions))
    return {
        "institution": directory.institutions[me.institution if me else first],
        "me": me,
        "tool_origin": origin(current_lms().settings.tool_url),
        "storage_frame": current_lms().settings.storage_frame,
        "all_courses": ALL_COURSES,
        "teaches": _teaches,
        "words_of": _words_of,
        "when": _when,
    }


def _when(timestamp: str) -> Markup:
    at = moment(timestamp)
    text = f"{at.day} {at:%b %Y, %H:%M} UTC"
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), text)


def _words_of(found: Course, person: Person) -> list[str]:
    words = [role.rsplit("#", 1)[-1] for role in course_roles(found, person)]
    if "TeachingAssistant" in words:
        words.remove("Instructor")
    return [ROLE_WORDS[word] for word in words]


def _teaches(person: Person | None, found: Course) -> bool:
    return person is not None and person.username in found.teachers
