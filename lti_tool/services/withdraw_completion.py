"""Withdraw a completion that was entered by mistake; ask about awards that rested on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.errors import InvalidInputError, NotFoundError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.awards import Award, add_review, list_awards
from lti_tool.persistence.base import Database
from lti_tool.persistence.completions import add_withdrawal, get_completion
from lti_tool.persistence.learners import lock_learners
from lti_tool.persistence.snapshots import load_records, load_rules
from lti_tool.solver import solver
from stacking_rules import LearnerRecord, roll_up


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """How many awards now wait for a person's decision."""

    reviews: int


def withdraw_completion(
    database: Database,
    *,
    institution_id: int,
    completion_uuid: UUID,
    reason: str,
    actor: str,
    now: datetime,
    context_id: int | None = None,
    withdrawn_by: int | None = None,
) -> Withdrawn:
    """Undo a completion by a second record and re-solve the awards of its learner.

    An award that is still explained by what is left stands; one that is not is listed for
    review, never removed. With ``context_id`` only a completion recorded in that course is
    found (``NotFoundError``). ``InvalidInputError`` without a reason, ``ConflictError`` when it
    was withdrawn before.
    """
    if not reason.strip():
        raise InvalidInputError("Say why the completion is withdrawn.", field="reason")
    with database.writing() as session:
        completion = get_completion(session, institution_id, completion_uuid)
        if context_id is not None and completion.context_id != context_id:
            raise NotFoundError("There is no such completion in this course.")
        lock_learners(session, [completion.learner_id])
        withdrawal = add_withdrawal(session, completion.id, reason.strip(), withdrawn_by, now)
        lost = _unexplained(session, institution_id, completion.learner_id, now)
        for award in lost:
            add_review(session, award.id, withdrawal.id, reason.strip(), now)
        add_event(
            session,
            institution_id=institution_id,
            actor=actor,
            action="completion.withdrawn",
            at=now,
            subject=str(completion_uuid),
            detail={"reviews": [str(award.uuid) for award in lost]},
        )
    return Withdrawn(len(lost))


def _unexplained(
    session: Session, institution_id: int, learner_id: int, now: datetime
) -> list[Award]:
    """Return the learner's awards that do not follow from the completions that are left."""
    rules = load_rules(session, institution_id)
    facts = load_records(session, [learner_id])[learner_id]
    bare = LearnerRecord(facts.completions)
    left = roll_up(
        rules.stacks,
        bare,
        as_of=now.date(),
        known_on=now,
        credits_of=rules.credits_of,
        solver=solver(),
    )
    still = {new.stack.key for new in left.new_awards}
    return [
        award
        for award, achievement in list_awards(session, [learner_id])
        if achievement.key not in still
    ]
