"""Entering a course: what every way of finishing a launch shares once its person is known."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.copying import copy_course, copy_from_history, parse_history
from lti_tool.errors import LTILaunchError
from lti_tool.lti.launch import GradeService, Launch, MessageType
from lti_tool.lti.registrations import PlatformRegistration
from lti_tool.lti.roles import CourseRole
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Institution
from lti_tool.persistence.courses import Context, ensure_context, get_context
from lti_tool.persistence.learners import (
    Learner,
    ensure_learner,
    ensure_membership,
    find_learners,
    get_learner,
    is_learner_of,
    lock_name,
)
from lti_tool.persistence.placements import (
    Placement,
    ResourceLink,
    ensure_line_item,
    ensure_resource_link,
    find_placed_in,
    find_placement,
    find_placement_of,
    get_placement,
    has_line_item,
)
from lti_tool.persistence.platforms import (
    Deployment,
    DeploymentState,
    ensure_deployment,
    find_institution_of,
    get_registration,
    note_launch,
)
from lti_tool.persistence.sessions import (
    LaunchSession,
    Purpose,
    add_session,
    end_instructor_sessions,
    make_bearer,
)

SESSION_LIFE = timedelta(hours=8)
BEARER_LIFE = timedelta(hours=1)
MOST_MENTEES = 200
PREVIEW = ("quoin:preview", "student")
"""The identity of the person without a person that a teacher's view as a student shows."""


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


def open_course(
    database: Database,
    registration: PlatformRegistration,
    launch: Launch,
    now: datetime,
    *,
    is_bearer: bool = False,
) -> LaunchAccepted:
    """Open a session of eight hours in the course of a checked launch, in one transaction.

    With ``is_bearer`` its token is for a header instead of a cookie, and lasts one hour.
    ``LTILaunchError`` while its deployment waits for approval (it is noted as pending), once
    it is revoked, and while its institution is suspended. Nothing else may be stored before.
    """
    with database.writing() as session:
        deployment = _deployment(session, registration, launch, now)
        institution = find_institution_of(session, deployment)
        refusal = _refusal(deployment, institution)
        if refusal is None and institution is not None:
            _note_launch(session, deployment, launch, now)
            accepted = _enter(session, registration, deployment, institution.id, launch, now)
            if is_bearer:
                make_bearer(session, hash_token(accepted.session_token), now + BEARER_LIFE)
            return accepted
    # A new deployment stays noted as pending: the transaction is committed.
    raise refusal or AssertionError("an open deployment has an institution")


def check_open(
    database: Database, registration: PlatformRegistration, launch: Launch, now: datetime
) -> None:
    """Raise what ``open_course`` would raise for the deployment; nobody enters."""
    with database.writing() as session:
        deployment = _deployment(session, registration, launch, now)
        refusal = _refusal(deployment, find_institution_of(session, deployment))
    if refusal is not None:
        raise refusal


def _refusal(deployment: Deployment, institution: Institution | None) -> LTILaunchError | None:
    """Return why nobody is let in through a deployment, None where it is open."""
    if deployment.state == DeploymentState.REVOKED:
        return LTILaunchError(
            "This installation of the tool has been switched off.", code="lti-deployment-revoked"
        )
    if institution is not None and institution.suspended_at is not None:
        return LTILaunchError(
            "Your institution's use of this tool is suspended. What is recorded is kept; ask "
            "the administrator of your institution.",
            code="lti-institution-suspended",
        )
    if deployment.state == DeploymentState.APPROVED and institution is not None:
        return None
    return LTILaunchError(
        "This installation of the tool waits for the approval of its administrator.",
        code="lti-deployment-pending",
    )


def _deployment(
    session: Session, registration: PlatformRegistration, launch: Launch, now: datetime
) -> Deployment:
    lock_name(session, f"deployment:{registration.id}:{launch.deployment_id}")
    found = ensure_deployment(session, registration.id, launch.deployment_id, now)
    if found.state == DeploymentState.PENDING:
        _approve_at_once(session, found, now)
    return found


def _approve_at_once(session: Session, deployment: Deployment, now: datetime) -> None:
    """Let a deployment in that nobody has decided about, where its registration says so."""
    registration = get_registration(session, deployment.registration_id)
    if not registration.approves_deployments or registration.institution_id is None:
        return
    deployment.institution_id = registration.institution_id
    deployment.state = DeploymentState.APPROVED
    _add_event(session, deployment, "deployment-approved", now)


def _note_launch(session: Session, deployment: Deployment, launch: Launch, now: datetime) -> None:
    """Report a platform that is another one than before; it never decides who is let in."""
    guid, name = launch.platform_guid, launch.platform_name
    if note_launch(deployment, guid, name, now):
        _add_event(session, deployment, "platform-seen-changed", now)


def _add_event(session: Session, deployment: Deployment, action: str, now: datetime) -> None:
    add_event(
        session,
        institution_id=deployment.institution_id,
        actor="launch",
        action=action,
        subject=str(deployment.uuid),
        at=now,
    )


