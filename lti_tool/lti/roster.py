"""The roster service (NRPS): the members of a course, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from lti_tool.errors import LTIServiceError
from lti_tool.lti.http_client import MOST_BYTES, Answer
from lti_tool.lti.members import LONGEST_ID, clean_text
from lti_tool.lti.paging import Pages, linked
from lti_tool.lti.platform_client import Call, PlatformClient
from lti_tool.lti.platforms.quirks import with_query
from lti_tool.lti.registrations import PlatformRegistration
from lti_tool.lti.roles import CourseRole, read_roles
from lti_tool.strict_json import StrictJSONError, parse_object

SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
MEDIA_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
MOST_PAGES = 1000
MOST_MEMBERS = 200_000


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a course as the platform lists them; names are often withheld."""

    user_id: str
    name: str | None
    is_instructor: bool
    is_active: bool

    def merged(self, other: Member) -> Member:
        """Return one member out of two entries of the same person (roles come apart)."""
        return Member(
            user_id=self.user_id,
            name=self.name or other.name,
            is_instructor=self.is_instructor or other.is_instructor,
            is_active=self.is_active or other.is_active,
        )


class Roster:
    """The members of a course, fetched page by page while the pages are iterated over.

    ``is_complete`` is true only after the last page; an incomplete roster removes nobody.
    ``differences_url`` is where the platform tells what has changed since (NRPS 2.0, 2.5.3),
    None where it does not.
    """

    def __init__(
        self, client: PlatformClient, registration: PlatformRegistration, url: str
    ) -> None:
        def fetch(page_url: str) -> Answer:
            call = Call("GET", page_url, MEDIA_TYPE, frozenset({SCOPE}))
            return client.read(registration, call)

        self.is_complete = False
        self.differences_url: str | None = None
        self._registration = registration
        self._pages = Pages(fetch, url, most_pages=MOST_PAGES)

    def __iter__(self) -> Iterator[list[Member]]:
        """Yield the members of each page, every person once per page; ``LTIServiceError``."""
        count = 0
        for answer in self._pages:
            members = read_members(answer.body)
            changes = self._registration.offered(linked(answer, "differences"))
            self.differences_url = changes or self.differences_url
            count += len(members)
            if count > MOST_MEMBERS:
                return
            yield members
        self.is_complete = self._pages.is_complete


def of_link(url: str, resource_link_id: str) -> str:
    """Return the roster of one link (NRPS 2.0, 2.4.2); an address that has one stays as it is."""
    query = dict(parse_qsl(urlsplit(url).query))
    return url if query.get("rlid") else with_query(url, {"rlid": resource_link_id})


def read_members(body: bytes) -> list[Member]:
    """Return the members of one page, duplicates merged; ``LTIServiceError`` if it is none.

    Entries without a usable ``user_id`` are left out, and who neither teaches nor learns here.
    """
    try:
        entries = parse_object(body, max_bytes=MOST_BYTES).get("members")
    except StrictJSONError as error:
        raise LTIServiceError(f"The platform's roster cannot be read: {error}.") from None
    if not isinstance(entries, list):
        raise LTIServiceError("The platform's roster has no list of members.")
    found: dict[str, Member] = {}
    for entry in entries:
        member = _member(entry)
        if member is not None:
            known = found.get(member.user_id)
            found[member.user_id] = member if known is None else known.merged(member)
    return list(found.values())


def _member(entry: Any) -> Member | None:
    if not isinstance(entry, dict):
        return None
    user_id = entry.get("user_id")
    if not isinstance(user_id, str) or not 0 < len(user_id) <= LONGEST_ID or not user_id.isascii():
        return None
    roles = _texts(entry.get("roles"))
    who = read_roles(roles)
    # A teacher's view as a student is nobody; a mentor reads, and learns nothing here.
    if who.is_preview or who.in_course is CourseRole.MENTOR:
        return None
    status = entry.get("status", "Active")
    return Member(
        user_id=user_id,
        name=_name(entry),
        is_instructor=who.in_course.is_staff,
        is_active=not (isinstance(status, str) and status.lower() in ("inactive", "deleted")),
    )


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _name(entry: dict[str, Any]) -> str | None:
    def text(key: str) -> str:
        value = entry.get(key)
        return clean_text(value) if isinstance(value, str) else ""

    parts = (text("given_name"), text("family_name"))
    return text("name") or " ".join(part for part in parts if part) or None
