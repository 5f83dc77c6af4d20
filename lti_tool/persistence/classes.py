"""The learners of one course, filtered, sorted and a page at a time: for courses of thousands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, func, select
from sqlalchemy.orm import Session

from lti_tool.persistence.awards import Award, AwardReview, AwardRevocation
from lti_tool.persistence.base import CHUNK
from lti_tool.persistence.completions import Completion, Evidence, Withdrawal
from lti_tool.persistence.courses import Context
from lti_tool.persistence.learners import Learner, Membership
from lti_tool.persistence.platforms import Deployment
from lti_tool.persistence.sessions import LaunchSession
from lti_tool.persistence.standings import StoredStanding

ESCAPE = "\\"


class Where(StrEnum):
    """Where a learner stands in one stack, as far as a list is filtered by it.

    HELD: the award. IN_REVIEW: an award under review, or evidence that waits for a decision.
    NOTHING: nothing completed that the stack asks for. CLOSE: one step is missing.
    STALLED: something is completed, the award is not held, and nothing came for a long time.
    """

    HELD = "held"
    CLOSE = "close"
    STALLED = "stalled"
    NOTHING = "nothing"
    IN_REVIEW = "in-review"


class Order(StrEnum):
    """How a list is sorted; LATEST has who completed something last on top."""

    NAME = "name"
    LATEST = "latest"
    PROGRESS = "progress"


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A learner of the course; ``latest_on`` is the day of the last completion anywhere."""

    id: int
    uuid: UUID
    name: str | None
    is_active: bool
    latest_on: date | None = None


