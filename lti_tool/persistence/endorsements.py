"""Endorsements: those that an institution issues, and those that others gave it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Base, UTCDateTime
from lti_tool.persistence.status_lists import StatusEntry, StatusList


class IssuedEndorsement(Base):
    """A signed EndorsementCredential of an institution about something of somebody else.

    ``document`` is None between taking its places in the status lists and signing.
    """

    __tablename__ = "issued_endorsements"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    issuer_key_id: Mapped[int] = mapped_column(ForeignKey("issuer_keys.id"))
    target: Mapped[str] = mapped_column(String(1000))
    name: Mapped[str] = mapped_column(String(500))
    document: Mapped[str | None] = mapped_column(Text)
    issued_by: Mapped[str] = mapped_column(String(100))
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)


class GivenEndorsement(Base):
    """An EndorsementCredential of somebody else about an achievement, or the institution itself.

    ``document`` is the text as it was handed in. ``achievement_id`` is None when the
    institution's profile is endorsed. ``outcome`` is that of its check when it was handed in.
    """

    __tablename__ = "given_endorsements"
    __table_args__ = (UniqueConstraint("institution_id", "issuer", "endorsement_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    achievement_id: Mapped[int | None] = mapped_column(ForeignKey("achievements.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(500))
    issuer_name: Mapped[str] = mapped_column(String(500), default="")
    endorsement_id: Mapped[str] = mapped_column(String(500))
    comment: Mapped[str] = mapped_column(Text, default="")
    valid_from: Mapped[datetime] = mapped_column(UTCDateTime)
    valid_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[str] = mapped_column(String(50))
    sha256: Mapped[str] = mapped_column(String(64))
    document: Mapped[str] = mapped_column(Text)
    added_by: Mapped[str] = mapped_column(String(100))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


def add_issued(session: Session, row: IssuedEndorsement) -> IssuedEndorsement:
    """Add an endorsement that is yet to be signed."""
    session.add(row)
    session.flush()
    return row


def store_document(session: Session, row_id: int, document: str) -> None:
    """Store an endorsement as it was signed."""
    session.get_one(IssuedEndorsement, row_id).document = document
    session.flush()


def get_issued(session: Session, institution_id: int, uuid: UUID) -> IssuedEndorsement:
    """Return an endorsement that this institution signed; ``NotFoundError`` otherwise."""
    found = session.scalar(
        select(IssuedEndorsement).where(
            IssuedEndorsement.institution_id == institution_id,
            IssuedEndorsement.uuid == uuid,
            IssuedEndorsement.document.is_not(None),
        )
    )
    if found is None:
        raise NotFoundError("This institution has issued no such endorsement.")
    return found


def list_issued(session: Session, institution_id: int) -> list[IssuedEndorsement]:
    """Return the endorsements that an institution signed, the oldest first."""
    query = select(IssuedEndorsement).where(
        IssuedEndorsement.institution_id == institution_id, IssuedEndorsement.document.is_not(None)
    )
    return list(session.scalars(query.order_by(IssuedEndorsement.id)))


def list_endorsement_entries(
    session: Session, endorsement_id: int
) -> list[tuple[StatusEntry, StatusList]]:
    """Return the places of an endorsement in status lists, the first given first."""
    query = (
        select(StatusEntry, StatusList)
        .join(StatusList, StatusList.id == StatusEntry.status_list_id)
        .where(StatusEntry.endorsement_id == endorsement_id)
        .order_by(StatusEntry.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def set_endorsement_bit(
    session: Session, endorsement_id: int, purpose: str, *, is_set: bool
) -> bool:
    """Set or clear the bit of an endorsement; False when it stood so already.

    The list's signed text is taken away, so that the next request signs it anew.
    """
    for entry, status_list in list_endorsement_entries(session, endorsement_id):
        if status_list.purpose == purpose and entry.is_set != is_set:
            entry.is_set, status_list.document = is_set, None
            session.flush()
            return True
    return False


def add_given(session: Session, row: GivenEndorsement) -> GivenEndorsement:
    """Add an endorsement that somebody else gave."""
    session.add(row)
    session.flush()
    return row


def list_given(session: Session, institution_id: int) -> list[GivenEndorsement]:
    """Return what others endorsed at an institution and was not removed, the oldest first."""
    query = select(GivenEndorsement).where(
        GivenEndorsement.institution_id == institution_id, GivenEndorsement.removed_at.is_(None)
    )
    return list(session.scalars(query.order_by(GivenEndorsement.id)))


def get_given(session: Session, institution_id: int, uuid: UUID) -> GivenEndorsement:
    """Return an endorsement given to this institution; ``NotFoundError`` otherwise."""
    found = session.scalar(
        select(GivenEndorsement).where(
            GivenEndorsement.institution_id == institution_id,
            GivenEndorsement.uuid == uuid,
            GivenEndorsement.removed_at.is_(None),
        )
    )
    if found is None:
        raise NotFoundError("There is no such endorsement at this institution.")
    return found


def list_in_force(
    session: Session, institution_id: int, achievement_id: int | None, now: datetime
) -> list[GivenEndorsement]:
    """Return the endorsements of an achievement (None: of the institution) that hold ``now``."""
    query = select(GivenEndorsement).where(
        GivenEndorsement.institution_id == institution_id,
        GivenEndorsement.achievement_id.is_not_distinct_from(achievement_id),
        GivenEndorsement.removed_at.is_(None),
        or_(GivenEndorsement.valid_until.is_(None), GivenEndorsement.valid_until > now),
    )
    return list(session.scalars(query.order_by(GivenEndorsement.id)))


def remove_given(session: Session, row: GivenEndorsement, now: datetime) -> None:
    """Show an endorsement no more; what was handed in stays."""
    row.removed_at = now
    session.flush()


def restore_given(session: Session, row: GivenEndorsement) -> None:
    """Show an endorsement again."""
    row.removed_at = None
    session.flush()


def find_same(
    session: Session, institution_id: int, issuer: str, endorsement_id: str
) -> list[GivenEndorsement]:
    """Return the states of one endorsement that were handed in, removed ones too."""
    query = select(GivenEndorsement).where(
        GivenEndorsement.institution_id == institution_id,
        GivenEndorsement.issuer == issuer,
        GivenEndorsement.endorsement_id == endorsement_id,
    )
    return list(session.scalars(query.order_by(GivenEndorsement.id)))
