"""How far the sweep of a day has got, and the learners whom it looks at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ForeignKey, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.persistence.base import Base, UTCDateTime
from lti_tool.persistence.catalog import Institution
from lti_tool.persistence.completions import Completion


class Sweep(Base):
    """The sweep of an institution on a ``day`` (UTC): learners in the order of their ids.

    ``after_learner_id`` is the last one who was looked at, ``learners`` and ``awards`` count
    what was looked at and made so far.
    """

    __tablename__ = "sweeps"

    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), primary_key=True)
    day: Mapped[date]
    after_learner_id: Mapped[int] = mapped_column(default=0)
    learners: Mapped[int] = mapped_column(default=0)
    awards: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


def find_unswept(session: Session, day: date) -> int | None:
    """Return the internal id of an institution whose sweep of ``day`` is not finished."""
    query = (
        select(Institution.id)
        .outerjoin(Sweep, Sweep.institution_id == Institution.id)
        .where(
            Institution.suspended_at.is_(None),
            or_(Sweep.day.is_(None), Sweep.day < day, Sweep.finished_at.is_(None)),
        )
        .order_by(Institution.id)
        .limit(1)
    )
    return session.scalar(query)


def begin_sweep(session: Session, institution_id: int, day: date, *, anew: bool = False) -> Sweep:
    """Return the sweep of ``day``, begun now if it is not under way or is wanted ``anew``."""
    sweep = session.get(Sweep, institution_id)
    if sweep is None:
        sweep = Sweep(institution_id=institution_id, day=day)
        session.add(sweep)
        anew = True
    if anew or sweep.day < day:
        sweep.day, sweep.finished_at = day, None
        sweep.after_learner_id = sweep.learners = sweep.awards = 0
    session.flush()
    return sweep


def list_learners_after(
    session: Session, institution_id: int, after: int, most: int
) -> Sequence[int]:
    """Return the next internal ids of learners of whom anything is recorded."""
    query = (
        select(Completion.learner_id)
        .where(Completion.institution_id == institution_id, Completion.learner_id > after)
        .distinct()
        .order_by(Completion.learner_id)
        .limit(most)
    )
    return session.scalars(query).all()


def count_learners_with_facts(session: Session, institution_id: int) -> int:
    """Return of how many learners anything is recorded."""
    query = select(func.count(func.distinct(Completion.learner_id))).where(
        Completion.institution_id == institution_id
    )
    return session.scalar(query) or 0
