"""Use case: bring a course's members up to date with the platform's roster (NRPS)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lti_tool.errors import LTIServiceError
from lti_tool.lti.platform_client import PlatformClient
from lti_tool.lti.platforms import quirks_of
from lti_tool.lti.registrations import PlatformRegistration, registration_of
from lti_tool.lti.roster import Member, Roster, of_link
from lti_tool.lti.score_answers import Meaning, sentence
from lti_tool.persistence.base import Database
from lti_tool.persistence.courses import Context, get_context, get_context_registration
from lti_tool.persistence.learners import ensure_learners
from lti_tool.persistence.outbox import follow_roster
from lti_tool.persistence.placements import find_only_link
from lti_tool.persistence.platforms import (
    Standing,
    find_institution_of,
    get_deployment,
    standing_of,
)
from lti_tool.persistence.rosters import (
    Place,
    ensure_roster_state,
    list_teaching_now,
    list_unlisted,
    note_left,
    note_names,
    note_places,
)
from lti_tool.translating import _

WHOLE_AT_LEAST_EVERY = timedelta(days=1)
"""What the platform tells as differences is trusted for so long."""

HELD_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RosterSynced:
    """How many members were listed, whether that was all, and how many have left since."""

    members: int
    is_complete: bool
    left: int


@dataclass(frozen=True, slots=True)
class _Course:
    """Where the roster is; ``changes_url`` tells only what has changed, if that is known."""

    context_id: int
    institution_id: int
    registration: PlatformRegistration
    url: str
    changes_url: str | None
    teaching: frozenset[int]


def sync_roster(
    database: Database, client: PlatformClient, *, context_id: int, now: datetime
) -> RosterSynced:
    """Fetch the roster page by page, each stored in a transaction of its own.

    Where the platform tells differences they are enough for a day. Only a whole roster that was
    read to its end lets anybody leave the course by being absent; scores that wait follow the
    course. ``LTIServiceError`` when the platform offers no roster or does not answer.
    """
    with database.writing() as session:
        course = _course(session, context_id, now)
    changes = _read_changes(database, client, course, now)
    return changes or _read_whole(database, client, course, now)


def _course(session: Session, context_id: int, now: datetime) -> _Course:
    context = get_context(session, context_id)
    deployment = get_deployment(session, context.deployment_id)
    standing = standing_of(
        get_context_registration(session, context_id),
        deployment,
        find_institution_of(session, deployment),
    )
    _check_standing(standing)
    if context.memberships_url is None or deployment.institution_id is None:
        raise LTIServiceError(
            _("Your platform does not offer the list of members of this course."),
            code="lti-no-roster",
        )
    state = ensure_roster_state(session, context_id)
    is_fresh = state.read_whole_at is not None and now - state.read_whole_at < WHOLE_AT_LEAST_EVERY
    return _Course(
        context_id,
        deployment.institution_id,
        registration_of(get_context_registration(session, context_id)),
        _address(session, context, context.memberships_url),
        state.differences_url if is_fresh else None,
        frozenset(list_teaching_now(session, context_id, now)),
    )


def _check_standing(standing: Standing) -> None:
    if standing is Standing.SUSPENDED:
        raise LTIServiceError(
            _("Your institution is suspended here, so its platforms are not asked for anything."),
            code="lti-institution-suspended",
        )
    if standing is not Standing.OPEN:
        raise LTIServiceError(
            _("Your platform is switched off here."), code="lti-platform-disabled"
        )


def _address(session: Session, context: Context, url: str) -> str:
    """Return the roster of the course; of a link outside every course that of the link."""
    if not context.is_of_link:
        return url
    link = find_only_link(session, context.id)
    return url if link is None else of_link(url, link)


def _read_changes(
    database: Database, client: PlatformClient, course: _Course, now: datetime
) -> RosterSynced | None:
    """Read what has changed; None when that is not to be had to its end."""
    if course.changes_url is None:
        return None
    roster = Roster(client, course.registration, course.changes_url)
    count = left = 0
    try:
        for page in roster:
            _store(database, course, page, now)
            count += len(page)
            left += sum(not member.is_active for member in page)
    except LTIServiceError:
        return None
    if not roster.is_complete:
        return None
    with database.writing() as session:
        _finish(session, course, roster, now)
    return RosterSynced(count, is_complete=True, left=left)


def _read_whole(
    database: Database, client: PlatformClient, course: _Course, now: datetime
) -> RosterSynced:
    """Read every member; who is missing from the whole list has left."""
    roster = Roster(client, course.registration, course.url)
    count = left = 0
    try:
        for page in roster:
            _store(database, course, page, now)
            count += len(page)
    except LTIServiceError as error:
        raise _refusal(course.registration, error) from None
    with database.writing() as session:
        if roster.is_complete:
            gone = list_unlisted(session, course.context_id, now)
            note_left(session, course.context_id, gone)
            left = len(gone)
            ensure_roster_state(session, course.context_id).read_whole_at = now
            _finish(session, course, roster, now)
    return RosterSynced(count, roster.is_complete, left)


def _refusal(registration: PlatformRegistration, error: LTIServiceError) -> LTIServiceError:
    """Return the error in words; a refused roster is one that is not to be had, never empty."""
    words = quirks_of(registration).roster_refusal(registration.name, error.status)
    if words is None:
        return error
    return LTIServiceError(words, code="lti-no-roster", status=error.status)


def _store(database: Database, course: _Course, members: Sequence[Member], now: datetime) -> None:
    subjects = [member.user_id for member in members]
    with database.writing() as session:
        ids = ensure_learners(
            session, course.institution_id, course.registration.authority, subjects, now
        )
        note_names(session, {ids[m.user_id]: m.name for m in members if m.name})
        places = [_place(course, member, ids[member.user_id]) for member in members]
        note_places(session, course.context_id, places, now)


def _place(course: _Course, member: Member, learner_id: int) -> Place:
    """Return a member's place.

    Whoever teaches here right now by a launch is not made a learner by a list; but who is said
    to have left teaches no more, and open sessions lose the right at once.
    """
    teaches = member.is_instructor or learner_id in course.teaching
    return Place(learner_id, teaches and member.is_active, member.is_active)


def _finish(session: Session, course: _Course, roster: Roster, now: datetime) -> None:
    """Note what was read, and let the scores that wait follow it."""
    get_context(session, course.context_id).roster_synced_at = now
    ensure_roster_state(session, course.context_id).differences_url = roster.differences_url
    reason = Meaning.LEFT_COURSE
    answer = sentence(reason, course.registration.name)
    follow_roster(session, course.context_id, reason, answer, now, now + HELD_FOR)
