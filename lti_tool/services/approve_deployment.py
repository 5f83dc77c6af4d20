"""Use case: let an installation of the tool in, for an institution."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lti_tool.administering import find_own_deployment, get_platform
from lti_tool.errors import NotFoundError
from lti_tool.lti.platform_details import check_id
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.platforms import approve_deployment_row


def approve_deployment(
    database: Database,
    platform: UUID,
    deployment_id: str,
    institution_key: str,
    *,
    actor: str,
    now: datetime,
    within: int | None = None,
) -> None:
    """Approve a deployment that waits, was revoked, or is yet to come.

    ``within`` is the institution of an administrator who decides for no other (internal id).
    ``ConflictError`` when it belongs to another institution, ``NotFoundError`` for an unknown
    platform or institution, ``InvalidInputError`` for an id that cannot be one.
    """
    check_id("deployment_id", deployment_id)
    with database.writing() as session:
        registration = get_platform(session, platform, within)
        institution = get_institution(session, institution_key)
        if within not in (None, institution.id):
            raise NotFoundError(f"There is no institution '{institution_key}'.")
        lock_name(session, f"deployment:{registration.id}:{deployment_id}")
        find_own_deployment(session, registration, deployment_id, within)
        approved = approve_deployment_row(
            session, registration.id, deployment_id, institution.id, now
        )
        add_event(
            session,
            institution_id=institution.id,
            actor=actor,
            action="deployment-approved",
            subject=str(approved.uuid),
            at=now,
        )
