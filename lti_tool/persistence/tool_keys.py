"""Our own signing keys, encrypted at rest, and their states."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Base, UTCDateTime


class KeyState(StrEnum):
    """What a key of ours is for: every one is published, one signs."""

    NEXT = "next"
    CURRENT = "current"
    RETIRED = "retired"


SIGNING_FIRST = (KeyState.CURRENT, KeyState.NEXT, KeyState.RETIRED)


class ToolKey(Base):
    """One of our signing keys; the private part is encrypted with the secret of the config.

    It is published from ``created_at`` on, signs from ``activated_at`` to ``retired_at``, and
    its row goes when it is published no longer.
    """

    __tablename__ = "tool_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    kid: Mapped[str] = mapped_column(String(64), unique=True)
    encrypted_private_key: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(20), default=KeyState.CURRENT)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    activated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


def list_tool_keys(session: Session) -> list[ToolKey]:
    """Return our keys: the one that signs, then the next, then the retired; newest first."""
    rows = session.scalars(select(ToolKey).order_by(ToolKey.id.desc()))
    return sorted(rows, key=lambda row: SIGNING_FIRST.index(KeyState(row.state)))


def get_tool_key(session: Session, kid: str) -> ToolKey:
    """Return the key of this id; ``NotFoundError`` otherwise."""
    found = session.scalar(select(ToolKey).where(ToolKey.kid == kid))
    if found is None:
        raise NotFoundError(f"There is no signing key '{kid}'.")
    return found


def add_tool_key(
    session: Session,
    kid: str,
    encrypted_private_key: bytes,
    now: datetime,
    *,
    state: KeyState = KeyState.CURRENT,
) -> ToolKey:
    """Store a new key of ours, encrypted already."""
    added = ToolKey(
        kid=kid,
        encrypted_private_key=encrypted_private_key,
        state=state,
        created_at=now,
        activated_at=now if state is KeyState.CURRENT else None,
    )
    session.add(added)
    session.flush()
    return added


def activate_tool_key(session: Session, kid: str, now: datetime) -> None:
    """Let this key sign from now on; the one that signed until now is retired."""
    for row in session.scalars(select(ToolKey).where(ToolKey.state == KeyState.CURRENT)):
        row.state, row.retired_at = KeyState.RETIRED, now
    key = get_tool_key(session, kid)
    key.state, key.activated_at = KeyState.CURRENT, now
    session.flush()


def delete_tool_key(session: Session, kid: str) -> None:
    """Remove a key: it is published no longer."""
    session.execute(delete(ToolKey).where(ToolKey.kid == kid))


def state_since(key: ToolKey) -> datetime:
    """Return when a key came into the state that it has."""
    if key.state == KeyState.RETIRED:
        return key.retired_at or key.created_at
    return (key.activated_at or key.created_at) if key.state == KeyState.CURRENT else key.created_at
