"""One-time invitations to register a platform: only the hash of a code is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime
from lti_tool.persistence.platforms import Registration


class Invitation(Base):
    """The right to register one platform for an institution, until ``expires_at``.

    ``claimed_until`` is set while somebody is at it; ``used_at`` once it has succeeded.
    ``registration_id`` is what it has led to; where it stands from the start, the invitation
    is to update that registration, and to register nothing.
    """

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    product_family: Mapped[str | None] = mapped_column(String(20))
    approves_deployments: Mapped[bool]
    allows_loopback: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"))


def add_invitation(session: Session, invitation: Invitation) -> None:
    """Store an invitation."""
    session.add(invitation)
    session.flush()


def find_invitation(session: Session, code_hash: str) -> Invitation | None:
    """Return the invitation of this code, whatever has become of it."""
    return session.scalar(select(Invitation).where(Invitation.code_hash == code_hash))


def get_updated_registration(session: Session, invitation_id: int) -> Registration:
    """Return the registration that an invitation is to update."""
    return session.scalars(
        select(Registration)
        .join(Invitation, Invitation.registration_id == Registration.id)
        .where(Invitation.id == invitation_id)
    ).one()


def claim_invitation(session: Session, invitation_id: int, now: datetime, until: datetime) -> bool:
    """Take an open invitation for one attempt; False when it is used, expired or taken."""
    claimed = session.scalar(
        update(Invitation)
        .where(
            Invitation.id == invitation_id,
            Invitation.used_at.is_(None),
            Invitation.expires_at > now,
            or_(Invitation.claimed_until.is_(None), Invitation.claimed_until <= now),
        )
        .values(claimed_until=until)
        .returning(Invitation.id)
    )
    return claimed is not None


def release_invitation(session: Session, invitation_id: int) -> None:
    """Give an invitation back after an attempt that failed."""
    session.execute(
        update(Invitation).where(Invitation.id == invitation_id).values(claimed_until=None)
    )


def use_invitation(
    session: Session, invitation_id: int, registration_id: int, now: datetime
) -> None:
    """Note that an invitation has led to a registration: it is used up."""
    session.execute(
        update(Invitation)
        .where(Invitation.id == invitation_id)
        .values(used_at=now, claimed_until=None, registration_id=registration_id)
    )
