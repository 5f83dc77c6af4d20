"""Credentials as they were issued, and their places in status lists."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Text, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import NotFoundError
from lti_tool.persistence.awards import Award, AwardRevocation
from lti_tool.persistence.base import CHUNK, Base, UTCDateTime, insert_missing
from lti_tool.persistence.catalog import Achievement, Institution, StackVersion
from lti_tool.persistence.deliveries import CREDENTIAL, TRANSCRIPT, UNDELIVERED, Delivery
from lti_tool.persistence.issuer_keys import IssuerKeyRow
from lti_tool.persistence.joined_accounts import list_person
from lti_tool.persistence.learners import Learner
from lti_tool.persistence.shown_grades import ShownGrade


class Credential(Base):
    """The signed document of an award, as text: what is served is what was signed.

    It has the uuid of its award. ``jwt`` is its second form, made when it is first asked for.
    """

    __tablename__ = "credentials"

    id: Mapped[int] = mapped_column(primary_key=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"), unique=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    issuer_key_id: Mapped[int] = mapped_column(ForeignKey("issuer_keys.id"))
    document: Mapped[str] = mapped_column(Text)
    jwt: Mapped[str | None] = mapped_column(Text)
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)


@dataclass(frozen=True, slots=True)
class AwardRows:
    """An award with what its credential tells of it, and the credential if it is issued."""

    award: Award
    institution: Institution
    version: StackVersion
    learner: Learner
    credential: Credential | None
    is_revoked: bool
    shows_grade: bool


def load_award(session: Session, uuid: UUID) -> AwardRows:
    """Return the award of this uuid; ``NotFoundError`` otherwise."""
    found = load_awards(session, [uuid]).get(uuid)
    if found is None:
        raise NotFoundError("There is no such award.")
    return found


def load_awards(session: Session, uuids: Collection[UUID]) -> dict[UUID, AwardRows]:
    """Return those of these awards (some hundreds) that there are, by uuid."""
    query = (
        select(
            Award,
            Institution,
            StackVersion,
            Learner,
            Credential,
            AwardRevocation.id.is_not(None),
            ShownGrade.id.is_not(None),
        )
        .join(Institution, Institution.id == Award.institution_id)
        .join(StackVersion, StackVersion.id == Award.stack_version_id)
        .join(Learner, Learner.id == Award.learner_id)
        .outerjoin(Credential, Credential.award_id == Award.id)
        .outerjoin(AwardRevocation, AwardRevocation.award_id == Award.id)
        .outerjoin(ShownGrade, ShownGrade.award_id == Award.id)
        .where(Award.uuid.in_(sorted(uuids)))
    )
    return {row[0].uuid: AwardRows(*row) for row in session.execute(query)}


def add_credentials(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store credentials; an award that has one already keeps it."""
    insert_missing(session, Credential, rows, unique=("award_id",), returning=(Credential.id,))


def find_credential(session: Session, award_id: int) -> Credential | None:
    """Return the credential of an award, if it is issued."""
    return session.scalar(select(Credential).where(Credential.award_id == award_id))


def replace_credential(session: Session, row: Mapping[str, Any], replaced: str) -> bool:
    """Put a newly signed credential in the place of the document ``replaced``.

    The JWT goes: it is made of the new one when it is next asked for. False when the document is
    not the one that was replaced: then the other stays.
    """
    changed = session.scalar(
        update(Credential)
        .where(Credential.award_id == row["award_id"], Credential.document == replaced)
        .values(**{**row, "jwt": None})
        .returning(Credential.id)
    )
    return changed is not None


def list_current_credentials(session: Session, learner_id: int) -> dict[int, Credential]:
    """Return a learner's credentials by award (internal id), signed by keys that are published."""
    query = (
        select(Credential)
        .join(IssuerKeyRow, IssuerKeyRow.id == Credential.issuer_key_id)
        .where(Credential.learner_id == learner_id, IssuerKeyRow.compromised_at.is_(None))
        .order_by(Credential.id)
    )
    return {row.award_id: row for row in session.scalars(query)}


