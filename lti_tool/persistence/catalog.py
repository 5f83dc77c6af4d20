"""Institutions, their achievements, and their stacks in published versions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    false,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Base, ExactDecimal, Sought, UTCDateTime
from lti_tool.persistence.prepared import Prepared


class Institution(Base):
    """The body whose catalogue, learners and awards these are: the tenant.

    It appears as the Issuer of every credential; it is called institution here because an LTI
    registration has an ``issuer`` of its own, and the two must never be mixed up. While
    ``suspended_at`` is set, nobody launches and nothing is sent.
    ``role_rights`` says what a role of the staff may do where that is less than everything,
    ``wallet_ways`` by which protocols credentials get into wallets where that is not as usual.
    ``linkedin_id`` is the number of its page at LinkedIn, for the link of a public page.
    ``brand`` is how its pages look: accents (``light``, ``dark``), hashes of stylesheet and logo.
    ``retention`` says for how many days what is kept where that is not as usual (0: for good).
    ``language`` is that of its pages and mails where nobody says another (None: English).
    With ``four_eyes`` a stack is published by somebody else than its author (migration 0022).
    """

    __tablename__ = "institutions"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    suspended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    role_rights: Mapped[dict[str, list[str]] | None] = mapped_column(JSON(none_as_null=True))
    wallet_ways: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    linkedin_id: Mapped[str | None] = mapped_column(String(20))
    four_eyes: Mapped[bool] = mapped_column(default=False, server_default=false())
    brand: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    retention: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    language: Mapped[str | None] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Achievement(Base):
    """What can be completed or awarded: a competency, a course, a microcredential.

    ``credits`` are the institution's own kind, exact; ``scale`` is "low-high", the range of a
    grade ("0-100").
    """

    __tablename__ = "achievements"
    __table_args__ = (UniqueConstraint("institution_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    key: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(Text, default="")
    credits: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(0))
    scale: Mapped[str] = mapped_column(String(50), default="0-100")
    is_award: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Stack(Base):
    """A named rule that leads to an award; its text lives in its versions."""

    __tablename__ = "stacks"
    __table_args__ = (UniqueConstraint("institution_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    key: Mapped[str] = mapped_column(String(100))
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class StackVersion(Base):
    """One published text of a stack. The database refuses to change it (migration 0001).

    ``draft_id`` is the draft that it came out of, None for a document of the command line.
    """

    __tablename__ = "stack_versions"
    __table_args__ = (UniqueConstraint("stack_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    stack_id: Mapped[int] = mapped_column(ForeignKey("stacks.id"), index=True)
    number: Mapped[int]
    document: Mapped[dict[str, object]] = mapped_column(JSON)
    content_hash: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)
    draft_id: Mapped[int | None]


@dataclass(frozen=True, slots=True)
class CurrentStack:
    """A stack with its latest published version and the achievement that it awards."""

    stack: Stack
    version: StackVersion
    achievement: Achievement


def find_institution(session: Session, key: str) -> Institution | None:
    """Return the institution with this key, if there is one."""
    return session.scalar(select(Institution).where(Institution.key == key))


def get_institution(session: Session, key: str) -> Institution:
    """Return the institution with this key; ``NotFoundError`` otherwise."""
    found = find_institution(session, key)
    if found is None:
        raise NotFoundError(f"There is no institution '{key}'.")
    return found


def get_institution_by_id(session: Session, institution_id: int) -> Institution:
    """Return the institution with this internal id."""
    return session.get_one(Institution, institution_id)


def institution_of(session: Session, *, key: str | None, within: int | None) -> Institution:
    """Return the institution that a command names by ``key``, or a person belongs to."""
    if key is not None or within is None:
        return get_institution(session, key or "")
    return get_institution_by_id(session, within)


def get_institution_by_uuid(session: Session, uuid: UUID) -> Institution:
    """Return the institution with this uuid; ``NotFoundError`` otherwise."""
    found = session.scalar(select(Institution).where(Institution.uuid == uuid))
    if found is None:
        raise NotFoundError("There is no such institution.")
    return found


def list_institutions(session: Session) -> list[Institution]:
    """Return every institution of this tool by key."""
    return list(session.scalars(select(Institution).order_by(Institution.key)))


def ensure_institution(session: Session, key: str, name: str, now: datetime) -> Institution:
    """Return the institution with this key, made now if it is new."""
    found = find_institution(session, key)
    if found is None:
        found = Institution(key=key, name=name, created_at=now)
        session.add(found)
        session.flush()
    return found


def list_achievements(session: Session, institution_id: int) -> list[Achievement]:
    """Return the catalogue of an institution by name."""
    query = select(Achievement).where(Achievement.institution_id == institution_id)
    return list(session.scalars(query.order_by(Achievement.name, Achievement.id)))


def find_names(session: Session, institution_id: int, keys: Collection[str]) -> dict[str, str]:
    """Return the names of those of these achievements that the catalogue has, by key."""
    query = select(Achievement.key, Achievement.name).where(
        Achievement.institution_id == institution_id, Achievement.key.in_(sorted(keys))
    )
    return {row[0]: row[1] for row in session.execute(query)}


def find_award_keys(session: Session, institution_id: int) -> set[str]:
    """Return the keys of those achievements of an institution that a stack awards."""
    query = select(Achievement.key).where(
        Achievement.institution_id == institution_id, Achievement.is_award
    )
    return set(session.scalars(query))


def find_by_keys(
    session: Session, institution_id: int, keys: Collection[str]
) -> dict[str, Achievement]:
    """Return those of these achievements that the catalogue has, by key."""
    query = select(Achievement).where(
        Achievement.institution_id == institution_id, Achievement.key.in_(sorted(keys))
    )
    return {row.key: row for row in session.scalars(query.order_by(Achievement.id))}


def get_achievement(session: Session, institution_id: int, uuid: UUID) -> Achievement:
    """Return one achievement of this institution; ``NotFoundError`` otherwise."""
    found = session.scalar(
        select(Achievement).where(
            Achievement.institution_id == institution_id, Achievement.uuid == uuid
        )
    )
    if found is None:
        raise NotFoundError("This achievement is not in the catalogue.")
    return found


@dataclass(frozen=True, slots=True)
class Listed:
    """What a completion takes over from the catalogue."""

    id: int
    key: str
    credits: Decimal
    scale: str
    is_award: bool


_LISTED = select(
    Achievement.id, Achievement.key, Achievement.credits, Achievement.scale, Achievement.is_award
).where(Achievement.institution_id == bindparam("institution"))
_BY_IDS = Sought(_LISTED, Achievement.id)
_BY_KEYS = Sought(_LISTED, Achievement.key)


def list_by_ids(session: Session, institution_id: int, ids: Collection[int]) -> dict[int, Listed]:
    """Return those of these achievements that are in this institution's catalogue, by id."""
    rows = _BY_IDS.rows(session, ids, institution=institution_id)
    return {row[0]: Listed(*row) for row in rows}


