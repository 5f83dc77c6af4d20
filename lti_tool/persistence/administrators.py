"""Administrators of the tool: who they are, their one-time links, and the sessions these open."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Base, UTCDateTime
from lti_tool.persistence.brands import Brand, brand_of
from lti_tool.persistence.catalog import Institution
from lti_tool.persistence.learner_sessions import IDLE_LIFE
from lti_tool.persistence.sign_in_attempts import SignInAttempt
from lti_tool.persistence.sign_in_ways import Person, SignInWay

ADMINISTRATOR, REGISTRAR = "administrator", "registrar"
ROLES = (ADMINISTRATOR, REGISTRAR)
"""Who looks after platforms, scores and keys; who decides cases and sees learners by name."""


class Administrator(Base):
    """Somebody who looks after the tool: all of it, or (``institution_id``) one institution.

    ``roles`` are some of ROLES; None is an administrator alone, as they all were once.
    A removed one stays here, because audit events name it. Whoever has put the first steps away
    (``checklist_hidden_at``) does not see them again.
    """

    __tablename__ = "administrators"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(255))
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institutions.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    roles: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    checklist_hidden_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SignInLink(Base):
    """A link that signs an administrator in: good while the hash of its code stands here, once."""

    __tablename__ = "sign_in_links"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    administrator_id: Mapped[int] = mapped_column(ForeignKey("administrators.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class AdministratorSession(Base):
    """A browser in which an administrator is signed in; only the hash of its token is kept.

    ``seen_at`` is when it was used last, None for a session of an earlier release.
    """

    __tablename__ = "administrator_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    administrator_id: Mapped[int] = mapped_column(ForeignKey("administrators.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An administrator as an open session says now; no institution means the whole tool.

    ``institution_id`` is internal; services take it as ``within``.
    """

    token_hash: str
    uuid: UUID
    name: str
    institution_id: int | None
    institution_key: str | None
    institution_name: str | None
    roles: frozenset[str] = frozenset({ADMINISTRATOR})
    administrator_id: int = 0
    created_at: datetime | None = None
    seen_at: datetime | None = None

    brand: Brand | None = None

    @property
    def person(self) -> Person:
        """Return whose session it is."""
        return Person(self.institution_id, administrator_id=self.administrator_id)

    @property
    def actor(self) -> str:
        """Return how audit events name this administrator."""
        return actor_of(self.uuid)


def actor_of(administrator: UUID) -> str:
    """Return how audit events name an administrator."""
    return f"admin:{administrator}"


def ensure_administrator(
    session: Session,
    name: str,
    institution_id: int | None,
    now: datetime,
    *,
    roles: Sequence[str] = (),
) -> Administrator:
    """Return the administrator of this name there, made now if there is none.

    ``roles``, where some are given, are theirs from now on.
    """
    found = session.scalar(
        select(Administrator).where(
            Administrator.name == name,
            Administrator.institution_id.is_not_distinct_from(institution_id),
            Administrator.removed_at.is_(None),
        )
    )
    if found is None:
        found = Administrator(name=name, institution_id=institution_id, created_at=now)
        session.add(found)
    if roles:
        found.roles = sorted(roles)
    session.flush()
    return found


def get_administrator(session: Session, uuid: UUID) -> Administrator:
    """Return an administrator who is not removed; ``NotFoundError`` otherwise."""
    found = session.scalar(
        select(Administrator).where(Administrator.uuid == uuid, Administrator.removed_at.is_(None))
    )
    if found is None:
        raise NotFoundError(f"There is no administrator {uuid}; 'quoin admin list' shows them.")
    return found


def list_administrators(session: Session) -> list[tuple[Administrator, str | None]]:
    """Return the administrators with the keys of their institutions, the oldest first."""
    query = (
        select(Administrator, Institution.key)
        .outerjoin(Institution, Institution.id == Administrator.institution_id)
        .where(Administrator.removed_at.is_(None))
        .order_by(Administrator.id)
    )
    return [(administrator, key) for administrator, key in session.execute(query)]


