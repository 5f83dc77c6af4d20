"""What a service call may reach: a tool's token opens the courses where the tool is deployed."""

from lti1p3platform.exceptions import LtiServiceException

from demo_lms.lms import LMS
from demo_lms.people import Course
from demo_lms.registration import ToolRegistration


def course_for(lms: LMS, tool: ToolRegistration, course_id: str) -> Course:
    """The course of that id, or LtiServiceException 404 as if it did not exist."""
    course = lms.course(course_id)
    if course is None or tool.deployment_at(course.institution) is None:
        raise LtiServiceException("There is no such course", 404)
    return course
