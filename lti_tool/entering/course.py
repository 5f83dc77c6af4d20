"""Entering a course: what every way of finishing a launch shares once its person is known."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.copying import copy_from_history, parse_history
from lti_tool.entering.deployments import arrive_through, note_platform, refusal_of
from lti_tool.entering.opened import (
    BEARER_LIFE,
    SESSION_LIFE,
    LaunchAccepted,
    hash_token,
    landing_of,
)
from lti_tool.entering.people import makes_member, mentees_of, person_of, purpose_of, subject_of
from lti_tool.entering.places import course_of, link_of
from lti_tool.lti.launch import Launch
from lti_tool.lti.registrations import PlatformRegistration
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import ensure_membership
from lti_tool.persistence.platforms import Deployment, find_institution_of
from lti_tool.persistence.sessions import (
    LaunchSession,
    add_session,
    end_instructor_sessions,
    make_bearer,
)


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
        deployment = arrive_through(session, registration, launch, now)
        institution = find_institution_of(session, deployment)
        refusal = refusal_of(deployment, institution)
        if refusal is None and institution is not None:
            note_platform(session, deployment, launch, now)
            accepted = _enter(session, registration, deployment, institution.id, launch, now)
            if is_bearer:
                make_bearer(session, hash_token(accepted.session_token), now + BEARER_LIFE)
            return accepted
    # A new deployment stays noted as pending: the transaction is committed.
    raise refusal or AssertionError("an open deployment has an institution")


def _enter(
    session: Session,
    registration: PlatformRegistration,
    deployment: Deployment,
    institution_id: int,
    launch: Launch,
    now: datetime,
) -> LaunchAccepted:
    """Note who came into which course through which link, and open the session."""
    learner = person_of(session, institution_id, registration, launch, now)
    if launch.notices_url is not None and deployment.notices_url != launch.notices_url:
        deployment.notices_url, deployment.notices_answer = launch.notices_url, None
    context = course_of(session, deployment, launch, now)
    copy_from_history(session, deployment, context, parse_history(launch.history), now)
    link = link_of(session, deployment, context, launch, now)
    if makes_member(launch):
        ensure_membership(session, context.id, learner.id, now, is_instructor=launch.is_instructor)
    if not launch.is_instructor:
        end_instructor_sessions(session, learner.id, context.id)
    subject = subject_of(session, institution_id, registration, context, launch)
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
            purpose=purpose_of(launch),
            mentees=mentees_of(session, institution_id, registration, launch),
            subject_id=None if subject is None else subject.id,
            locale=launch.locale,
            email=launch.email,
            deep_linking=launch.deep_linking and launch.deep_linking.to_json(),
            created_at=now,
            expires_at=now + SESSION_LIFE,
        ),
    )
    return LaunchAccepted(context.uuid, token, landing_of(launch, subject))
