"""Where learners stand in stacks, as it was computed last: for lists, filters and analytics.

Nothing is awarded from here. A row is good while its ``mark`` is that of the learner's facts and
of the rules, and of the day on which it was computed or the day before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.awards import Award, AwardRevocation
from lti_tool.persistence.base import CHUNK, Base, ExactDecimal, UTCDateTime, insert_missing
from lti_tool.persistence.completions import Completion, Withdrawal
from lti_tool.persistence.exceptions import ExceptionEnd, GrantedException


class StoredStanding(Base):
    """One learner in one stack: how much is counted, which achievements are missing.

    ``missing`` and ``counted`` are keys of achievements; ``steps`` is how many things are still
    to be done at least; ``latest_on`` is the day of the latest fact that counts.
    """

    __tablename__ = "standings"
    __table_args__ = (UniqueConstraint("learner_id", "stack_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"))
    stack_id: Mapped[int] = mapped_column(ForeignKey("stacks.id"))
    mark: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(20))
    have: Mapped[Decimal] = mapped_column(ExactDecimal)
    need: Mapped[Decimal] = mapped_column(ExactDecimal)
    unit: Mapped[str] = mapped_column(String(20))
    missing: Mapped[list[str]] = mapped_column(JSON)
    counted: Mapped[list[str]] = mapped_column(JSON)
    steps: Mapped[int]
    latest_on: Mapped[date | None]
    computed_at: Mapped[datetime] = mapped_column(UTCDateTime)


@dataclass(frozen=True, slots=True)
class KeptMark:
    """What a learner's rows were computed from, and when."""

    mark: str
    computed_at: datetime


def read_marks(session: Session, learner_ids: Collection[int]) -> dict[int, str]:
    """Return for each learner what tells one state of their facts from another.

    Completions, awards and exceptions are only ever added, as are the records that undo them.
    """
    counts: dict[int, list[str]] = {learner_id: [] for learner_id in learner_ids}
    queries = (
        (select(Completion.learner_id, func.max(Completion.id)), Completion.learner_id),
        (
            select(Completion.learner_id, func.max(Withdrawal.id)).join(
                Withdrawal, Withdrawal.completion_id == Completion.id
            ),
            Completion.learner_id,
        ),
        (select(Award.learner_id, func.max(Award.id)), Award.learner_id),
        (
            select(Award.learner_id, func.max(AwardRevocation.id)).join(
                AwardRevocation, AwardRevocation.award_id == Award.id
            ),
            Award.learner_id,
        ),
        (
            select(GrantedException.learner_id, func.max(GrantedException.id)),
            GrantedException.learner_id,
        ),
        (
            select(GrantedException.learner_id, func.max(ExceptionEnd.id)).join(
                ExceptionEnd, ExceptionEnd.exception_id == GrantedException.id
            ),
            GrantedException.learner_id,
        ),
    )
    ids = sorted(learner_ids)
    for letter, (query, column) in zip("cwarex", queries, strict=True):
        for start in range(0, len(ids), CHUNK):
            asked = query.where(column.in_(ids[start : start + CHUNK])).group_by(column)
            for learner_id, latest in session.execute(asked):
                counts[learner_id].append(f"{letter}{latest}")
    return {learner_id: "".join(parts) for learner_id, parts in counts.items()}


def read_kept_marks(session: Session, learner_ids: Collection[int]) -> dict[int, KeptMark]:
    """Return what the stored rows of these learners were computed from."""
    found: dict[int, KeptMark] = {}
    ids = sorted(learner_ids)
    for start in range(0, len(ids), CHUNK):
        # All rows of a learner are written together, so that one stands for them; the index
        # finds it without a look at the others.
        one = (
            select(StoredStanding.learner_id, func.min(StoredStanding.stack_id).label("stack_id"))
            .where(StoredStanding.learner_id.in_(ids[start : start + CHUNK]))
            .group_by(StoredStanding.learner_id)
            .subquery()
        )
        query = select(
            StoredStanding.learner_id, StoredStanding.mark, StoredStanding.computed_at
        ).join(
            one,
            (one.c.learner_id == StoredStanding.learner_id)
            & (one.c.stack_id == StoredStanding.stack_id),
        )
        for learner_id, mark, computed_at in session.execute(query):
            found[learner_id] = KeptMark(mark, computed_at)
    return found


@dataclass(frozen=True, slots=True)
class Summary:
    """How much of a stack counts for a learner: ``have`` of ``need``, in ``unit``."""

    status: str
    have: Decimal
    need: Decimal
    unit: str


def read_summaries(
    session: Session, learner_ids: Collection[int]
) -> dict[tuple[int, int], Summary]:
    """Return what the stored rows of these learners sum up, by (learner, stack)."""
    found: dict[tuple[int, int], Summary] = {}
    ids = sorted(learner_ids)
    for start in range(0, len(ids), CHUNK):
        query = select(
            StoredStanding.learner_id,
            StoredStanding.stack_id,
            StoredStanding.status,
            StoredStanding.have,
            StoredStanding.need,
            StoredStanding.unit,
        ).where(StoredStanding.learner_id.in_(ids[start : start + CHUNK]))
        for learner_id, stack_id, status, have, need, unit in session.execute(query):
            found[learner_id, stack_id] = Summary(status, have, need, unit)
    return found


def list_standings(
    session: Session, learner_ids: Collection[int], stack_id: int | None = None
) -> list[StoredStanding]:
    """Return the stored rows of these learners, of one stack if asked."""
    found: list[StoredStanding] = []
    ids = sorted(learner_ids)
    for start in range(0, len(ids), CHUNK):
        query = select(StoredStanding).where(
            StoredStanding.learner_id.in_(ids[start : start + CHUNK])
        )
        if stack_id is not None:
            query = query.where(StoredStanding.stack_id == stack_id)
        found.extend(session.scalars(query))
    return found


def replace_standings(
    session: Session, learner_ids: Collection[int], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Store what was computed for these learners, in place of what was stored."""
    ids = sorted(learner_ids)
    for start in range(0, len(ids), CHUNK):
        session.execute(
            delete(StoredStanding).where(StoredStanding.learner_id.in_(ids[start : start + CHUNK]))
        )
    insert_missing(
        session,
        StoredStanding,
        rows,
        unique=("learner_id", "stack_id"),
        returning=(StoredStanding.id,),
    )
