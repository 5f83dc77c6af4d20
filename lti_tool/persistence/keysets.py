"""Keysets of platforms as all processes share them, and who may fetch one next."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String, Text, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime


class PlatformKeyset(Base):
    """The last answer of one JWKS address (found by its SHA-256).

    ``asked_at`` later than ``answered_at``: somebody is fetching it now. Nobody fetches it
    again before ``next_fetch_at``.
    """

    __tablename__ = "platform_keysets"

    id: Mapped[int] = mapped_column(primary_key=True)
    url_hash: Mapped[str] = mapped_column(String(64), unique=True)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    fresh_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failure: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    next_fetch_at: Mapped[datetime] = mapped_column(UTCDateTime)


def find_keyset(session: Session, url_hash: str) -> PlatformKeyset | None:
    """Return what is known of an address."""
    return session.scalar(select(PlatformKeyset).where(PlatformKeyset.url_hash == url_hash))


def claim_keyset(session: Session, url_hash: str, now: datetime, next_fetch_at: datetime) -> bool:
    """Take the right to fetch an address, in one statement; False while it is not due."""
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = (
        insert(PlatformKeyset)
        .values(url_hash=url_hash, failure="", asked_at=now, next_fetch_at=next_fetch_at)
        .on_conflict_do_update(
            index_elements=["url_hash"],
            set_={"asked_at": now, "next_fetch_at": next_fetch_at},
            where=PlatformKeyset.next_fetch_at <= now,
        )
        .returning(PlatformKeyset.id)
    )
    return session.scalar(statement) is not None


def note_keyset(
    session: Session, url_hash: str, body: bytes, answered_at: datetime, fresh_until: datetime
) -> None:
    """Keep a good answer."""
    _note(
        session,
        url_hash,
        {"body": body, "fresh_until": fresh_until, "failure": "", "answered_at": answered_at},
    )


def note_keyset_failure(
    session: Session, url_hash: str, failure: str, answered_at: datetime, next_fetch_at: datetime
) -> None:
    """Keep why there was no good answer; the last good one stays."""
    _note(
        session,
        url_hash,
        {"failure": failure, "answered_at": answered_at, "next_fetch_at": next_fetch_at},
    )


def _note(session: Session, url_hash: str, values: dict[str, object]) -> None:
    session.execute(
        update(PlatformKeyset).where(PlatformKeyset.url_hash == url_hash).values(**values)
    )
