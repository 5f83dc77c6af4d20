"""What hangs on a registration, and its removal while nothing does; the end of sessions."""

from __future__ import annotations

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from lti_tool.persistence.courses import Context
from lti_tool.persistence.invitations import Invitation
from lti_tool.persistence.learners import Identity
from lti_tool.persistence.platforms import Deployment, Registration
from lti_tool.persistence.sessions import LaunchSession, Login


def count_courses(session: Session, registration_id: int) -> int:
    """Return how many courses have come through a registration."""
    query = (
        select(func.count())
        .select_from(Context)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .where(Deployment.registration_id == registration_id)
    )
    return session.scalar(query) or 0


def count_people(session: Session, authority: str) -> int:
    """Return how many people are known under a platform's name for them."""
    query = select(func.count()).select_from(Identity).where(Identity.authority == authority)
    return session.scalar(query) or 0


def delete_registration(session: Session, registration_id: int) -> None:
    """Remove a registration on which neither courses nor people hang."""
    session.execute(delete(Login).where(Login.registration_id == registration_id))
    # An invitation to renew it must not become one for a new registration.
    session.execute(
        delete(Invitation).where(
            Invitation.registration_id == registration_id, Invitation.used_at.is_(None)
        )
    )
    session.execute(
        update(Invitation)
        .where(Invitation.registration_id == registration_id)
        .values(registration_id=None)
    )
    session.execute(delete(Deployment).where(Deployment.registration_id == registration_id))
    session.execute(delete(Registration).where(Registration.id == registration_id))


def end_sessions_of_institution(session: Session, institution_id: int) -> int:
    """End every launch session in the courses of an institution; return how many there were."""
    contexts = (
        select(Context.id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .where(Deployment.institution_id == institution_id)
    )
    ended = session.execute(
        delete(LaunchSession)
        .where(LaunchSession.context_id.in_(contexts))
        .returning(LaunchSession.id)
    )
    return len(ended.all())
