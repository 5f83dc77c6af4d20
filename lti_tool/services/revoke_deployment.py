"""Use case: let an installation of the tool in no longer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.administering import find_own_deployment, get_platform
from lti_tool.errors import NotFoundError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.platforms import DeploymentState


def revoke_deployment(
    database: Database,
    platform: UUID,
    deployment_id: str,
    *,
    actor: str,
    now: datetime,
    within: int | None = None,
) -> None:
    """Revoke a deployment: its launches are refused and its sessions are over.

    What is recorded stays, and approving it again lets it go on. ``within`` is the institution
    of an administrator who decides for no other (internal id). ``NotFoundError`` for an unknown
    platform or deployment.
    """
    with database.writing() as session:
        registration = get_platform(session, platform, within)
        deployment = find_own_deployment(session, registration, deployment_id, within)
        if deployment is None:
            raise NotFoundError(f"This platform has no deployment '{deployment_id}'.")
        deployment.state = DeploymentState.REVOKED
        add_event(
            session,
            institution_id=deployment.institution_id,
            actor=actor,
            action="deployment-revoked",
            subject=str(deployment.uuid),
            at=now,
        )
