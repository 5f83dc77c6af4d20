"""The short way in: for a launch that says nothing which is not known already."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from lti_tool.entering.opened import SESSION_LIFE, LaunchAccepted, hash_token, landing_of
from lti_tool.lti.launch import Launch, MessageType
from lti_tool.lti.registrations import PlatformRegistration
from lti_tool.lti.roles import CourseRole
from lti_tool.persistence.familiar import add_opened, find_familiar, note_seen
from lti_tool.persistence.platforms import NOTED_EVERY
from lti_tool.persistence.sessions import Purpose
from lti_tool.translating import find

SEEN_EVERY = timedelta(minutes=5)
"""Somebody who goes in and out of a course is noted as seen this often."""


def enter_familiar(
    connection: Connection, registration: PlatformRegistration, launch: Launch, now: datetime
) -> LaunchAccepted | None:
    """Open a session where everything that ``open_course`` would note stands there already.

    Returns None where anything is new or different, and has written nothing then.
    """
    if not _is_plain(launch):
        return None
    known = find_familiar(
        connection,
        registration_id=registration.id,
        deployment_id=launch.deployment_id,
        context=launch.context_id,
        authority=registration.authority,
        subject=launch.user_id,
        link=launch.resource_link_id,
    )
    if known is None or not _is_unchanged(known, launch, now):
        return None
    token = secrets.token_urlsafe(32)
    if now - known.seen_at >= SEEN_EVERY:
        note_seen(connection, known.membership_id, now)
    add_opened(
        connection,
        now,
        token_hash=hash_token(token),
        learner_id=known.learner_id,
        context_id=known.context_id,
        resource_link_id=known.link_id,
        is_instructor=launch.is_instructor,
        role=launch.roles.in_course,
        purpose=Purpose.COURSE,
        mentees=None,
        locale=launch.locale,
        email=launch.email,
        expires_at=now + SESSION_LIFE,
    )
    return LaunchAccepted(known.context_uuid, token, landing_of(launch))


def _is_plain(launch: Launch) -> bool:
    """Return whether this is a learner or teacher who opens a link of a course."""
    return (
        launch.message_type is MessageType.RESOURCE_LINK
        and launch.context_id is not None
        and not launch.roles.is_preview
        and launch.roles.in_course is not CourseRole.MENTOR
        and not launch.mentees
    )


def _is_unchanged(known: Any, launch: Launch, now: datetime) -> bool:
    """Return whether what the launch tells is what stands there; what it leaves out may stay."""
    grades = launch.grades
    told = (
        (launch.platform_guid, known.platform_guid),
        (launch.platform_name, known.platform_name),
        (launch.notices_url, known.notices_url),
        (launch.context_title, known.title),
        (launch.memberships_url, known.memberships_url),
        (grades and grades.line_items_url, known.line_items_url),
        (grades and list(grades.scopes), known.grade_scopes),
        (launch.name, known.name),
        (find(launch.locale), known.language),
        (launch.resource_link_title, known.link_title),
        (launch.placement_uuid, known.placement_uuid),
    )
    return (
        all(not new or new == old for new, old in told)
        and launch.is_instructor == known.is_instructor
        and (not launch.history or known.copied_from_id is not None)
        and known.last_launch_at is not None
        and now - known.last_launch_at < NOTED_EVERY
        and _has_column(known, launch)
    )


def _has_column(known: Any, launch: Launch) -> bool:
    """Return whether the gradebook column of a placed link is noted as far as it can be."""
    if known.placement_uuid is None or launch.grades is None:
        return True
    is_known = known.line_item_url is not None or launch.grades.line_item_url is None
    return is_known and known.line_item_link is not None