@dataclass(frozen=True, slots=True)
class ClassPage:
    """Some learners of a course, of ``total`` that match."""

    rows: tuple[ClassRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Filter:
    """Which learners, by one stack: its id, what it asks for (ids), and where they stand."""

    stack_id: int
    asked_for: frozenset[int]
    where: Where
    stalled_since: date


def find_page(
    session: Session,
    context_id: int,
    *,
    name: str = "",
    filtered: Filter | None = None,
    only: int | None = None,
    without: Collection[int] = (),
    is_active: bool = False,
    order: Order = Order.NAME,
    sorted_by_stack: int | None = None,
    offset: int = 0,
    limit: int,
) -> ClassPage:
    """Return a page of the learners of a course: two statements, however large the course is.

    ``name`` is a part of the name. ``only`` is one learner, ``without`` are those to leave out;
    ``is_active`` leaves out who has left. ``sorted_by_stack`` is the stack whose progress sorts
    (Order.PROGRESS).
    """
    wanted = _conditions(context_id, name, filtered, is_active=is_active)
    if only is not None:
        wanted.append(Learner.id == only)
    if without:
        wanted.append(Learner.id.not_in(sorted(without)))
    base = select(Learner.id).join(Membership, Membership.learner_id == Learner.id).where(*wanted)
    total = session.scalar(select(func.count()).select_from(base.subquery())) or 0
    latest = (
        select(func.max(Completion.completed_on))
        .outerjoin(Withdrawal, Withdrawal.completion_id == Completion.id)
        .where(Completion.learner_id == Learner.id, Withdrawal.id.is_(None))
        .correlate(Learner)
        .scalar_subquery()
    )
    query: Select[*tuple[Any, ...]] = (
        select(Learner.id, Learner.uuid, Learner.name, Membership.is_active, latest)
        .join(Membership, Membership.learner_id == Learner.id)
        .where(*wanted)
    )
    query = _sorted(query, order, latest, sorted_by_stack)
    rows = session.execute(query.offset(offset).limit(limit))
    return ClassPage(tuple(ClassRow(*row) for row in rows), total)


def _sorted(
    query: Select[*tuple[Any, ...]],
    order: Order,
    latest: ScalarSelect[Any],
    stack_id: int | None,
) -> Select[*tuple[Any, ...]]:
    by_name = (func.coalesce(Learner.name, ""), Learner.id)
    if order is Order.LATEST:
        # Who has nothing comes last on both databases.
        return query.order_by(latest.is_(None), latest.desc(), *by_name)
    if order is Order.PROGRESS and stack_id is not None:
        steps = (
            select(StoredStanding.steps)
            .where(StoredStanding.learner_id == Learner.id, StoredStanding.stack_id == stack_id)
            .correlate(Learner)
            .scalar_subquery()
        )
        return query.order_by(steps.is_(None), steps, *by_name)
    return query.order_by(*by_name)


def _conditions(
    context_id: int, name: str, filtered: Filter | None, *, is_active: bool
) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [
        Membership.context_id == context_id,
        Membership.is_instructor.is_(False),
    ]
    if is_active:
        wanted.append(Membership.is_active.is_(True))
    if name:
        pattern = name.replace(ESCAPE, ESCAPE * 2).replace("%", r"\%").replace("_", r"\_")
        wanted.append(Learner.name.ilike(f"%{pattern}%", escape=ESCAPE))
    if filtered is not None:
        wanted.extend(_standing(context_id, filtered))
    return wanted


def _standing(context_id: int, filtered: Filter) -> list[ColumnElement[bool]]:
    held = _holds(filtered.stack_id)
    if filtered.where is Where.HELD:
        return [held]
    if filtered.where is Where.IN_REVIEW:
        return [_in_review(filtered.stack_id) | _waits(context_id, filtered.asked_for)]
    if filtered.where is Where.NOTHING:
        return [~held, ~_has_completed(filtered.asked_for)]
    if filtered.where is Where.STALLED:
        return [
            ~held,
            _has_completed(filtered.asked_for),
            ~_has_completed(filtered.asked_for, since=filtered.stalled_since),
        ]
    close = exists().where(
        StoredStanding.learner_id == Learner.id,
        StoredStanding.stack_id == filtered.stack_id,
        StoredStanding.status != "met",
        StoredStanding.steps == 1,
        StoredStanding.latest_on.is_not(None),
    )
    return [~held, close]


def _holds(stack_id: int) -> ColumnElement[bool]:
    revoked = select(AwardRevocation.award_id)
    return exists().where(
        Award.learner_id == Learner.id, Award.stack_id == stack_id, Award.id.not_in(revoked)
    )


def _in_review(stack_id: int) -> ColumnElement[bool]:
    return exists().where(
        Award.learner_id == Learner.id,
        Award.stack_id == stack_id,
        AwardReview.award_id == Award.id,
        AwardReview.state == "open",
    )


def _waits(context_id: int, asked_for: frozenset[int]) -> ColumnElement[bool]:
    return exists().where(
        Evidence.learner_id == Learner.id,
        Evidence.context_id == context_id,
        Evidence.state == "submitted",
        Evidence.achievement_id.in_(sorted(asked_for)),
    )


def _has_completed(asked_for: frozenset[int], *, since: date | None = None) -> ColumnElement[bool]:
    withdrawn = select(Withdrawal.completion_id)
    found = (
        exists()
        .where(
            Completion.learner_id == Learner.id,
            Completion.achievement_id.in_(sorted(asked_for)),
            Completion.id.not_in(withdrawn),
        )
        .correlate(Learner)
    )
    return found if since is None else found.where(Completion.completed_on >= since)


def list_having(session: Session, context_id: int, achievement_id: int) -> frozenset[int]:
    """Return who has this achievement recorded in a course, and not withdrawn."""
    query = (
        select(Completion.learner_id)
        .outerjoin(Withdrawal, Withdrawal.completion_id == Completion.id)
        .where(
            Completion.context_id == context_id,
            Completion.achievement_id == achievement_id,
            Withdrawal.id.is_(None),
        )
    )
    return frozenset(session.scalars(query))


def list_class_ids(session: Session, context_id: int, *, is_active: bool = False) -> list[int]:
    """Return the internal ids of the learners of a course; ``is_active``: not who has left."""
    query = select(Membership.learner_id).where(
        Membership.context_id == context_id, Membership.is_instructor.is_(False)
    )
    if is_active:
        query = query.where(Membership.is_active)
    return list(session.scalars(query.order_by(Membership.learner_id)))


def list_first_days(
    session: Session, learner_ids: Collection[int], achievement_ids: Collection[int]
) -> dict[int, date]:
    """Return the day on which each of these learners first completed one of these."""
    found: dict[int, date] = {}
    ids = sorted(learner_ids)
    for start in range(0, len(ids), CHUNK):
        query = (
            select(Completion.learner_id, func.min(Completion.completed_on))
            .outerjoin(Withdrawal, Withdrawal.completion_id == Completion.id)
            .where(
                Completion.learner_id.in_(ids[start : start + CHUNK]),
                Completion.achievement_id.in_(sorted(achievement_ids)),
                Withdrawal.id.is_(None),
            )
            .group_by(Completion.learner_id)
        )
        found |= {row[0]: row[1] for row in session.execute(query)}
    return found


def list_taught_now(session: Session, now: datetime) -> list[tuple[int, int]]:
    """Return (context, institution) of each course that somebody of its staff has open."""
    query = (
        select(Context.id, Deployment.institution_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(LaunchSession, LaunchSession.context_id == Context.id)
        .where(
            LaunchSession.is_instructor,
            LaunchSession.expires_at > now,
            Deployment.institution_id.is_not(None),
        )
        .distinct()
        .order_by(Context.id)
    )
    return [(row[0], row[1]) for row in session.execute(query) if row[1] is not None]
