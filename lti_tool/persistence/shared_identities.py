"""Moving people between the names of one registration and those of its whole issuer."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, aliased

from lti_tool.persistence.base import insert_missing
from lti_tool.persistence.courses import Context
from lti_tool.persistence.learners import Identity, Membership
from lti_tool.persistence.platforms import Deployment


def move_identities(session: Session, old: str, new: str) -> int:
    """Give the people of the authority ``old`` to ``new``; return how many.

    Whom ``new`` calls by the same subject already stays where they are: completions are never
    given to another learner, so two learners stay two.
    """
    other = aliased(Identity)
    taken = select(other.id).where(
        other.institution_id == Identity.institution_id,
        other.subject == Identity.subject,
        other.authority == new,
    )
    moved = session.execute(
        update(Identity)
        .where(Identity.authority == old, ~taken.exists())
        .values(authority=new)
        .returning(Identity.id)
        .execution_options(synchronize_session=False)
    )
    return len(moved.all())


def count_identities(session: Session, authority: str) -> int:
    """Return how many people an authority has a name for."""
    query = select(func.count()).select_from(Identity).where(Identity.authority == authority)
    return session.scalar(query) or 0


def copy_identities(session: Session, registration_id: int, shared: str, own: str) -> int:
    """Let a registration know by its ``own`` authority whom it has met under ``shared``.

    Those are the people with a place in one of its courses. Returns how many.
    """
    met = (
        select(Identity.institution_id, Identity.learner_id, Identity.subject)
        .join(Membership, Membership.learner_id == Identity.learner_id)
        .join(Context, Context.id == Membership.context_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .where(Identity.authority == shared, Deployment.registration_id == registration_id)
        .distinct()
    )
    rows = [{**row, "authority": own} for row in session.execute(met).mappings()]
    made = insert_missing(
        session,
        Identity,
        rows,
        unique=("institution_id", "authority", "subject"),
        returning=(Identity.id,),
    )
    return len(made)