def list_by_keys(session: Session, institution_id: int, keys: Collection[str]) -> dict[str, Listed]:
    """Return those of these achievements that are in this institution's catalogue, by key."""
    rows = _BY_KEYS.rows(session, keys, institution=institution_id)
    return {row[1]: Listed(*row) for row in rows}


def find_achievement(session: Session, institution_id: int, key: str) -> Achievement | None:
    """Return the achievement of an institution with this key."""
    return session.scalar(
        select(Achievement).where(
            Achievement.institution_id == institution_id, Achievement.key == key
        )
    )


def ensure_achievement(
    session: Session, institution_id: int, key: str, now: datetime, **fields: Any
) -> Achievement:
    """Return the achievement with this key, made now if it is new, with ``fields`` set."""
    found = find_achievement(session, institution_id, key)
    if found is None:
        found = Achievement(institution_id=institution_id, key=key, created_at=now)
        session.add(found)
    for name, value in fields.items():
        setattr(found, name, value)
    session.flush()
    return found


def ensure_stack(
    session: Session, institution_id: int, key: str, achievement_id: int, now: datetime
) -> Stack:
    """Return the stack with this key, made now if it is new."""
    found = session.scalar(
        select(Stack).where(Stack.institution_id == institution_id, Stack.key == key)
    )
    if found is None:
        found = Stack(
            institution_id=institution_id, key=key, achievement_id=achievement_id, created_at=now
        )
        session.add(found)
        session.flush()
    return found


