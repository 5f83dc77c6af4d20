"""Through which deployment a launch comes, and whether it is let in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.errors import LTILaunchError
from lti_tool.lti.launch import Launch
from lti_tool.lti.registrations import PlatformRegistration
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Institution
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.platforms import (
    Deployment,
    DeploymentState,
    ensure_deployment,
    find_institution_of,
    get_registration,
    note_launch,
)


def check_open(
    database: Database, registration: PlatformRegistration, launch: Launch, now: datetime
) -> None:
    """Raise what ``open_course`` would raise for the deployment; nobody enters."""
    with database.writing() as session:
        deployment = arrive_through(session, registration, launch, now)
        refusal = refusal_of(deployment, find_institution_of(session, deployment))
    if refusal is not None:
        raise refusal


def refusal_of(deployment: Deployment, institution: Institution | None) -> LTILaunchError | None:
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


def arrive_through(
    session: Session, registration: PlatformRegistration, launch: Launch, now: datetime
) -> Deployment:
    """Return the deployment that a launch names; a new one is noted, or approved at once."""
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


def note_platform(session: Session, deployment: Deployment, launch: Launch, now: datetime) -> None:
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
