"""Wallets that read a learner's credentials by the Open Badges API, and what they may read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    String,
    Text,
    delete,
    exists,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime
from lti_tool.persistence.catalog import Institution
from lti_tool.persistence.credentials import Credential
from lti_tool.persistence.joined_accounts import list_person
from lti_tool.persistence.learners import Learner

UNUSED_LIFE = timedelta(days=1)
"""How long a registration is kept to which nobody has agreed yet."""

LEFT_LIFE = timedelta(days=400)
"""How long one is kept that nobody agrees to any longer."""


class WalletClient(Base):
    """A wallet or host of badges that has registered itself (RFC 7591).

    ``details`` are addresses that it shows of itself. ``secret_hash`` is None for an app, which
    cannot keep a secret.
    """

    __tablename__ = "wallet_clients"

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(String(40), unique=True)
    secret_hash: Mapped[str | None] = mapped_column(String(64))
    auth_method: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(100))
    redirect_uris: Mapped[list[str]] = mapped_column(JSON)
    scope: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class WalletPairing(Base):
    """A code that a learner's page has shown, found by its hash and used once."""

    __tablename__ = "wallet_pairings"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class WalletGrant(Base):
    """A learner's consent: what one wallet may read, from its code to its last token.

    Of the code and the tokens only SHA-256 stand here. ``spent_hash`` is the refresh token
    before the present one: who brings it again has copied it. ``expires_at`` is when nothing of
    this is good any more.
    """

    __tablename__ = "wallet_grants"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    wallet_client_id: Mapped[int] = mapped_column(ForeignKey("wallet_clients.id"), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    scope: Mapped[str] = mapped_column(Text)
    redirect_uri: Mapped[str] = mapped_column(Text)
    code_challenge: Mapped[str] = mapped_column(String(64))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    access_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    access_expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    refresh_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    spent_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


@dataclass(frozen=True, slots=True)
class GrantRows:
    """A consent with whom it concerns."""

    grant: WalletGrant
    client: WalletClient
    institution: Institution
    learner: Learner


def add_row(session: Session, row: WalletClient | WalletPairing | WalletGrant) -> None:
    """Store a new row."""
    session.add(row)
    session.flush()


def count_clients(session: Session) -> int:
    """Return how many wallets are registered."""
    return session.scalar(select(func.count()).select_from(WalletClient)) or 0


def find_client(session: Session, client_id: str) -> WalletClient | None:
    """Return the wallet of this id."""
    return session.scalar(select(WalletClient).where(WalletClient.client_id == client_id))


def replace_pairing(session: Session, pairing: WalletPairing) -> None:
    """Store a code; one that the learner was shown before is over."""
    session.execute(delete(WalletPairing).where(WalletPairing.learner_id == pairing.learner_id))
    add_row(session, pairing)


def use_pairing(session: Session, code_hash: str, now: datetime) -> WalletPairing | None:
    """Use a code up; None when it is unknown, used already, or expired."""
    row = session.execute(
        delete(WalletPairing).where(WalletPairing.code_hash == code_hash).returning(WalletPairing)
    ).scalar_one_or_none()
    return row if row is not None and row.expires_at > now else None


def find_grant(
    session: Session, column: str, hashed: str, now: datetime, *, locks: bool = False
) -> GrantRows | None:
    """Return the consent whose ``column`` (code, access, refresh, spent) is this hash.

    None once it is over, and while the institution is suspended.
    """
    named: dict[str, ColumnElement[Any]] = {
        "code": WalletGrant.code_hash.expression,
        "access": WalletGrant.access_hash.expression,
        "refresh": WalletGrant.refresh_hash.expression,
        "spent": WalletGrant.spent_hash.expression,
    }
    query = (
        select(WalletGrant, WalletClient, Institution, Learner)
        .join(WalletClient, WalletClient.id == WalletGrant.wallet_client_id)
        .join(Institution, Institution.id == WalletGrant.institution_id)
        .join(Learner, Learner.id == WalletGrant.learner_id)
        .where(
            named[column] == hashed,
            WalletGrant.expires_at > now,
            Institution.suspended_at.is_(None),
        )
    )
    if locks:
        query = query.with_for_update(of=WalletGrant)
    row = session.execute(query).one_or_none()
    return None if row is None else GrantRows(*row)


def list_grants(
    session: Session, learner_id: int, now: datetime
) -> Sequence[tuple[WalletGrant, WalletClient]]:
    """Return what a learner lets wallets read, the oldest first."""
    query = (
        select(WalletGrant, WalletClient)
        .join(WalletClient, WalletClient.id == WalletGrant.wallet_client_id)
        .where(WalletGrant.learner_id == learner_id, WalletGrant.expires_at > now)
        .order_by(WalletGrant.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def delete_grant(session: Session, learner_id: int, uuid: UUID) -> bool:
    """Take back what a learner lets a wallet read; False when there is no such consent."""
    gone = session.execute(
        delete(WalletGrant)
        .where(WalletGrant.learner_id == learner_id, WalletGrant.uuid == uuid)
        .returning(WalletGrant.id)
    )
    return gone.scalar_one_or_none() is not None


def list_page(
    session: Session, learner_id: int, since: datetime | None, *, offset: int, limit: int
) -> tuple[int, list[Credential]]:
    """Return how many credentials a learner has since then, and one page of them.

    Those of accounts that they have joined are theirs too.
    """
    chosen: list[ColumnElement[bool]] = [
        Credential.learner_id.in_(list_person(session, learner_id))
    ]
    if since is not None:
        chosen.append(Credential.issued_at > since)
    total = session.scalar(select(func.count()).select_from(Credential).where(*chosen)) or 0
    query = select(Credential).where(*chosen).order_by(Credential.id)
    return total, list(session.scalars(query.offset(offset).limit(limit)))


def delete_expired_wallets(session: Session, now: datetime) -> None:
    """Forget codes and consents past use, and wallets that nobody lets in."""
    session.execute(delete(WalletPairing).where(WalletPairing.expires_at <= now))
    session.execute(delete(WalletGrant).where(WalletGrant.expires_at <= now))
    is_unused = WalletClient.used_at == WalletClient.created_at
    is_old = is_unused & (WalletClient.created_at <= now - UNUSED_LIFE)
    is_left = WalletClient.used_at <= now - LEFT_LIFE
    session.execute(delete(WalletClient).where(is_old | is_left, _nobody_agrees()))


def delete_oldest_client(session: Session) -> bool:
    """Forget the oldest registration that nobody agrees to; False when there is none."""
    oldest = select(func.min(WalletClient.id)).where(_nobody_agrees()).scalar_subquery()
    gone = session.execute(
        delete(WalletClient).where(WalletClient.id == oldest).returning(WalletClient.id)
    )
    return gone.scalar_one_or_none() is not None


def _nobody_agrees() -> ColumnElement[bool]:
    return ~exists().where(WalletGrant.wallet_client_id == WalletClient.id)