def list_signed(
    session: Session, key_row_id: int, after: int = 0, limit: int = CHUNK
) -> list[tuple[Credential, Award]]:
    """Return credentials that a key has signed with their awards, in order of issue, in parts."""
    query = (
        select(Credential, Award)
        .join(Award, Award.id == Credential.award_id)
        .where(Credential.issuer_key_id == key_row_id, Credential.id > after)
        .order_by(Credential.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def list_with_jwt(
    session: Session, institution_id: int, after: int = 0, limit: int = CHUNK
) -> list[tuple[Credential, Award]]:
    """Return credentials of an institution that have been given out as JWTs, in parts."""
    query = (
        select(Credential, Award)
        .join(Award, Award.id == Credential.award_id)
        .where(
            Credential.institution_id == institution_id,
            Credential.id > after,
            Credential.jwt.is_not(None),
        )
        .order_by(Credential.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def count_signed(session: Session, key_row_id: int) -> int:
    """Return how many credentials a key has signed."""
    query = select(func.count(Credential.id)).where(Credential.issuer_key_id == key_row_id)
    return session.scalar(query) or 0


def find_own_credential(session: Session, learner_id: int, award_uuid: UUID) -> Credential | None:
    """Return the credential of an award of a learner, or of an account that they have joined."""
    query = (
        select(Credential)
        .join(Award, Award.id == Credential.award_id)
        .where(
            Award.uuid == award_uuid, Credential.learner_id.in_(list_person(session, learner_id))
        )
    )
    return session.scalar(query)


def list_issued_awards(session: Session, learner_id: int) -> set[int]:
    """Return the awards of a learner (internal ids) whose credentials are issued."""
    query = select(Credential.award_id).where(Credential.learner_id == learner_id)
    return set(session.scalars(query))


def list_of_people(session: Session, learner_ids: Sequence[int]) -> dict[int, Credential]:
    """Return the credentials of some learners by the internal id of their award."""
    query = select(Credential).where(Credential.learner_id.in_(learner_ids))
    return {row.award_id: row for row in session.scalars(query)}


def list_credentialed(session: Session, learner_id: int) -> set[UUID]:
    """Return the uuids of a learner's awards whose credentials are issued."""
    query = (
        select(Award.uuid)
        .join(Credential, Credential.award_id == Award.id)
        .where(Credential.learner_id == learner_id)
    )
    return set(session.scalars(query))


def list_credentials(
    session: Session, institution_id: int, after: int = 0, limit: int = CHUNK
) -> list[tuple[Credential, UUID]]:
    """Return credentials of an institution with their uuids, in order of issue, in parts."""
    query = (
        select(Credential, Award.uuid)
        .join(Award, Award.id == Credential.award_id)
        .where(Credential.institution_id == institution_id, Credential.id > after)
        .order_by(Credential.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def list_issued(
    session: Session, institution_id: int, after: int = 0, limit: int = CHUNK
) -> list[tuple[Credential, Award]]:
    """Return credentials of an institution with their awards, in order of issue, in parts."""
    query = (
        select(Credential, Award)
        .join(Award, Award.id == Credential.award_id)
        .where(Credential.institution_id == institution_id, Credential.id > after)
        .order_by(Credential.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def list_without_credential(session: Session, institution_id: int) -> list[Award]:
    """Return the awards of an institution that have no credential yet, the oldest first."""
    query = (
        select(Award)
        .outerjoin(Credential, Credential.award_id == Award.id)
        .where(Award.institution_id == institution_id, Credential.id.is_(None))
        .order_by(Award.id)
    )
    return list(session.scalars(query))


def list_unissued(session: Session) -> list[tuple[Delivery, str, str]]:
    """Return (promise, institution key, achievement name) of what is not issued, oldest first."""
    query = (
        select(Delivery, Institution.key, Achievement.name)
        .join(Achievement, Achievement.id == Delivery.achievement_id)
        .join(Institution, Institution.id == Achievement.institution_id)
        .where(Delivery.kind.in_((CREDENTIAL, TRANSCRIPT)), Delivery.state.in_(UNDELIVERED))
        .order_by(Delivery.id)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def list_rules(session: Session, institution_id: int) -> list[StackVersion]:
    """Return the published versions by which an institution's credentials were awarded."""
    used = (
        select(Award.stack_version_id)
        .join(Credential, Credential.award_id == Award.id)
        .where(Credential.institution_id == institution_id)
    )
    query = select(StackVersion).where(StackVersion.id.in_(used))
    return list(session.scalars(query.order_by(StackVersion.id)))
