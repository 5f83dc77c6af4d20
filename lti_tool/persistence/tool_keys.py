"""Our own signing keys, encrypted at rest."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime


class ToolKey(Base):
    """One of our signing keys; the private part is encrypted with the secret of the config."""

    __tablename__ = "tool_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    kid: Mapped[str] = mapped_column(String(64), unique=True)
    encrypted_private_key: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(20), default="current")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


def list_tool_keys(session: Session) -> list[ToolKey]:
    """Return our keys, the newest first."""
    return list(session.scalars(select(ToolKey).order_by(ToolKey.id.desc())))


def add_tool_key(session: Session, kid: str, encrypted_private_key: bytes, now: datetime) -> None:
    """Store a new key of ours, encrypted already."""
    session.add(ToolKey(kid=kid, encrypted_private_key=encrypted_private_key, created_at=now))
    session.flush()
