"""What an institution declares for all its rules, in versions that are never changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    ScalarSelect,
    Select,
    String,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime


class InstitutionDefinitions(Base):
    """One version of an institution's scales, tables, terms, zone, levels and rates.

    It holds from ``recorded_at`` until the next one. ``author`` is named as audit events name
    people. The database refuses to change it (migration 0028).
    """

    __tablename__ = "institution_definitions"
    __table_args__ = (UniqueConstraint("institution_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    number: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    author: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


def find_current_definitions(
    session: Session, institution_id: int
) -> InstitutionDefinitions | None:
    """Return the version that holds now, if the institution ever declared anything."""
    return session.scalar(_of(institution_id).limit(1))


def zone_of(institution_id: int | ColumnElement[int]) -> ScalarSelect[str | None]:
    """Return what selects the zone that an institution (internal id) declares; NULL for none."""
    return (
        select(InstitutionDefinitions.document["zone"].as_string())
        .where(InstitutionDefinitions.institution_id == institution_id)
        .order_by(InstitutionDefinitions.number.desc())
        .limit(1)
        .scalar_subquery()
    )


def find_zone(session: Session, institution_id: int) -> str | None:
    """Return the name of the zone that an institution declares; None for UTC."""
    return session.scalar(select(zone_of(institution_id)))


def definitions_number(session: Session, institution_id: int) -> int:
    """Return the number of the version that holds now, 0 for none."""
    row = find_current_definitions(session, institution_id)
    return 0 if row is None else row.number


def find_definitions_at(
    session: Session, institution_id: int, moment: datetime
) -> InstitutionDefinitions | None:
    """Return the version that held at a moment, None before the first one."""
    query = _of(institution_id).where(InstitutionDefinitions.recorded_at <= moment)
    return session.scalar(query.limit(1))


def list_definitions(session: Session, institution_id: int) -> list[InstitutionDefinitions]:
    """Return all versions, the newest first."""
    return list(session.scalars(_of(institution_id)))


def _of(institution_id: int) -> Select[InstitutionDefinitions]:
    return (
        select(InstitutionDefinitions)
        .where(InstitutionDefinitions.institution_id == institution_id)
        .order_by(InstitutionDefinitions.number.desc())
    )


def add_definitions(
    session: Session,
    institution_id: int,
    number: int,
    document: Mapping[str, Any],
    *,
    author: str,
    reason: str,
    now: datetime,
) -> InstitutionDefinitions:
    """Keep the next version."""
    row = InstitutionDefinitions(
        institution_id=institution_id,
        number=number,
        document=dict(document),
        author=author,
        reason=reason,
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    return row
