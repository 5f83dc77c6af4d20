"""Use case: show a learner, or a registrar, what was handed in and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.completions import Completion
from lti_tool.persistence.equivalencies import Equivalency
from lti_tool.persistence.learners import Learner
from lti_tool.persistence.outside_credentials import (
    OutsideCredential,
    OutsideState,
    list_decisions,
    list_in_course,
    list_outside,
)
from lti_tool.persistence.readings import NAMELESS, AchievementOption, read_options
from lti_tool.recognising.deciding import equivalency_of

WAITING = (OutsideState.WAITING, OutsideState.UNCHECKED)
DECIDED = (OutsideState.RECOGNISED, OutsideState.DECLINED)
MOST_SHOWN = 50
"""Credentials in one part of the registrar's page."""


@dataclass(frozen=True, slots=True)
class DecisionView:
    """One decision; ``decided_by`` is empty where an equivalency decided by itself."""

    state: str
    reason: str
    decided_by: str
    decided_at: datetime
    achievement: Achievement | None
    completion: Completion | None


@dataclass(frozen=True, slots=True)
class Prefill:
    """What the institution said before of credentials of this kind."""

    achievement: Achievement
    equivalency: Equivalency


@dataclass(frozen=True, slots=True)
class OutsideView:
    """A credential that was handed in: what it says, what the check found, what was decided."""

    uuid: UUID
    learner_uuid: UUID
    learner_name: str
    outcome: str
    reasons: tuple[str, ...]
    told: dict[str, Any]
    issuer: str
    form: str
    sha256: str
    state: str
    remark: str
    handed_in_at: datetime
    checked_at: datetime
    changed_at: datetime | None
    decisions: tuple[DecisionView, ...]
    prefill: Prefill | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """The registrar's page: what changed since it was recognised, what waits, what is decided."""

    changed: tuple[OutsideView, ...]
    waiting: tuple[OutsideView, ...]
    decided: tuple[OutsideView, ...]
    options: tuple[AchievementOption, ...]


def show_outside_credentials(database: Database, *, learner_id: int) -> tuple[OutsideView, ...]:
    """Return what a learner handed in, the latest first. Nothing is written."""
    with database.reading() as session:
        learner = session.get_one(Learner, learner_id)
        return tuple(_view(session, row, learner) for row in list_outside(session, learner_id))


def show_desk(database: Database, *, institution_id: int, context_id: int) -> Desk:
    """Return what learners of a course handed in: what waits longest, what was decided last."""
    with database.reading() as session:

        def found(states: tuple[str, ...], **which: bool) -> tuple[OutsideView, ...]:
            rows = list_in_course(session, context_id, states, limit=MOST_SHOWN, **which)
            return tuple(_view(session, row, learner, is_desk=True) for row, learner in rows)

        return Desk(
            changed=found(DECIDED, is_changed=True),
            waiting=found(WAITING),
            decided=found(DECIDED, latest_first=True),
            options=read_options(session, institution_id, context_id),
        )


def _view(
    session: Session, row: OutsideCredential, learner: Learner, *, is_desk: bool = False
) -> OutsideView:
    found = equivalency_of(session, row) if is_desk else None
    return OutsideView(
        uuid=row.uuid,
        learner_uuid=learner.uuid,
        learner_name=learner.name or NAMELESS,
        outcome=row.outcome,
        reasons=tuple(row.reasons),
        told=row.told,
        issuer=row.issuer,
        form=row.form,
        sha256=row.sha256,
        state=row.state,
        remark=row.remark,
        handed_in_at=row.handed_in_at,
        checked_at=row.checked_at,
        changed_at=row.changed_at,
        decisions=tuple(
            DecisionView(
                decision.state,
                decision.reason,
                "" if person is None else person.name or NAMELESS,
                decision.decided_at,
                achievement,
                completion,
            )
            for decision, achievement, completion, person in list_decisions(session, row.id)
        ),
        prefill=None
        if found is None
        else Prefill(session.get_one(Achievement, found.achievement_id), found),
    )
