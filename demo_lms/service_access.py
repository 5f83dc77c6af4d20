"""What a service call may reach: a tool's token opens the courses where the tool is deployed."""

import flask
from lti1p3platform.exceptions import LtiServiceException

from demo_lms.lms import LMS
from demo_lms.people import Course
from demo_lms.registration import ToolRegistration


def course_for(lms: LMS, tool: ToolRegistration, course_id: str) -> Course:
    """The course of that id, or LtiServiceException 404 as if it did not exist.

    In the manner of Moodle the address must carry the number of the tool.
    """
    if tool.flavour == "moodle" and flask.request.args.get("type_id") != str(tool.number):
        raise LtiServiceException("type_id must be the one of the service's address", 404)
    course = lms.course(course_id)
    if course is None or tool.deployment_at(course.institution) is None:
        raise LtiServiceException("There is no such course", 404)
    return course


def check_media_types(
    tool: ToolRegistration, *, consumes: str | None = None, produces: str | None = None
) -> None:
    """Refuse any media type but the service's own (no Accept at all is fine).

    Raises LtiServiceException 415 or 406; in the manner of Moodle both are 400.
    """
    moodle = tool.flavour == "moodle"
    if consumes and flask.request.mimetype != consumes:
        raise LtiServiceException(f"Content-Type must be {consumes}", 400 if moodle else 415)
    accept = flask.request.headers.get("Accept")
    if produces and accept is not None and accept.strip() != produces:
        raise LtiServiceException(f"Accept must be exactly {produces}", 400 if moodle else 406)
