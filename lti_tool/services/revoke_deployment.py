"""Use case: let an installation of the tool in no longer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.errors import NotFoundError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.platforms import (
    DeploymentState,
    find_deployment,
    get_registration_by_uuid,
)


def revoke_deployment(
    database: Database, platform: UUID, deployment_id: str, *, actor: str, now: datetime
) -> None:
    """Revoke a deployment: its launches are refused and its sessions are over.

    What is recorded stays, and approving it again lets it go on. ``NotFoundError`` for an
    unknown platform or deployment.
    """
    with database.writing() as session:
        registration = get_registration_by_uuid(session, platform)
        deployment = find_deployment(session, registration.id, deployment_id)
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
