"""Awards with their receipts, their revocations, and the reviews of what rested on others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, func, select, type_coerce
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import CHUNK, Base, Sought, UTCDateTime, UUIDText, insert_missing
from lti_tool.persistence.catalog import Achievement, Institution, Stack, StackVersion
from lti_tool.persistence.learners import Membership


class Award(Base):
    """The decision that a learner met a stack, never removed.

    ``receipt`` is what was counted, where, under which version (``stacking_rules.receipt``).
    ``awarded_on`` is the date of the latest fact that counted. ``number`` is 1 for the first
    award of a stack to a learner and one more for each that renews the one before.
    """

    __tablename__ = "awards"
    __table_args__ = (UniqueConstraint("learner_id", "stack_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    stack_id: Mapped[int] = mapped_column(ForeignKey("stacks.id"), index=True)
    stack_version_id: Mapped[int] = mapped_column(ForeignKey("stack_versions.id"))
    achievement_id: Mapped[int] = mapped_column(ForeignKey("achievements.id"))
    number: Mapped[int] = mapped_column(default=1, server_default="1")
    awarded_on: Mapped[date]
    receipt: Mapped[dict[str, object]] = mapped_column(JSON)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AwardRevocation(Base):
    """The second record that takes an award back: it counts nowhere from then on. Append-only.

    ``actor`` is who decided, as audit events name it.
    """

    __tablename__ = "award_revocations"

    id: Mapped[int] = mapped_column(primary_key=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(100))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ReviewState(StrEnum):
    """Where a review stands: it waits for a person, or has ended.

    STANDS was never asked: the award follows from other facts as well, and this is the note.
    """

    OPEN = "open"
    KEPT = "kept"
    REVOKED = "revoked"
    STANDS = "stands"


class AwardReview(Base):
    """A question to a person: does this award still stand without something that it counted?

    That is a withdrawn completion, a smaller award that was revoked, or an exception that was
    ended. Asked only when the
    award cannot be explained by what is left, and once for each of these. ``decided_by`` is who
    answered, as audit events name it.
    """

    __tablename__ = "award_reviews"
    __table_args__ = (
        UniqueConstraint("award_id", "withdrawal_id"),
        UniqueConstraint("award_id", "revocation_id"),
        UniqueConstraint("award_id", "exception_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"), index=True)
    withdrawal_id: Mapped[int | None] = mapped_column(ForeignKey("withdrawals.id"))
    revocation_id: Mapped[int | None] = mapped_column(ForeignKey("award_revocations.id"))
    exception_id: Mapped[int | None] = mapped_column(ForeignKey("exceptions.id"))
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default=ReviewState.OPEN)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(100))
    decision_note: Mapped[str | None] = mapped_column(Text)


def notes_of(receipt: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what a receipt says of the facts that counted."""
    listed = receipt.get("counted")
    return listed if isinstance(listed, list) else []


def waivers_of(receipt: Mapping[str, Any]) -> set[str]:
    """Return the uuids of the exceptions that were in force when an award was made."""
    listed = receipt.get("waivers")
    return {str(note["id"]) for note in listed} if isinstance(listed, list) else set()


def awards_counted(receipt: Mapping[str, Any]) -> list[str]:
    """Return the uuids of the awards that counted, each once."""
    notes = notes_of(receipt)
    return list(dict.fromkeys(str(note["id"]) for note in notes if note["kind"] == "award"))


def is_stacked(receipt: Mapping[str, Any]) -> bool:
    """Return whether an award counted other awards: then it has a transcript."""
    return bool(awards_counted(receipt))


