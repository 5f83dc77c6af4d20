"""Whole pages of a platform's roster, written a few hundred members at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.persistence.base import CHUNK, insert_missing
from lti_tool.persistence.learners import Learner, Membership
from lti_tool.persistence.sessions import LaunchSession


@dataclass(frozen=True, slots=True)
class Place:
    """A learner's place in a course as a roster tells it."""

    learner_id: int
    is_instructor: bool
    is_active: bool


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
    """Note the places of learners in a course, the known and the new ones."""
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
    insert_missing(
        session,
        Membership,
        rows,
        unique=("context_id", "learner_id"),
        returning=(Membership.id,),
    )
    alike: dict[tuple[bool, bool], list[int]] = defaultdict(list)
    for place in places:
        alike[place.is_instructor, place.is_active].append(place.learner_id)
    for (is_instructor, is_active), learner_ids in alike.items():
        for start in range(0, len(learner_ids), CHUNK):
            session.execute(
                update(Membership)
                .where(
                    Membership.context_id == context_id,
                    Membership.learner_id.in_(learner_ids[start : start + CHUNK]),
                )
                .values(is_instructor=is_instructor, is_active=is_active, seen_at=now)
                .execution_options(synchronize_session=False)
            )


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


def deactivate_unlisted(session: Session, context_id: int, listed: Collection[int]) -> int:
    """Note that learners who are not among ``listed`` have left; return how many. Awards stay."""
    query = select(Membership).where(
        Membership.context_id == context_id,
        Membership.is_active,
        Membership.is_instructor.is_(False),
    )
    gone = [member for member in session.scalars(query) if member.learner_id not in listed]
    for member in gone:
        member.is_active = False
    session.flush()
    return len(gone)
