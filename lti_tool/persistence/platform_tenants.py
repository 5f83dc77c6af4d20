"""Which platforms an institution has a part in: some are shared by several of them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from lti_tool.persistence.platforms import Deployment, Registration, no_platform


def get_registration_of(session: Session, uuid: UUID, institution_id: int) -> Registration:
    """Return a registration if it is this institution's, or holds a deployment of it.

    ``NotFoundError`` otherwise, in the words for one that is not there.
    """
    query = select(Registration).where(Registration.uuid == uuid, _is_of(institution_id))
    found = session.scalar(query)
    if found is None:
        raise no_platform(uuid)
    return found


def list_registrations_of(session: Session, institution_id: int) -> list[Registration]:
    """Return the registrations in which an institution has a part, the oldest first."""
    query = select(Registration).where(_is_of(institution_id)).order_by(Registration.id)
    return list(session.scalars(query))


def is_shared(session: Session, registration: Registration, institution_id: int) -> bool:
    """Return whether another institution than this one has a part in a registration."""
    others = select(Deployment.id).where(
        Deployment.registration_id == registration.id,
        Deployment.institution_id != institution_id,
    )
    return (
        registration.institution_id != institution_id or session.scalar(others.limit(1)) is not None
    )


def _is_of(institution_id: int) -> ColumnElement[bool]:
    holds_one = exists().where(
        Deployment.registration_id == Registration.id,
        Deployment.institution_id == institution_id,
    )
    return or_(Registration.institution_id == institution_id, holds_one)