def find_latest_version(session: Session, stack_id: int) -> StackVersion | None:
    """Return the version published last, if there is one."""
    return session.scalar(
        select(StackVersion)
        .where(StackVersion.stack_id == stack_id)
        .order_by(StackVersion.number.desc())
        .limit(1)
    )


def find_version(session: Session, institution_id: int, uuid: UUID) -> StackVersion | None:
    """Return a published version of one of an institution's stacks."""
    return session.scalar(
        select(StackVersion)
        .join(Stack, Stack.id == StackVersion.stack_id)
        .where(Stack.institution_id == institution_id, StackVersion.uuid == uuid)
    )


def list_versions(session: Session, achievement_id: int) -> list[StackVersion]:
    """Return the published versions of the stack that awards an achievement, the newest first."""
    query = (
        select(StackVersion)
        .join(Stack, Stack.id == StackVersion.stack_id)
        .where(Stack.achievement_id == achievement_id)
        .order_by(StackVersion.number.desc())
    )
    return list(session.scalars(query))


def add_version(
    session: Session,
    stack_id: int,
    document: dict[str, object],
    content_hash: str,
    now: datetime,
    draft_id: int | None = None,
) -> StackVersion:
    """Publish a new version; its number is the next one."""
    latest = find_latest_version(session, stack_id)
    version = StackVersion(
        stack_id=stack_id,
        number=1 if latest is None else latest.number + 1,
        document=document,
        content_hash=content_hash,
        published_at=now,
        draft_id=draft_id,
    )
    session.add(version)
    session.flush()
    return version


def has_stacks(session: Session, institution_id: int | None) -> bool:
    """Return whether a stack has been published, in an institution or (None) anywhere."""
    query = select(Stack.id).limit(1)
    if institution_id is not None:
        query = query.where(Stack.institution_id == institution_id)
    return session.scalar(query) is not None


_ALL_VERSIONS = (
    select(func.count().label("count"), func.max(StackVersion.id).label("last"))
    .join(Stack, Stack.id == StackVersion.stack_id)
    .where(Stack.institution_id == bindparam("institution"))
    .subquery()
)
_VERSIONS = Prepared(
    select(StackVersion.uuid, _ALL_VERSIONS.c.count).join(
        _ALL_VERSIONS, _ALL_VERSIONS.c.last == StackVersion.id
    )
)


def mark_versions(session: Session, institution_id: int) -> tuple[UUID, int] | None:
    """Return what stands for all published versions of an institution; None without any.

    Versions are added and never changed: the latest and their number say which there are.
    """
    rows = _VERSIONS.rows(session, {"institution": institution_id})
    return (rows[0][0], rows[0][1]) if rows else None


def list_current_stacks(session: Session, institution_id: int) -> list[CurrentStack]:
    """Return every stack of an institution with its latest version, in order of creation."""
    latest = (
        select(StackVersion.stack_id, func.max(StackVersion.number).label("number"))
        .group_by(StackVersion.stack_id)
        .subquery()
    )
    query = (
        select(Stack, StackVersion, Achievement)
        .join(latest, latest.c.stack_id == Stack.id)
        .join(
            StackVersion,
            (StackVersion.stack_id == Stack.id) & (StackVersion.number == latest.c.number),
        )
        .join(Achievement, Achievement.id == Stack.achievement_id)
        .where(Stack.institution_id == institution_id)
        .order_by(Stack.id)
    )
    return [CurrentStack(*row) for row in session.execute(query)]
