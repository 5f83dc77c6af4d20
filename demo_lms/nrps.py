"""Names and Role Provisioning Services 2.0: lti1p3platform's service over our courses."""

from collections.abc import Sequence
from typing import Any

import flask
from lti1p3platform.membership import Context
from lti1p3platform.service_connector import NamesRoleProvisioningService

from demo_lms.flask_adapter import FlaskRequest, check_media_types, service_answer
from demo_lms.links import find_link
from demo_lms.lms import current_lms
from demo_lms.messages import MEMBERSHIP, roles_in
from demo_lms.paging import page_of
from demo_lms.people import Course, Person
from demo_lms.registration import MEMBERSHIP_READ
from demo_lms.service_access import course_for

MEMBERS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"

blueprint = flask.Blueprint("nrps", __name__)


class RosterService(NamesRoleProvisioningService):  # type: ignore[misc]  # the package has no types
    """One call of the service in one course."""

    def __init__(self, course_id: str) -> None:
        self.lms = current_lms()
        self.course_id = course_id
        super().__init__(
            FlaskRequest(flask.request, ("role", "rlid")),
            self.lms.platform(),
            f"{self.lms.settings.context_url(course_id)}/memberships",
        )

    @property
    def allowed_scopes(self) -> Sequence[str]:
        """The service's one scope."""
        return (MEMBERSHIP_READ,)

    def _course(self) -> Course:
        return course_for(self.lms, self.platform_config.tool, self.course_id)

    def get_context_by_id(self) -> Context:
        """The course as NRPS shows it."""
        course = self._course()
        return Context(id=course.context_id, label=course.context_id, title=course.title)

    def is_resource_link_valid(
        self,
        context_id: str,  # noqa: ARG002  # links know their course by its address in this LMS
        resource_link_id: str,
    ) -> bool:
        """Whether ``rlid`` is this tool's link here; the base class answers 403 otherwise."""
        with self.lms.database.reading() as connection:
            link = find_link(connection, self.course_id, resource_link_id)
        return link is not None and link.client_id == self.platform_config.tool.client_id

    def get_member_data_page(
        self,
        page: int = 1,
        limit: int | None = None,
        role: str | None = None,
        rlid: str | None = None,  # noqa: ARG002  # everybody in a course may open all its links
    ) -> dict[str, Any]:
        """The members, or those in one role (a URI, or the short word of a context role)."""
        course = self._course()
        members = [_member(course, person) for person in self.lms.directory.members_of(course)]
        if role is not None:
            uri = role if "#" in role else MEMBERSHIP + role
            members = [member for member in members if uri in member["roles"]]
        return page_of(members, page, limit)


def _member(course: Course, person: Person) -> dict[str, Any]:
    return {
        "user_id": person.sub,
        "status": "Active",
        "name": person.name,
        "given_name": person.given,
        "family_name": person.family,
        "email": person.email,
        "roles": [role for role in roles_in(course, person) if role.startswith(MEMBERSHIP)],
    }


@blueprint.get("/lti/contexts/<course_id>/memberships")
def memberships(course_id: str) -> flask.Response:
    """Give the roster of a course."""
    check_media_types(produces=MEMBERS)
    return service_answer(RosterService(course_id).handle_get_members())
