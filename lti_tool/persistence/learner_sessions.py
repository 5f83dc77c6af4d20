"""Browsers in which a learner is signed in without a platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime
from lti_tool.persistence.brands import Brand, brand_of
from lti_tool.persistence.catalog import Institution
from lti_tool.persistence.definitions import zone_of
from lti_tool.persistence.learners import Learner
from lti_tool.persistence.sign_in_ways import Person

IDLE_LIFE = timedelta(minutes=30)
"""How long a session lasts while nobody uses it."""

NOTED_EVERY = timedelta(minutes=1)


class LearnerSession(Base):
    """A browser in which a learner is signed in; only the hash of its token is kept."""

    __tablename__ = "learner_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


@dataclass(frozen=True, slots=True)
class Own:
    """A learner who is signed in outside a course, as the session says now.

    It has what the pages of one's own credentials ask of a launch; there is no course.
    """

    token_hash: str
    institution_id: int
    institution_key: str
    institution_name: str
    learner_id: int
    learner_uuid: UUID
    learner_name: str | None
    created_at: datetime
    seen_at: datetime
    brand: Brand | None = None
    home_language: str | None = None
    home_zone: str | None = None
    context_uuid: None = None
    is_preview: bool = False

    @property
    def context_title(self) -> str:
        """Return what stands above the page where a course would be named."""
        return self.institution_name

    @property
    def person(self) -> Person:
        """Return whose session it is."""
        return Person(self.institution_id, learner_id=self.learner_id)


def add_learner_session(
    session: Session, token_hash: str, learner_id: int, now: datetime, expires_at: datetime
) -> None:
    """Store that a browser is signed in."""
    session.add(
        LearnerSession(
            token_hash=token_hash,
            learner_id=learner_id,
            created_at=now,
            seen_at=now,
            expires_at=expires_at,
        )
    )


def find_own(session: Session, token_hash: str, now: datetime) -> Own | None:
    """Return who is signed in with this token; None once that is over.

    It is over when its time is, when nobody used it for IDLE_LIFE, and while the institution is
    suspended.
    """
    query = (
        select(LearnerSession, Learner, Institution, zone_of(Institution.id.expression))
        .join(Learner, Learner.id == LearnerSession.learner_id)
        .join(Institution, Institution.id == Learner.institution_id)
        .where(
            LearnerSession.token_hash == token_hash,
            LearnerSession.expires_at > now,
            LearnerSession.seen_at > now - IDLE_LIFE,
            Institution.suspended_at.is_(None),
        )
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    opened, learner, institution, zone = row
    return Own(
        token_hash=token_hash,
        institution_id=institution.id,
        institution_key=institution.key,
        institution_name=institution.name,
        learner_id=learner.id,
        learner_uuid=learner.uuid,
        learner_name=learner.name,
        created_at=opened.created_at,
        seen_at=opened.seen_at,
        brand=brand_of(institution.uuid, institution.name, institution.brand),
        home_language=institution.language,
        home_zone=zone,
    )


def note_seen(session: Session, token_hash: str, now: datetime) -> None:
    """Note that a session is used now."""
    session.execute(
        update(LearnerSession).where(LearnerSession.token_hash == token_hash).values(seen_at=now)
    )


def end_learner_session(session: Session, token_hash: str) -> None:
    """Sign a browser out."""
    session.execute(delete(LearnerSession).where(LearnerSession.token_hash == token_hash))


def end_learner_sessions(session: Session, learner_id: int) -> None:
    """Sign a learner out in every browser."""
    session.execute(delete(LearnerSession).where(LearnerSession.learner_id == learner_id))


def delete_old_learner_sessions(session: Session, now: datetime) -> None:
    """Forget sessions whose time is over."""
    session.execute(
        delete(LearnerSession).where(
            (LearnerSession.expires_at <= now) | (LearnerSession.seen_at <= now - IDLE_LIFE)
        )
    )
