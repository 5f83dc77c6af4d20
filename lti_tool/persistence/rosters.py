"""Whole pages of a platform's roster, written a few hundred members at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Text,
    and_,
    case,
    literal,
    select,
    true,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from lti_tool.persistence.base import CHUNK, Base, UTCDateTime, insert_missing
from lti_tool.persistence.learners import Learner, Membership
from lti_tool.persistence.sessions import LaunchSession


@dataclass(frozen=True, slots=True)
class Place:
    """A learner's place in a course as a roster tells it."""

    learner_id: int
    is_instructor: bool
    is_active: bool


class RosterState(Base):
    """What is known of a course's roster beside its members.

    ``differences_url`` is where the platform tells what has changed since it was read last;
    ``read_whole_at`` is when it was read whole and to its end.
    """

    __tablename__ = "roster_states"

    context_id: Mapped[int] = mapped_column(ForeignKey("contexts.id"), primary_key=True)
    differences_url: Mapped[str | None] = mapped_column(Text)
    read_whole_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


def ensure_roster_state(session: Session, context_id: int) -> RosterState:
    """Return what is known of a course's roster, noted now if it is new."""
    insert_missing(
        session,
        RosterState,
        [{"context_id": context_id}],
        unique=("context_id",),
        returning=(RosterState.context_id,),
    )
    return session.get_one(RosterState, context_id)


def note_names(session: Session, names: Mapping[int, str]) -> None:
    """Note the names of learners (by internal id) where they differ."""
    ids = list(names)
    for start in range(0, len(ids), CHUNK):
        query = select(Learner).where(Learner.id.in_(ids[start : start + CHUNK]))
        for learner in session.scalars(query):
            if learner.name != names[learner.id]:
                learner.name = names[learner.id]
    session.flush()


def note_places(session: Session, context_id: int, places: Sequence[Place], now: datetime) -> None:
    """Note the places of learners in a course, the known and the new ones.

    ``now`` is the moment of the whole reading: of who was noted in this reading before (two
    entries of one person on two pages) the roles are put together, all else is replaced.
    """
    rows = [
        {
            "context_id": context_id,
            "learner_id": place.learner_id,
            "is_instructor": place.is_instructor,
            "is_active": place.is_active,
            "seen_at": now,
        }
        for place in places
    ]
    new = insert_missing(
        session,
        Membership,
        rows,
        unique=("context_id", "learner_id"),
        returning=(Membership.learner_id,),
    )
    fresh = {row[0] for row in new}
    alike: dict[tuple[bool, bool], list[int]] = defaultdict(list)
    for place in places:
        if place.learner_id not in fresh:
            alike[place.is_instructor, place.is_active].append(place.learner_id)
    for (is_instructor, is_active), learner_ids in alike.items():
        for start in range(0, len(learner_ids), CHUNK):
            session.execute(
                update(Membership)
                .where(
                    Membership.context_id == context_id,
                    Membership.learner_id.in_(learner_ids[start : start + CHUNK]),
                )
                .values(
                    is_instructor=_or_before(Membership.is_instructor, is_instructor, now),
                    is_active=_or_before(Membership.is_active, is_active, now),
                    seen_at=now,
                )
                .execution_options(synchronize_session=False)
            )


def _or_before(
    column: InstrumentedAttribute[bool],
    value: bool,  # noqa: FBT001
    now: datetime,
) -> ColumnElement[bool]:
    return case((and_(Membership.seen_at == now, column), true()), else_=literal(value))


def list_teaching_now(session: Session, context_id: int, now: datetime) -> set[int]:
    """Return the ids of those who have a teacher's session open in a course.

    A platform may let somebody teach by a right of the whole site and still list them in the
    course as a learner, or not at all; their launch is the better witness.
    """
    query = select(LaunchSession.learner_id).where(
        LaunchSession.context_id == context_id,
        LaunchSession.is_instructor,
        LaunchSession.expires_at > now,
    )
    return set(session.scalars(query))


def list_unlisted(session: Session, context_id: int, since: datetime) -> list[int]:
    """Return the learners who are in a course and were not noted since a reading began."""
    query = select(Membership.learner_id).where(
        Membership.context_id == context_id,
        Membership.is_active,
        Membership.is_instructor.is_(False),
        Membership.seen_at < since,
    )
    return list(session.scalars(query))


def note_left(session: Session, context_id: int, learner_ids: Sequence[int]) -> None:
    """Note that learners have left a course. Awards stay."""
    for start in range(0, len(learner_ids), CHUNK):
        session.execute(
            update(Membership)
            .where(
                Membership.context_id == context_id,
                Membership.learner_id.in_(learner_ids[start : start + CHUNK]),
            )
            .values(is_active=False)
            .execution_options(synchronize_session=False)
        )
