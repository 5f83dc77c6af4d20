"""Names and Role Provisioning Services 2.0: lti1p3platform's service over our courses."""

import time
from collections.abc import Sequence
from typing import Any

import flask
from lti1p3platform.exceptions import LtiServiceException
from lti1p3platform.membership import Context
from lti1p3platform.service_connector import NamesRoleProvisioningService

from demo_lms.course_changes import list_enrolments
from demo_lms.custom import fill_in
from demo_lms.flask_adapter import FlaskRequest, service_answer
from demo_lms.links import Link, find_link
from demo_lms.lms import current_lms
from demo_lms.messages import CLAIM
from demo_lms.paging import page_of
from demo_lms.people import Course, Person
from demo_lms.registration import MEMBERSHIP_READ, ToolRegistration
from demo_lms.roles import MEMBERSHIP, course_roles
from demo_lms.service_access import check_media_types, course_for
from demo_lms.service_urls import service_url

MEMBERS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"

blueprint = flask.Blueprint("nrps", __name__)


class RosterService(NamesRoleProvisioningService):  # type: ignore[misc]  # the package has no types
    """One call of the service in one course."""

    def __init__(self, course_id: str) -> None:
        self.lms = current_lms()
        self.course_id = course_id
        self.asked_at = time.time()
        super().__init__(
            FlaskRequest(flask.request, ("role", "rlid", "since")),
            self.lms.platform(),
            f"{self.lms.settings.context_url(course_id)}/memberships",
        )

    @property
    def allowed_scopes(self) -> Sequence[str]:
        """The service's one scope."""
        return (MEMBERSHIP_READ,)

    @property
    def tool(self) -> ToolRegistration:
        """Whose token this is."""
        tool: ToolRegistration = self.platform_config.tool
        return tool

    def get_context_by_id(self) -> Context:
        """The course as NRPS shows it."""
        check_media_types(self.tool, produces=MEMBERS)
        course = course_for(self.lms, self.tool, self.course_id)
        return Context(id=course.context_id, label=course.context_id, title=course.title)

    def is_resource_link_valid(
        self,
        context_id: str,  # noqa: ARG002  # links know their course by its address in this LMS
        resource_link_id: str,
    ) -> bool:
        """Whether ``rlid`` is this tool's link here; the base class answers 403 otherwise."""
        return self._link(resource_link_id) is not None

    def _link(self, link_id: str) -> Link | None:
        with self.lms.database.reading() as connection:
            link = find_link(connection, self.course_id, link_id)
        return link if link and link.client_id == self.tool.client_id else None

    def get_member_data_page(
        self, role: str | None = None, rlid: str | None = None, since: str | None = None
    ) -> dict[str, Any]:
        """The members, those in one role (a URI, or the short word of a context role), those who
        may open one link, or those who came or went since a time out of a differences link.
        """
        course = course_for(self.lms, self.tool, self.course_id)
        link = self._link(rlid) if rlid else None
        found = [
            (person, status)
            for person, status in self._standings(course, since)
            if link is None or link.is_open_to(course, person)
        ]
        if role is not None:
            uri = role if "#" in role else MEMBERSHIP + role
            found = [entry for entry in found if uri in course_roles(course, entry[0])]
        page = page_of(self.lms, found)
        page["content"] = [
            self._member(course, person, status, link) for person, status in page["content"]
        ]
        self.following = page["next"]
        return page

    def _standings(self, course: Course, since: str | None) -> list[tuple[Person, str]]:
        """People with their status; without ``since`` nobody who is gone."""
        people = self.lms.directory.people
        with self.lms.database.reading() as connection:
            changes = [entry for entry in list_enrolments(connection) if entry.course == course.id]
        if since is not None:
            after = _seconds(since)
            changed = [entry for entry in changes if entry.changed_at > after]
            return [(people[entry.username], entry.status) for entry in changed]
        members = [(person, "Active") for person in self.lms.directory.members_of(course)]
        inactive = [entry for entry in changes if entry.status == "Inactive"]
        return members + [(people[entry.username], entry.status) for entry in inactive]

    def _member(
        self, course: Course, person: Person, status: str, link: Link | None
    ) -> dict[str, Any]:
        roles = course_roles(course, person) or [f"{MEMBERSHIP}Learner"]
        if self.tool.flavour == "moodle":
            roles = [role.rsplit("#", 1)[-1] for role in roles]
        named = {
            "name": person.name,
            "given_name": person.given,
            "family_name": person.family,
            "email": person.email,
        }
        member: dict[str, Any] = {"user_id": person.sub, "status": status, "roles": roles}
        member |= {name: text for name, text in named.items() if text}
        if link is not None:
            member["message"] = [self._message(course, person, link)]
        return member

    def _message(self, course: Course, person: Person, link: Link) -> dict[str, Any]:
        """What a launch of this person would say of the link (NRPS 2.0 section 2.4.1)."""
        return {
            f"{CLAIM}message_type": "LtiResourceLinkRequest",
            f"{CLAIM}custom": fill_in(self.tool, link, course, person),
        }

    def differences(self) -> str:
        """Where changes from now on will be told (NRPS 2.0 section 2.4.2)."""
        url = service_url(self.lms.settings, self.tool, self.course_id, "memberships")
        return f"{url}{'&' if '?' in url else '?'}since={self.asked_at:.6f}"


def _seconds(since: str) -> float:
    try:
        return float(since)
    except ValueError as problem:
        raise LtiServiceException("since must come out of a differences link", 400) from problem


@blueprint.get("/lti/contexts/<course_id>/memberships")
def memberships(course_id: str) -> flask.Response:
    """Give the roster of a course; its last page links to the differences."""
    service = RosterService(course_id)
    response = service.handle_get_members()
    if response.code == 200:
        response.result["next"] = service.following
    answer = service_answer(response)
    if response.code == 200 and not service.following:
        answer.headers.add("Link", f'<{service.differences()}>; rel="differences"')
    return answer
