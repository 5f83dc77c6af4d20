"""Courses as launches have shown them, and the way back to their platform and institution."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Base, UTCDateTime, insert_missing
from lti_tool.persistence.platforms import Deployment, Registration


class Context(Base):
    """A course of a deployment, with the services its launches have offered.

    ``copied_from_id`` is the course whose configuration it took over: once, and for good.
    """

    __tablename__ = "contexts"
    __table_args__ = (UniqueConstraint("deployment_id", "lti_context_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployments.id"), index=True)
    lti_context_id: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(255), default="")
    line_items_url: Mapped[str | None] = mapped_column(Text)
    grade_scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    memberships_url: Mapped[str | None] = mapped_column(Text)
    roster_synced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("contexts.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    @property
    def is_of_link(self) -> bool:
        """Return whether this stands for one link outside every course (see ``entering``)."""
        return self.lti_context_id.startswith("\tlink ")


def ensure_context(
    session: Session, deployment_id: int, lti_context_id: str, now: datetime, **known: Any
) -> Context:
    """Return the course, made now if it is new.

    ``known`` are columns that this launch has told; None and empty values never erase what an
    earlier launch told (a deep linking launch often has no service claims).
    """
    insert_missing(
        session,
        Context,
        [
            {
                "uuid": uuid4(),
                "deployment_id": deployment_id,
                "lti_context_id": lti_context_id,
                "title": "",
                "grade_scopes": [],
                "created_at": now,
            }
        ],
        unique=("deployment_id", "lti_context_id"),
        returning=(Context.id,),
    )
    found = session.scalars(
        select(Context).where(
            Context.deployment_id == deployment_id, Context.lti_context_id == lti_context_id
        )
    ).one()
    for name, value in known.items():
        if value:
            setattr(found, name, value)
    session.flush()
    return found


def find_origins(
    session: Session, deployment: Deployment, lti_context_ids: Sequence[str]
) -> dict[str, Context]:
    """Return the courses that a platform calls so, by its ids.

    Only courses of the same registration and the same institution: a copy never crosses from
    one tenant to another, whatever a platform says.
    """
    query = (
        select(Context)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .where(
            Deployment.registration_id == deployment.registration_id,
            Deployment.institution_id == deployment.institution_id,
            Context.lti_context_id.in_(lti_context_ids),
        )
        # The same deployment comes last, so that it wins where several know such a course.
        .order_by((Context.deployment_id == deployment.id).asc(), Context.id)
    )
    return {context.lti_context_id: context for context in session.scalars(query)}


def note_copy(session: Session, context_id: int, origin_id: int) -> bool:
    """Note where a course comes from; False when that was noted before."""
    noted = session.scalar(
        update(Context)
        .where(Context.id == context_id, Context.copied_from_id.is_(None))
        .values(copied_from_id=origin_id)
        .returning(Context.id)
    )
    return noted is not None


def find_context(session: Session, uuid: UUID) -> Context | None:
    """Return the course with this uuid."""
    return session.scalar(select(Context).where(Context.uuid == uuid))


def get_context(session: Session, context_id: int) -> Context:
    """Return the course with this internal id."""
    return session.get_one(Context, context_id)


def find_titles(session: Session, context_ids: Collection[int]) -> dict[int, str]:
    """Return the titles of these courses by internal id."""
    if not context_ids:
        return {}
    query = select(Context.id, Context.title).where(Context.id.in_(sorted(context_ids)))
    return {row[0]: row[1] for row in session.execute(query)}


def get_context_registration(session: Session, context_id: int) -> Registration:
    """Return the registration through which a course is reached."""
    return session.scalars(
        select(Registration)
        .join(Deployment, Deployment.registration_id == Registration.id)
        .join(Context, Context.deployment_id == Deployment.id)
        .where(Context.id == context_id)
    ).one()


def get_institution_id(session: Session, context_id: int) -> int:
    """Return the institution a course belongs to; ``NotFoundError`` while nobody approved it."""
    found = session.scalar(
        select(Deployment.institution_id)
        .join(Context, Context.deployment_id == Deployment.id)
        .where(Context.id == context_id)
    )
    if found is None:
        raise NotFoundError("This course belongs to no institution yet.")
    return found
