"""Use case: bring a course's members up to date with the platform's roster (NRPS)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from lti_tool.errors import LTIServiceError
from lti_tool.lti.platform_client import PlatformClient
from lti_tool.lti.registrations import PlatformRegistration, registration_of
from lti_tool.lti.roster import Member, Roster
from lti_tool.persistence.base import Database
from lti_tool.persistence.courses import get_context, get_context_registration
from lti_tool.persistence.learners import ensure_learners
from lti_tool.persistence.platforms import (
    Standing,
    find_institution_of,
    get_deployment,
    standing_of,
)
from lti_tool.persistence.rosters import (
    Place,
    deactivate_unlisted,
    list_teaching_now,
    note_names,
    note_places,
)


@dataclass(frozen=True, slots=True)
class RosterSynced:
    """How many members were listed, whether that was all, and how many have left since."""

    members: int
    is_complete: bool
    left: int


@dataclass(frozen=True, slots=True)
class _Course:
    context_id: int
    institution_id: int
    registration: PlatformRegistration
    url: str
    teaching: frozenset[int]


def sync_roster(
    database: Database, client: PlatformClient, *, context_id: int, now: datetime
) -> RosterSynced:
    """Fetch the roster page by page, each stored in a transaction of its own.

    Only a roster that was read to its end lets anybody leave the course. ``LTIServiceError``
    when the platform offers none or does not answer.
    """
    course = _course(database, context_id, now)
    roster = Roster(client, course.registration, course.url)
    seen: dict[str, Member] = {}
    listed: set[int] = set()
    for page in roster:
        members = [_merge(seen, member) for member in page]
        listed |= _store(database, course, members, now)
    left = _finish(database, course, listed, now) if roster.is_complete else 0
    return RosterSynced(len(seen), roster.is_complete, left)


def _course(database: Database, context_id: int, now: datetime) -> _Course:
    with database.reading() as session:
        context = get_context(session, context_id)
        deployment = get_deployment(session, context.deployment_id)
        registration = get_context_registration(session, context_id)
        institution = find_institution_of(session, deployment)
        teaching = list_teaching_now(session, context_id, now)
    _check_standing(standing_of(registration, deployment, institution))
    if context.memberships_url is None or deployment.institution_id is None:
        raise LTIServiceError(
            "Your platform does not offer the list of members of this course.",
            code="lti-no-roster",
        )
    return _Course(
        context_id,
        deployment.institution_id,
        registration_of(registration),
        context.memberships_url,
        frozenset(teaching),
    )


def _check_standing(standing: Standing) -> None:
    if standing is Standing.SUSPENDED:
        raise LTIServiceError(
            "Your institution is suspended here, so its platforms are not asked for anything.",
            code="lti-institution-suspended",
        )
    if standing is not Standing.OPEN:
        raise LTIServiceError("Your platform is switched off here.", code="lti-platform-disabled")


def _merge(seen: dict[str, Member], member: Member) -> Member:
    """Put the entries of one person on several pages together."""
    known = seen.get(member.user_id)
    merged = member if known is None else known.merged(member)
    seen[member.user_id] = merged
    return merged


def _store(
    database: Database, course: _Course, members: Sequence[Member], now: datetime
) -> set[int]:
    subjects = [member.user_id for member in members]
    with database.writing() as session:
        ids = ensure_learners(
            session, course.institution_id, course.registration.authority, subjects, now
        )
        note_names(session, {ids[m.user_id]: m.name for m in members if m.name})
        places = [
            Place(
                ids[member.user_id],
                # Whoever teaches here right now by a launch is not made a learner by a list.
                is_instructor=member.is_instructor or ids[member.user_id] in course.teaching,
                is_active=member.is_active,
            )
            for member in members
        ]
        note_places(session, course.context_id, places, now)
    return set(ids.values())


def _finish(database: Database, course: _Course, listed: Collection[int], now: datetime) -> int:
    with database.writing() as session:
        get_context(session, course.context_id).roster_synced_at = now
        return deactivate_unlisted(session, course.context_id, listed)
