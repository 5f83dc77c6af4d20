"""The issuers elsewhere whose credentials an institution knows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime


class TrustedIssuerRow(Base):
    """An issuer that an institution trusts, by its id or by its domain (``name``).

    ``since`` and ``until`` bound the days of issue that are trusted; no ``achievement_types``
    means every type. Never changed: trust ends with ``ended_at`` and its reason.
    """

    __tablename__ = "trusted_issuers"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    name: Mapped[str] = mapped_column(String(1000))
    title: Mapped[str] = mapped_column(String(255), default="")
    since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    achievement_types: Mapped[list[str]] = mapped_column(JSON, default=list)
    reason: Mapped[str] = mapped_column(Text)
    added_by: Mapped[str] = mapped_column(String(100))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    end_reason: Mapped[str] = mapped_column(Text, default="")


def add_trusted_issuer(session: Session, row: TrustedIssuerRow) -> TrustedIssuerRow:
    """Store that an issuer is trusted."""
    session.add(row)
    session.flush()
    return row


def list_trusted(
    session: Session, institution_id: int, *, with_ended: bool = False
) -> list[TrustedIssuerRow]:
    """Return the issuers that an institution trusts, in the order in which it said so."""
    query = select(TrustedIssuerRow).where(TrustedIssuerRow.institution_id == institution_id)
    if not with_ended:
        query = query.where(TrustedIssuerRow.ended_at.is_(None))
    return list(session.scalars(query.order_by(TrustedIssuerRow.id)))


def find_trusted(session: Session, institution_id: int, name: str) -> TrustedIssuerRow | None:
    """Return the row by which an institution trusts this name now."""
    return session.scalar(
        select(TrustedIssuerRow).where(
            TrustedIssuerRow.institution_id == institution_id,
            TrustedIssuerRow.name == name,
            TrustedIssuerRow.ended_at.is_(None),
        )
    )