def find_actor_names(session: Session, actors: Collection[str]) -> dict[str, str]:
    """Return the names of those of these actors of audit events who are administrators."""
    if not any(actor.startswith("admin:") for actor in actors):
        return {}
    rows = session.execute(select(Administrator.uuid, Administrator.name))
    return {actor_of(row[0]): row[1] for row in rows if actor_of(row[0]) in actors}


def remove_administrator_row(session: Session, administrator: Administrator, now: datetime) -> None:
    """Let an administrator in no longer: links and ways are void and sessions over."""
    administrator.removed_at = now
    for table in (SignInLink, AdministratorSession, SignInWay, SignInAttempt):
        session.execute(delete(table).where(table.administrator_id == administrator.id))


def add_link(session: Session, code_hash: str, administrator_id: int, expires_at: datetime) -> None:
    """Make a link good once; an older one of the same administrator is void."""
    session.execute(delete(SignInLink).where(SignInLink.administrator_id == administrator_id))
    session.add(
        SignInLink(code_hash=code_hash, administrator_id=administrator_id, expires_at=expires_at)
    )


def consume_link(session: Session, code_hash: str, now: datetime) -> Administrator | None:
    """Use a link up and return whose it was; None when it is unknown, used already, or over."""
    row = session.execute(
        delete(SignInLink)
        .where(SignInLink.code_hash == code_hash)
        .returning(SignInLink.administrator_id, SignInLink.expires_at)
    ).one_or_none()
    if row is None or row.expires_at <= now:
        return None
    return session.get_one(Administrator, row.administrator_id)


def add_administrator_session(
    session: Session, token_hash: str, administrator_id: int, now: datetime, expires_at: datetime
) -> None:
    """Store that a browser is signed in."""
    session.add(
        AdministratorSession(
            token_hash=token_hash,
            administrator_id=administrator_id,
            created_at=now,
            expires_at=expires_at,
            seen_at=now,
        )
    )


def note_administrator_seen(session: Session, token_hash: str, now: datetime) -> None:
    """Note that a session is used now."""
    session.execute(
        update(AdministratorSession)
        .where(AdministratorSession.token_hash == token_hash)
        .values(seen_at=now)
    )


def end_administrator_sessions(session: Session, administrator_id: int) -> None:
    """Sign an administrator out in every browser."""
    session.execute(
        delete(AdministratorSession).where(
            AdministratorSession.administrator_id == administrator_id
        )
    )


def end_administrator_session(session: Session, token_hash: str) -> None:
    """Sign a browser out."""
    session.execute(
        delete(AdministratorSession).where(AdministratorSession.token_hash == token_hash)
    )


def find_signed_in(session: Session, token_hash: str, now: datetime) -> SignedIn | None:
    """Return who is signed in with this token; None once that is over.

    It is over when its time is, when nobody used it for IDLE_LIFE, and while the
    administrator's institution is suspended.
    """
    seen_at = func.coalesce(AdministratorSession.seen_at, AdministratorSession.created_at)
    query = (
        select(Administrator, Institution, AdministratorSession)
        .join(AdministratorSession, AdministratorSession.administrator_id == Administrator.id)
        .outerjoin(Institution, Institution.id == Administrator.institution_id)
        .where(
            AdministratorSession.token_hash == token_hash,
            AdministratorSession.expires_at > now,
            seen_at > now - IDLE_LIFE,
            Administrator.removed_at.is_(None),
            Institution.suspended_at.is_(None),
        )
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    administrator, institution, opened = row
    return SignedIn(
        token_hash=token_hash,
        uuid=administrator.uuid,
        name=administrator.name,
        institution_id=administrator.institution_id,
        institution_key=institution.key if institution else None,
        institution_name=institution.name if institution else None,
        roles=frozenset(administrator.roles or [ADMINISTRATOR]),
        administrator_id=administrator.id,
        created_at=opened.created_at,
        seen_at=opened.seen_at or opened.created_at,
        brand=(
            brand_of(institution.uuid, institution.name, institution.brand) if institution else None
        ),
    )


def delete_expired_access(session: Session, now: datetime) -> None:
    """Forget links and sessions whose time is over."""
    session.execute(delete(SignInLink).where(SignInLink.expires_at <= now))
    session.execute(delete(AdministratorSession).where(AdministratorSession.expires_at <= now))