def add_awards(session: Session, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Insert awards; return the uuids of those that are new (of a learner, stack and number)."""
    found = insert_missing(
        session, Award, rows, unique=("learner_id", "stack_id", "number"), returning=(Award.uuid,)
    )
    return {row[0] for row in found}


def list_awards(session: Session, learner_ids: Collection[int]) -> list[tuple[Award, Achievement]]:
    """Return the awards of these learners with what they award, in stable order."""
    found: list[tuple[Award, Achievement]] = []
    ids = sorted(learner_ids)
    for start in range(0, len(ids), CHUNK):
        query = (
            select(Award, Achievement)
            .join(Achievement, Achievement.id == Award.achievement_id)
            .where(Award.learner_id.in_(ids[start : start + CHUNK]))
            .order_by(Award.learner_id, Award.id)
        )
        found.extend((row[0], row[1]) for row in session.execute(query))
    return found


class AwardRow(NamedTuple):
    """What rules ask of an award; ``revoked`` is None for what stands.

    ``version_uuid`` is that of the version that awarded it.
    """

    id: int
    uuid: str
    learner_id: int
    institution_id: int
    institution_key: str
    stack_id: int
    stack_version_id: int
    version_uuid: UUID
    awarded_on: date
    recorded_at: datetime
    key: str
    credits: Decimal
    revoked: int | None


_AWARD_FACTS = Sought(
    select(
        Award.id,
        type_coerce(Award.uuid, UUIDText()),
        Award.learner_id,
        Award.institution_id,
        Institution.key.label("institution_key"),
        Award.stack_id,
        Award.stack_version_id,
        StackVersion.uuid.label("version_uuid"),
        Award.awarded_on,
        Award.recorded_at,
        Achievement.key,
        Achievement.credits,
        AwardRevocation.id.label("revoked"),
    )
    .join(Achievement, Achievement.id == Award.achievement_id)
    .join(Institution, Institution.id == Award.institution_id)
    .join(StackVersion, StackVersion.id == Award.stack_version_id)
    .outerjoin(AwardRevocation, AwardRevocation.award_id == Award.id)
    .order_by(Award.learner_id, Award.id),
    Award.learner_id,
)


def list_award_facts(session: Session, learner_ids: Collection[int]) -> list[AwardRow]:
    """Return what rules ask of the awards of these learners, in stable order."""
    return [AwardRow._make(row) for row in _AWARD_FACTS.rows(session, learner_ids)]


def list_receipts(session: Session, award_ids: Collection[int]) -> dict[int, dict[str, object]]:
    """Return the receipts of these awards by internal id."""
    found: dict[int, dict[str, object]] = {}
    ids = sorted(award_ids)
    for start in range(0, len(ids), CHUNK):
        query = select(Award.id, Award.receipt).where(Award.id.in_(ids[start : start + CHUNK]))
        found |= {row[0]: row[1] for row in session.execute(query)}
    return found


@dataclass(frozen=True, slots=True)
class HeldAward:
    """An award that was not revoked, without its receipt: lists of a class need no more."""

    learner_id: int
    stack_id: int
    awarded_on: date
    name: str


def list_held(session: Session, learner_ids: Collection[int]) -> list[HeldAward]:
    """Return the awards that these learners hold, the earlier of each learner first."""
    found: list[HeldAward] = []
    ids = sorted(learner_ids)
    for start in range(0, len(ids), CHUNK):
        query = (
            select(Award.learner_id, Award.stack_id, Award.awarded_on, Achievement.name)
            .join(Achievement, Achievement.id == Award.achievement_id)
            .outerjoin(AwardRevocation, AwardRevocation.award_id == Award.id)
            .where(Award.learner_id.in_(ids[start : start + CHUNK]), AwardRevocation.id.is_(None))
            .order_by(Award.learner_id, Award.id)
        )
        found.extend(HeldAward(*row) for row in session.execute(query))
    return found


def find_award(session: Session, institution_id: int, uuid: UUID) -> Award | None:
    """Return an award of this institution, if there is one of this uuid."""
    return session.scalar(
        select(Award).where(Award.institution_id == institution_id, Award.uuid == uuid)
    )


def find_renewed(session: Session, award: Award) -> Award | None:
    """Return the award that this one renews, if it is not the first of its stack."""
    return session.scalar(
        select(Award).where(
            Award.learner_id == award.learner_id,
            Award.stack_id == award.stack_id,
            Award.number == award.number - 1,
        )
    )


def number_awards(session: Session, uuids: Collection[UUID]) -> dict[UUID, int]:
    """Return the numbers of these awards within their learner and stack."""
    found: dict[UUID, int] = {}
    wanted = sorted(uuids)
    for start in range(0, len(wanted), CHUNK):
        query = select(Award.uuid, Award.number).where(
            Award.uuid.in_(wanted[start : start + CHUNK])
        )
        found |= {row[0]: row[1] for row in session.execute(query)}
    return found


def count_learners_by_stack(session: Session, institution_key: str | None) -> dict[str, int]:
    """Return how many learners hold each stack's award, by stack key, stacks without any too."""
    taken_back = select(AwardRevocation.award_id)
    query = (
        select(Stack.key, func.count(func.distinct(Award.learner_id)))
        .outerjoin(Award, (Award.stack_id == Stack.id) & Award.id.not_in(taken_back))
        .join(Institution, Institution.id == Stack.institution_id)
        .group_by(Stack.id, Stack.key)
        .order_by(Stack.id)
    )
    if institution_key is not None:
        query = query.where(Institution.key == institution_key)
    return {row[0]: row[1] for row in session.execute(query)}


def list_open_reviews(session: Session, institution_id: int) -> list[tuple[AwardReview, Award]]:
    """Return the questions that wait for an answer, the oldest first."""
    query = (
        select(AwardReview, Award)
        .join(Award, Award.id == AwardReview.award_id)
        .where(AwardReview.state == "open", Award.institution_id == institution_id)
        .order_by(AwardReview.id)
    )
    return [(review, award) for review, award in session.execute(query)]


def list_reviews_in(session: Session, context_id: int) -> list[tuple[AwardReview, Award]]:
    """Return the open questions about learners of a course, the oldest first."""
    query = (
        select(AwardReview, Award)
        .join(Award, Award.id == AwardReview.award_id)
        .join(Membership, Membership.learner_id == Award.learner_id)
        .where(AwardReview.state == "open", Membership.context_id == context_id)
        .order_by(AwardReview.id)
    )
    return [(review, award) for review, award in session.execute(query)]


def list_reviews_since(session: Session, learner_id: int) -> dict[int, datetime]:
    """Return since when this learner's awards wait for a decision, by the award's internal id."""
    query = (
        select(AwardReview.award_id, func.min(AwardReview.opened_at))
        .join(Award, Award.id == AwardReview.award_id)
        .where(AwardReview.state == "open", Award.learner_id == learner_id)
        .group_by(AwardReview.award_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def list_revoked(session: Session, learner_ids: Collection[int]) -> dict[int, AwardRevocation]:
    """Return the revocations of these learners' awards by the award's internal id."""
    found: dict[int, AwardRevocation] = {}
    ids = sorted(learner_ids)
    for start in range(0, len(ids), CHUNK):
        query = (
            select(AwardRevocation)
            .join(Award, Award.id == AwardRevocation.award_id)
            .where(Award.learner_id.in_(ids[start : start + CHUNK]))
        )
        found |= {row.award_id: row for row in session.scalars(query)}
    return found
