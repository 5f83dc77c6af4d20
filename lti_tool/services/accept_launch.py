"""Use case: let a launch in, or say why not."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.config import Config
from lti_tool.errors import LTIError, LTILaunchError
from lti_tool.lti.claims import Trust, parse_launch
from lti_tool.lti.forms import Fields
from lti_tool.lti.id_token import (
    UnverifiedToken,
    check_nonce,
    check_standard_claims,
    read_token,
)
from lti_tool.lti.jwks import KeysetCache
from lti_tool.lti.launch import GradeService, Launch, MessageType
from lti_tool.lti.launch_form import parse_launch_form, platform_refusal
from lti_tool.lti.login import hash_state
from lti_tool.lti.registrations import PlatformRegistration, registration_of
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.courses import Context, ensure_context
from lti_tool.persistence.learners import ensure_learner, ensure_membership, lock_name
from lti_tool.persistence.placements import (
    ResourceLink,
    ensure_line_item,
    ensure_resource_link,
    find_placement,
    get_placement,
)
from lti_tool.persistence.platforms import (
    Deployment,
    DeploymentState,
    ensure_deployment,
    find_registration,
)
from lti_tool.persistence.sessions import (
    LaunchSession,
    Login,
    add_session,
    consume_login,
    end_instructor_sessions,
)

SESSION_LIFE = timedelta(hours=8)


class Landing(StrEnum):
    """The page of the course that a launch opens."""

    PROGRESS = "progress"
    ROSTER = "roster"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class LaunchAccepted:
    """An open session: the course, the secret for the browser's cookie, the first page."""

    context_uuid: UUID
    session_token: str
    landing: Landing


def accept_launch(
    database: Database,
    keysets: KeysetCache,
    config: Config,
    fields: Fields,
    *,
    began_here: Callable[[str], bool],
    now: datetime,
) -> LaunchAccepted:
    """Check a launch and open a session of eight hours; ``LTIError`` refuses it (V7-V31, V34).

    ``fields`` is the form as it came; ``began_here`` tells of a state whether this browser
    began that login. The login is used up even if a later check fails.
    """
    form = parse_launch_form(fields)
    if form.error:
        _consume(database, form.state, now)
        raise platform_refusal(form.error)
    token = read_token(form.id_token)
    registration = _registration(database, token)
    token.verify(keysets.get(registration.jwks_url, token.kid, now))
    try:
        check_standard_claims(
            token.payload, issuer=registration.issuer, client_id=registration.client_id, now=now
        )
        login = _consume(database, form.state, now)
        launch = _launch(token, login, registration, config)
        if not began_here(form.state):
            raise _cookie_missing()
        return _open(database, registration, launch, now)
    except LTIError as refusal:
        _note_refusal(database, registration, refusal, now)
        raise


def _registration(database: Database, token: UnverifiedToken) -> PlatformRegistration:
    with database.reading() as session:
        found = find_registration(session, token.issuer, token.client_id)
    if found is None:
        raise LTILaunchError(
            "The token comes from a platform that is not registered with this tool.",
            code="lti-unknown-platform",
        )
    if not found.is_enabled:
        raise LTILaunchError(
            "Launches from your platform are switched off here.", code="lti-platform-disabled"
        )
    return registration_of(found)


def _consume(database: Database, state: str, now: datetime) -> Login:
    """Use the login up, whatever comes later (B1, B2)."""
    with database.writing() as session:
        login = consume_login(session, hash_state(state), now)
    if login is None:
        raise LTILaunchError(
            "This launch was used already, or took longer than ten minutes. Open the tool "
            "again from your course.",
            code="lti-state",
        )
    return login


def _launch(
    token: UnverifiedToken, login: Login, registration: PlatformRegistration, config: Config
) -> Launch:
    """Compare the token with the login that it answers, and read its claims."""
    if login.registration_id != registration.id:
        raise _other_login("platform")
    check_nonce(token.payload, login.nonce)
    trust = Trust(config.public_url, registration.endpoints, config.private_hosts)
    launch = parse_launch(token.payload, trust)
    if login.lti_deployment_id not in (None, launch.deployment_id):
        raise _other_login("deployment")
    if launch.target_link_uri not in (None, login.target_link_uri):
        raise _other_login("target")
    return launch


