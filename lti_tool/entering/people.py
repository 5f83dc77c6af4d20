"""Who comes with a launch, and whom it is about."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.errors import LTILaunchError
from lti_tool.lti.launch import Launch, MessageType
from lti_tool.lti.registrations import PlatformRegistration
from lti_tool.lti.roles import CourseRole
from lti_tool.persistence.courses import Context
from lti_tool.persistence.learners import (
    Learner,
    ensure_learner,
    find_learners,
    get_learner,
    is_learner_of,
)
from lti_tool.persistence.placements import has_line_item
from lti_tool.persistence.sessions import Purpose
from lti_tool.translating import find

MOST_MENTEES = 200
PREVIEW = ("quoin:preview", "student")
"""The identity of the person without a person that a teacher's view as a student shows."""


def person_of(
    session: Session,
    institution_id: int,
    registration: PlatformRegistration,
    launch: Launch,
    now: datetime,
) -> Learner:
    """Return who came; every preview of an institution is one and the same nobody."""
    if launch.roles.is_preview:
        return ensure_learner(session, institution_id, *PREVIEW, now, name="Student view")
    learner = ensure_learner(
        session, institution_id, registration.authority, launch.user_id, now, name=launch.name
    )
    if language := find(launch.locale):
        learner.language = language
    return learner


def makes_member(launch: Launch) -> bool:
    """Return whether this launch makes somebody a learner or a teacher of the course."""
    is_in_course = launch.message_type is not MessageType.DATA_PRIVACY
    is_mentor = launch.roles.in_course is CourseRole.MENTOR
    return is_in_course and not is_mentor and not launch.roles.is_preview


def purpose_of(launch: Launch) -> str:
    """Return what the session of a launch is for."""
    if launch.roles.is_preview:
        return Purpose.PREVIEW
    is_privacy = launch.message_type is MessageType.DATA_PRIVACY
    return Purpose.PRIVACY if is_privacy else Purpose.COURSE


def mentees_of(
    session: Session, institution_id: int, registration: PlatformRegistration, launch: Launch
) -> list[int]:
    """Return the learners that a mentor was named for; those we have never met are left out."""
    return sorted(
        find_learners(
            session, institution_id, registration.authority, launch.mentees[:MOST_MENTEES]
        ).values()
    )


def subject_of(
    session: Session,
    institution_id: int,
    registration: PlatformRegistration,
    context: Context,
    launch: Launch,
) -> Learner | None:
    """Return whom a review or a privacy launch is about, None where it is about nobody we know.

    ``LTILaunchError`` when a review is not of a learner of this course, or not of a gradebook
    column of ours (V32).
    """
    if launch.for_user_id is None:
        return None
    found = find_learners(session, institution_id, registration.authority, [launch.for_user_id])
    learner = None if not found else get_learner(session, found[launch.for_user_id])
    if launch.message_type is MessageType.SUBMISSION_REVIEW:
        is_here = learner is not None and is_learner_of(session, context.id, learner.id)
        column = None if launch.grades is None else launch.grades.line_item_url
        if not is_here or column is None or not has_line_item(session, context.id, column):
            raise LTILaunchError(
                "There is nothing of this learner here to review: the learner or the gradebook "
                "column is not known to this tool.",
                code="lti-review-unknown",
            )
    return learner
