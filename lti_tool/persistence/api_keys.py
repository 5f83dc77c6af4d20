"""The keys with which other systems sign requests to the JSON API, and the nonces they used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Base, UTCDateTime, insert_missing

NOTED_EVERY = timedelta(minutes=1)


class APIKey(Base):
    """A shared secret of an institution and a platform's site, encrypted at rest.

    ``issuers`` are those for whose people it may speak, exactly as their platforms write them.
    It is good until ``retired_at``.
    """

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    key_id: Mapped[str] = mapped_column(String(40), unique=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    issuers: Mapped[list[str]] = mapped_column(JSON)
    encrypted_secret: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class APINonce(Base):
    """A nonce that a key has used, kept until a request that carries it is too old anyway."""

    __tablename__ = "api_nonces"
    __table_args__ = (UniqueConstraint("api_key_id", "nonce"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    api_key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    nonce: Mapped[str] = mapped_column(String(32))
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


def add_api_key_row(session: Session, key: APIKey) -> None:
    """Store a new key, its secret encrypted already."""
    session.add(key)
    session.flush()


def find_live_key(session: Session, key_id: str) -> APIKey | None:
    """Return the key of this id unless it is retired."""
    return session.scalar(
        select(APIKey).where(APIKey.key_id == key_id, APIKey.retired_at.is_(None))
    )


def get_api_key(session: Session, key_id: str) -> APIKey:
    """Return the key of this id; ``NotFoundError`` otherwise."""
    found = session.scalar(select(APIKey).where(APIKey.key_id == key_id))
    if found is None:
        raise NotFoundError(f"There is no API key '{key_id}'; 'quoin api-key list' shows them.")
    return found


def list_api_key_rows(session: Session, institution_id: int | None = None) -> list[APIKey]:
    """Return all keys, or those of one institution, in order of creation."""
    query = select(APIKey).order_by(APIKey.id)
    if institution_id is not None:
        query = query.where(APIKey.institution_id == institution_id)
    return list(session.scalars(query))


def list_live_keys(session: Session, institution_id: int, issuer: str) -> Sequence[APIKey]:
    """Return the keys of an institution that may speak for an issuer now."""
    return [
        key
        for key in list_api_key_rows(session, institution_id)
        if key.retired_at is None and issuer in key.issuers
    ]


def use_nonce(
    session: Session, key: APIKey, nonce: str, expires_at: datetime, now: datetime
) -> bool:
    """Note that a key used a nonce; False when it did so before.

    Of two who bring the same nonce at the same time the database lets one in.
    """
    row = {"api_key_id": key.id, "nonce": nonce, "expires_at": expires_at}
    made = insert_missing(
        session, APINonce, [row], unique=("api_key_id", "nonce"), returning=(APINonce.id,)
    )
    if made and (key.used_at is None or now - key.used_at >= NOTED_EVERY):
        key.used_at = now
    return bool(made)


def delete_old_nonces(session: Session, now: datetime) -> None:
    """Forget nonces whose requests would be refused as too old."""
    session.execute(delete(APINonce).where(APINonce.expires_at <= now))
