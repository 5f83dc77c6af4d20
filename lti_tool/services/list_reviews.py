"""Use case: list the questions whether awards still stand, with the facts beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.persistence.awards import ReviewState, list_awards, list_revoked, notes_of
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import find_names, get_institution
from lti_tool.persistence.completions import list_completions
from lti_tool.persistence.reviews import ReviewRows
from lti_tool.persistence.reviews import list_reviews as read_reviews


@dataclass(frozen=True, slots=True)
class CountedFact:
    """What an award counted: name, day, place in the rule, and whether it was taken back."""

    name: str
    on: date
    address: str
    is_award: bool
    is_gone: bool


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review with the award it is about; learners are named by their uuid alone.

    ``reason`` is why something was taken back; the decision is empty while it is open.
    """

    uuid: UUID
    institution: str
    institution_name: str
    learner: UUID
    award: UUID
    achievement: str
    awarded_on: date
    reason: str
    state: str
    opened_at: datetime
    decided_at: datetime | None
    decided_by: str
    decision_note: str
    facts: tuple[CountedFact, ...]


def list_reviews(
    database: Database,
    *,
    institution_key: str | None = None,
    within: int | None = None,
    is_open: bool = True,
) -> list[ReviewView]:
    """Return the reviews that wait for an answer, or all of them, the oldest first.

    ``within`` is the institution of an administrator who decides for no other (internal id).
    ``NotFoundError`` for an unknown institution.
    """
    states = [ReviewState.OPEN] if is_open else list(ReviewState)
    with database.reading() as session:
        if institution_key is not None:
            within = get_institution(session, institution_key).id
        return [_view(session, rows) for rows in read_reviews(session, states, within)]


def _view(session: Session, rows: ReviewRows) -> ReviewView:
    review, award = rows.review, rows.award
    return ReviewView(
        uuid=review.uuid,
        institution=rows.institution.key,
        institution_name=rows.institution.name,
        learner=rows.learner.uuid,
        award=award.uuid,
        achievement=rows.achievement.name,
        awarded_on=award.awarded_on,
        reason=review.reason,
        state=review.state,
        opened_at=review.opened_at,
        decided_at=review.decided_at,
        decided_by=review.decided_by or "",
        decision_note=review.decision_note or "",
        facts=_facts(session, rows),
    )


def _facts(session: Session, rows: ReviewRows) -> tuple[CountedFact, ...]:
    award = rows.award
    notes = notes_of(award.receipt)
    names = find_names(session, award.institution_id, {str(n["achievement"]) for n in notes})
    gone = _gone(session, award.learner_id)
    return tuple(
        CountedFact(
            name=names.get(note["achievement"], str(note["achievement"])),
            on=date.fromisoformat(str(note["on"])),
            address=str(note["address"]),
            is_award=note["kind"] == "award",
            is_gone=str(note["id"]) in gone,
        )
        for note in notes
    )


def _gone(session: Session, learner_id: int) -> set[str]:
    """Return the ids of a learner's facts that were withdrawn or revoked."""
    withdrawn = {
        str(row.uuid) for row, _, at in list_completions(session, [learner_id]) if at is not None
    }
    revoked = list_revoked(session, [learner_id])
    return withdrawn | {
        str(award.uuid) for award, _ in list_awards(session, [learner_id]) if award.id in revoked
    }
