"""What an administrator of one institution sees and changes of the platforms.

``within`` is everywhere the internal id of that institution. None is an operator, or an
administrator of the whole tool: nothing is kept from them.

A platform can serve several institutions. Whoever has a part in it sees it, and of its
deployments their own; who may change it is alone in it. A deployment that nobody approved yet
is for the institution of the registration to decide about.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.errors import ForbiddenError, NotFoundError
from lti_tool.persistence.platform_tenants import (
    get_registration_of,
    is_shared,
    list_registrations_of,
)
from lti_tool.persistence.platforms import (
    Deployment,
    Registration,
    find_deployment,
    get_registration_by_uuid,
    list_deployments,
    list_registrations,
)

Owned = tuple[Deployment, str | None]
"""A deployment with the key of its institution."""


def get_platform(session: Session, uuid: UUID, within: int | None) -> Registration:
    """Return a platform to look at; ``NotFoundError`` for one that is not theirs."""
    if within is None:
        return get_registration_by_uuid(session, uuid)
    return get_registration_of(session, uuid, within)


def get_own_platform(session: Session, uuid: UUID, within: int | None) -> Registration:
    """Return a platform to change; ``ForbiddenError`` where other institutions have a part."""
    found = get_platform(session, uuid, within)
    if not may_change(session, found, within):
        raise ForbiddenError(
            "Other institutions use this platform, too. Ask whoever looks after the whole tool."
        )
    return found


def may_change(session: Session, registration: Registration, within: int | None) -> bool:
    """Return whether this platform is theirs to change."""
    return within is None or not is_shared(session, registration, within)


def list_platforms_of(session: Session, within: int | None) -> list[Registration]:
    """Return the platforms that they see, the oldest first."""
    if within is None:
        return list_registrations(session)
    return list_registrations_of(session, within)


def list_own_deployments(
    session: Session, registration: Registration, within: int | None
) -> list[Owned]:
    """Return the deployments of a platform that they see."""
    found = list_deployments(session, registration.id)
    return [owned for owned in found if _is_theirs(owned[0], registration, within)]


def find_own_deployment(
    session: Session, registration: Registration, deployment_id: str, within: int | None
) -> Deployment | None:
    """Return a deployment to decide about, None when there is none.

    ``NotFoundError`` for one that is another institution's, or not theirs to bring in.
    """
    found = find_deployment(session, registration.id, deployment_id)
    is_theirs = (
        _is_theirs(found, registration, within)
        if found is not None
        else within in (None, registration.institution_id)
    )
    if not is_theirs:
        raise NotFoundError(f"This platform has no deployment '{deployment_id}'.")
    return found


def _is_theirs(deployment: Deployment, registration: Registration, within: int | None) -> bool:
    owner = deployment.institution_id or registration.institution_id
    return within is None or owner == within