def _other_login(part: str) -> LTILaunchError:
    return LTILaunchError(
        f"The {part} of the token is not the one of the login. Open the tool again from your "
        "course.",
        code="lti-login-mismatch",
    )


def _cookie_missing() -> LTILaunchError:
    return LTILaunchError(
        "Your browser did not send back the cookie of this login. Allow cookies for this tool, "
        "or open it in a new tab from your course, then try again.",
        code="lti-cookie-missing",
    )


def _note_refusal(
    database: Database, registration: PlatformRegistration, refusal: LTIError, now: datetime
) -> None:
    """Keep what an administrator asks for: which platform, why, when; nothing personal.

    Only refusals of genuine tokens are noted: nobody else can make rows.
    """
    with database.writing() as session:
        add_event(
            session,
            institution_id=None,
            actor=registration.authority,
            action="launch-refused",
            subject=refusal.code,
            at=now,
        )


def _open(
    database: Database, registration: PlatformRegistration, launch: Launch, now: datetime
) -> LaunchAccepted:
    with database.writing() as session:
        deployment = _deployment(session, registration, launch, now)
        if deployment.state == DeploymentState.APPROVED and deployment.institution_id is not None:
            return _enter(session, registration, deployment, deployment.institution_id, launch, now)
    # A new deployment stays noted as pending: the transaction is committed.
    if deployment.state == DeploymentState.REVOKED:
        raise LTILaunchError(
            "This installation of the tool has been switched off.", code="lti-deployment-revoked"
        )
    raise LTILaunchError(
        "This installation of the tool waits for the approval of its administrator.",
        code="lti-deployment-pending",
    )


def _deployment(
    session: Session, registration: PlatformRegistration, launch: Launch, now: datetime
) -> Deployment:
    lock_name(session, f"deployment:{registration.id}:{launch.deployment_id}")
    return ensure_deployment(session, registration.id, launch.deployment_id, now)


def _enter(
    session: Session,
    registration: PlatformRegistration,
    deployment: Deployment,
    institution_id: int,
    launch: Launch,
    now: datetime,
) -> LaunchAccepted:
    """Note who came into which course through which link, and open the session."""
    learner = ensure_learner(
        session, institution_id, registration.authority, launch.user_id, now, name=launch.name
    )
    context = _context(session, deployment, launch, now)
    link = _resource_link(session, context, launch, now)
    ensure_membership(session, context.id, learner.id, now, is_instructor=launch.is_instructor)
    if not launch.is_instructor:
        end_instructor_sessions(session, learner.id, context.id)
    token = secrets.token_urlsafe(32)
    add_session(
        session,
        LaunchSession(
            token_hash=hashlib.sha256(token.encode()).hexdigest(),
            learner_id=learner.id,
            context_id=context.id,
            resource_link_id=None if link is None else link.id,
            is_instructor=launch.is_instructor,
            locale=launch.locale,
            deep_linking=launch.deep_linking and launch.deep_linking.to_json(),
            created_at=now,
            expires_at=now + SESSION_LIFE,
        ),
    )
    return LaunchAccepted(context.uuid, token, _landing(launch))


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
    """Return the id of a course of its own for a link that stands outside every course.

    The leading tab cannot occur in an id that a platform sends.
    """
    if launch.resource_link_id is None:
        raise LTILaunchError(
            "Links can be chosen inside a course only. Open the tool from a course.",
            code="lti-context-missing",
        )
    return "\tlink " + hashlib.sha256(launch.resource_link_id.encode()).hexdigest()


def _resource_link(
    session: Session, context: Context, launch: Launch, now: datetime
) -> ResourceLink | None:
    """Note the link, what it was placed for, and its gradebook column."""
    if launch.resource_link_id is None:
        return None
    # A placement of another course is no placement here: the link was copied.
    placement = (
        find_placement(session, context.id, launch.placement_uuid)
        if launch.placement_uuid is not None
        else None
    )
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


def _landing(launch: Launch) -> Landing:
    if launch.message_type is MessageType.DEEP_LINKING:
        return Landing.LINK
    return Landing.ROSTER if launch.is_instructor else Landing.PROGRESS
