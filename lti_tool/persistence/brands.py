"""How institutions look: the picture of each, and what pages need to know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime


class Logo(Base):
    """The logo of an institution, at most one; named by the SHA-256 of its bytes."""

    __tablename__ = "logos"

    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(20))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)


@dataclass(frozen=True, slots=True)
class Brand:
    """What a page of an institution needs: its name, and the hashes of stylesheet and logo.

    Either is "" where the institution has none of its own.
    """

    institution_uuid: UUID
    name: str
    style: str
    logo: str


def brand_of(uuid: UUID, name: str, said: Mapping[str, Any] | None) -> Brand | None:
    """Return the brand of an institution from its row (``institutions.brand``), None for none."""
    if not said:
        return None
    return Brand(uuid, name, said.get("style", ""), said.get("logo", ""))


def find_logo(session: Session, institution_id: int) -> Logo | None:
    """Return the logo of an institution."""
    return session.scalar(select(Logo).where(Logo.institution_id == institution_id))


def set_logo(session: Session, institution_id: int, logo: Logo | None) -> None:
    """Keep a logo in place of the one before, or none any more."""
    session.execute(delete(Logo).where(Logo.institution_id == institution_id))
    if logo is not None:
        session.add(logo)
    session.flush()
