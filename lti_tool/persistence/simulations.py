"""What the publication of a draft would do to all learners, as far as it is computed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime
from lti_tool.persistence.stack_drafts import StackDraft


class Simulation(Base):
    """The latest simulation of a draft: of its text ``revision``, over what ``base`` stands for.

    ``base`` is a hash of what is published. ``learners`` of ``total`` are looked at, the last one
    was ``after_learner_id``; ``result`` is what was found so far. ``trouble`` says why nothing can
    be computed ("" otherwise). Asked for again, it begins anew.
    """

    __tablename__ = "simulations"

    draft_id: Mapped[int] = mapped_column(ForeignKey("stack_drafts.id"), primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    revision: Mapped[int]
    base: Mapped[str] = mapped_column(String(64))
    asked_by: Mapped[str] = mapped_column(String(100))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    after_learner_id: Mapped[int] = mapped_column(default=0)
    learners: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any]] = mapped_column(JSON)
    trouble: Mapped[str] = mapped_column(Text, default="")
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


def find_simulation(session: Session, draft_id: int) -> Simulation | None:
    """Return the latest simulation of a draft."""
    return session.get(Simulation, draft_id)


def list_simulations(session: Session, institution_id: int) -> dict[int, Simulation]:
    """Return the simulations of an institution by internal id of the draft."""
    query = select(Simulation).where(Simulation.institution_id == institution_id)
    return {row.draft_id: row for row in session.scalars(query)}


def begin_simulation(
    session: Session, draft: StackDraft, *, base: str, asked_by: str, now: datetime
) -> Simulation:
    """Return the simulation of the present text of a draft, begun anew."""
    row = find_simulation(session, draft.id)
    if row is None:
        row = Simulation(draft_id=draft.id, institution_id=draft.institution_id)
        session.add(row)
    row.revision, row.base, row.asked_by, row.asked_at = draft.revision, base, asked_by, now
    row.after_learner_id = row.learners = row.total = 0
    row.result, row.trouble, row.finished_at = {}, "", None
    session.flush()
    return row


def find_waiting(session: Session) -> Simulation | None:
    """Return the simulation that has waited longest and is not finished."""
    query = (
        select(Simulation)
        .where(Simulation.finished_at.is_(None))
        .order_by(Simulation.asked_at, Simulation.draft_id)
        .limit(1)
    )
    return session.scalar(query)


def keep_portion(session: Session, known: Simulation, values: dict[str, Any]) -> bool:
    """Keep what was computed from ``known``; False where somebody went on, or began anew, since."""
    done = session.execute(
        update(Simulation)
        .where(
            Simulation.draft_id == known.draft_id,
            Simulation.asked_at == known.asked_at,
            Simulation.after_learner_id == known.after_learner_id,
            Simulation.finished_at.is_(None),
        )
        .values(**values)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]
