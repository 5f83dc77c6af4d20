"""The keys with which institutions sign credentials; the private part is their signer's affair."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Base, UTCDateTime


class IssuerKeyRow(Base):
    """One key of an institution; never removed, and published so that what it signed stays valid.

    ``handle`` is the private part encrypted with the secret of the config, or the name that a
    KMS gave it. The key signs until ``retired_at``. From ``compromised_at`` on others may have it:
    it is published no longer, and nothing that it signed is valid.
    """

    __tablename__ = "issuer_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    key_id: Mapped[str] = mapped_column(String(32), unique=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    algorithm: Mapped[str] = mapped_column(String(20))
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    handle: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    compromised_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


def list_issuer_keys(session: Session, institution_id: int | None = None) -> list[IssuerKeyRow]:
    """Return the keys of an institution (or of all), the newest first."""
    query = select(IssuerKeyRow).order_by(IssuerKeyRow.id.desc())
    if institution_id is not None:
        query = query.where(IssuerKeyRow.institution_id == institution_id)
    return list(session.scalars(query))


def find_signing_row(session: Session, institution_id: int, algorithm: str) -> IssuerKeyRow | None:
    """Return the key that signs for an institution with ``algorithm``."""
    return session.scalar(
        select(IssuerKeyRow)
        .where(
            IssuerKeyRow.institution_id == institution_id,
            IssuerKeyRow.algorithm == algorithm,
            IssuerKeyRow.retired_at.is_(None),
            IssuerKeyRow.compromised_at.is_(None),
        )
        .order_by(IssuerKeyRow.id.desc())
        .limit(1)
    )


def add_issuer_key(session: Session, row: IssuerKeyRow) -> IssuerKeyRow:
    """Store a new key."""
    session.add(row)
    session.flush()
    return row


def hold_issuer_key(session: Session, row_id: int) -> IssuerKeyRow:
    """Return a key that nobody takes out before the transaction ends."""
    return session.get_one(
        IssuerKeyRow, row_id, with_for_update={"read": True}, populate_existing=True
    )


def get_issuer_key(session: Session, key_id: str) -> IssuerKeyRow:
    """Return the key of this id; ``NotFoundError`` otherwise."""
    found = session.scalar(select(IssuerKeyRow).where(IssuerKeyRow.key_id == key_id))
    if found is None:
        raise NotFoundError(f"No institution has a key '{key_id}'.")
    return found