def _enter(
    session: Session,
    registration: PlatformRegistration,
    deployment: Deployment,
    institution_id: int,
    launch: Launch,
    now: datetime,
) -> LaunchAccepted:
    """Note who came into which course through which link, and open the session."""
    learner = _person(session, institution_id, registration, launch, now)
    if launch.notices_url is not None and deployment.notices_url != launch.notices_url:
        deployment.notices_url, deployment.notices_answer = launch.notices_url, None
    context = _context(session, deployment, launch, now)
    copy_from_history(session, deployment, context, parse_history(launch.history), now)
    link = _resource_link(session, deployment, context, launch, now)
    if _is_member(launch):
        ensure_membership(session, context.id, learner.id, now, is_instructor=launch.is_instructor)
    if not launch.is_instructor:
        end_instructor_sessions(session, learner.id, context.id)
    subject = _subject(session, institution_id, registration, context, launch)
    token = secrets.token_urlsafe(32)
    add_session(
        session,
        LaunchSession(
            token_hash=hash_token(token),
            learner_id=learner.id,
            context_id=context.id,
            resource_link_id=None if link is None else link.id,
            is_instructor=launch.is_instructor,
            role=launch.roles.in_course,
            purpose=_purpose(launch),
            mentees=_mentees(session, institution_id, registration, launch),
            subject_id=None if subject is None else subject.id,
            locale=launch.locale,
            deep_linking=launch.deep_linking and launch.deep_linking.to_json(),
            created_at=now,
            expires_at=now + SESSION_LIFE,
        ),
    )
    return LaunchAccepted(context.uuid, token, landing_of(launch, subject))


def _person(
    session: Session,
    institution_id: int,
    registration: PlatformRegistration,
    launch: Launch,
    now: datetime,
) -> Learner:
    """Return who came; every preview of an institution is one and the same nobody."""
    if launch.roles.is_preview:
        return ensure_learner(session, institution_id, *PREVIEW, now, name="Student view")
    return ensure_learner(
        session, institution_id, registration.authority, launch.user_id, now, name=launch.name
    )


def _is_member(launch: Launch) -> bool:
    """Return whether this launch makes somebody a learner or a teacher of the course."""
    is_in_course = launch.message_type is not MessageType.DATA_PRIVACY
    is_mentor = launch.roles.in_course is CourseRole.MENTOR
    return is_in_course and not is_mentor and not launch.roles.is_preview


def _purpose(launch: Launch) -> str:
    if launch.roles.is_preview:
        return Purpose.PREVIEW
    is_privacy = launch.message_type is MessageType.DATA_PRIVACY
    return Purpose.PRIVACY if is_privacy else Purpose.COURSE


def _mentees(
    session: Session, institution_id: int, registration: PlatformRegistration, launch: Launch
) -> list[int]:
    """Return the learners that a mentor was named for; those we have never met are left out."""
    return sorted(
        find_learners(
            session, institution_id, registration.authority, launch.mentees[:MOST_MENTEES]
        ).values()
    )


def hash_token(token: str) -> str:
    """Return what the database keeps of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _context(session: Session, deployment: Deployment, launch: Launch, now: datetime) -> Context:
    grades = launch.grades or GradeService(None, None, ())
    return ensure_context(
        session,
        deployment.id,
        launch.context_id or _own_context_id(launch),
        now,
        title=launch.context_title,
        line_items_url=grades.line_items_url,
        grade_scopes=list(grades.scopes),
        memberships_url=launch.memberships_url,
    )


def _own_context_id(launch: Launch) -> str:
    """Return the id of a course of its own for what stands outside every course.

    The leading tab cannot occur in an id that a platform sends.
    """
    if launch.message_type is MessageType.DATA_PRIVACY:
        return "\tprivacy"
    if launch.resource_link_id is None:
        raise LTILaunchError(
            "Links can be chosen inside a course only. Open the tool from a course.",
            code="lti-context-missing",
        )
    return "\tlink " + hashlib.sha256(launch.resource_link_id.encode()).hexdigest()


def _resource_link(
    session: Session, deployment: Deployment, context: Context, launch: Launch, now: datetime
) -> ResourceLink | None:
    """Note the link, what it was placed for, and its gradebook column."""
    if launch.resource_link_id is None:
        return None
    placement = None
    if launch.placement_uuid is not None:
        placement = find_placement(session, context.id, launch.placement_uuid)
        placement = placement or _copied(session, deployment, context, launch.placement_uuid, now)
    link = ensure_resource_link(
        session,
        context.id,
        launch.resource_link_id,
        now,
        placement_id=None if placement is None else placement.id,
        title=launch.resource_link_title,
    )
    if link.placement_id is not None and launch.grades is not None:
        _note_line_item(session, context, link, link.placement_id, launch.grades, now)
    return link


def _copied(
    session: Session, deployment: Deployment, context: Context, uuid: UUID, now: datetime
) -> Placement | None:
    """Return what a link that was copied with its course stands for here (lti.md, section 12).

    The uuid it carries is that of the placement in the course it was copied from. Where no
    platform told of the copy, the link itself does.
    """
    assert deployment.institution_id is not None  # noqa: S101 - approved before anybody enters
    origin = find_placed_in(session, deployment.institution_id, uuid)
    if origin is None:
        return None
    copy_course(session, deployment, context, get_context(session, origin.context_id), now)
    return find_placement_of(session, context.id, origin.achievement_id)


def _note_line_item(
    session: Session,
    context: Context,
    link: ResourceLink,
    placement_id: int,
    grades: GradeService,
    now: datetime,
) -> None:
    """Note where the column is. The first one known stays: a second link to the same
    achievement may have a column of its own, and scores must not move between them."""
    placement = get_placement(session, placement_id)
    item = ensure_line_item(session, context.id, placement.achievement_id, now)
    if item.url is None and grades.line_item_url is not None:
        item.url = grades.line_item_url
    if item.resource_link_id is None:
        item.resource_link_id = link.lti_resource_link_id


def _subject(
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
