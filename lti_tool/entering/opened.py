"""What a launch opens: a session, and the page that comes first."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from lti_tool.lti.launch import Launch, MessageType
from lti_tool.lti.roles import CourseRole
from lti_tool.persistence.learners import Learner

SESSION_LIFE = timedelta(hours=8)
BEARER_LIFE = timedelta(hours=1)


class Landing(StrEnum):
    """The page of the course that a launch opens."""

    PROGRESS = "progress"
    ROSTER = "roster"
    LINK = "link"
    MENTEES = "mentees"
    PRIVACY = "privacy"


@dataclass(frozen=True, slots=True)
class LaunchAccepted:
    """An open session: the course, the secret that the browser keeps, the first page.

    ``landing`` is the end of the page's address: a ``Landing``, or ``learners/UUID``.
    """

    context_uuid: UUID
    session_token: str
    landing: str


def hash_token(token: str) -> str:
    """Return what the database keeps of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def landing_of(launch: Launch, subject: Learner | None = None) -> str:
    """Return the first page: what was asked for, or what this person comes for most."""
    if launch.message_type is MessageType.DEEP_LINKING:
        return Landing.LINK
    if launch.message_type is MessageType.DATA_PRIVACY:
        return Landing.PRIVACY
    if launch.message_type is MessageType.SUBMISSION_REVIEW and subject is not None:
        return f"learners/{subject.uuid}"
    if launch.roles.in_course is CourseRole.MENTOR:
        return Landing.MENTEES
    return Landing.ROSTER if launch.is_instructor else Landing.PROGRESS
