"""The addresses of services, as tools are told them."""

from urllib.parse import quote

from demo_lms.registration import ToolRegistration
from demo_lms.settings import Settings


def service_url(settings: Settings, tool: ToolRegistration, course_id: str, *path: object) -> str:
    """An address inside a course's services; like Moodle's it may carry the tool's number.

    So a path is extended before the query: ``…/lineitems/7/scores?type_id=1``.
    """
    url = "/".join([settings.context_url(course_id), *(str(part) for part in path)])
    return f"{url}?type_id={tool.number}" if tool.flavour == "moodle" else url


def handlers_url(settings: Settings, tool: ToolRegistration, deployment_id: str) -> str:
    """Where a tool registers its handlers of notices for one deployment."""
    deployment = quote(deployment_id, safe="")
    return f"{settings.public_url}/lti/notice-handlers/{tool.number}/{deployment}"
