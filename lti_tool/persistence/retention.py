"""What is past the time for which its institution keeps it: found, counted and taken away.

Awards, completions, decisions and the audit stay whatever happens here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from lti_tool.persistence.awards import Award
from lti_tool.persistence.completions import Completion, Evidence, EvidenceState
from lti_tool.persistence.exceptions import GrantedException
from lti_tool.persistence.joined_accounts import JoinedAccount
from lti_tool.persistence.learners import Identity, Learner, Membership
from lti_tool.persistence.news import LearnerNews
from lti_tool.persistence.outside_credentials import (
    OutsideCredential,
    OutsideState,
    Recognition,
)
from lti_tool.persistence.requests import Request, RequestState
from lti_tool.persistence.sessions import LaunchSession
from lti_tool.persistence.stack_drafts import DraftRevision

Found = Select[int]


def past(kind: str, institution_id: int, limit: datetime) -> Found:
    """Return the query for the internal ids of what of a kind (``retaining.KINDS``) goes."""
    return _QUERIES[kind](institution_id, limit)


def count_past(session: Session, query: Found) -> int:
    """Return how many there are."""
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def first_past(session: Session, query: Found, most: int) -> list[int]:
    """Return the first of them; what was taken away before is not among them."""
    return list(session.scalars(query.limit(most)))


def empty(session: Session, kind: str, ids: Sequence[int]) -> None:
    """Take away what of a kind is past its time; learners are erased by whoever calls."""
    if kind == "news":
        session.execute(delete(LearnerNews).where(LearnerNews.id.in_(ids)))
    else:
        table, values = _EMPTIED[kind]
        session.execute(update(table).where(table.id.in_(ids)).values(**values))


_EMPTIED: dict[str, tuple[Any, dict[str, Any]]] = {
    "returned-evidence": (Evidence, {"text": "", "url": None, "decision_note": ""}),
    "declined-documents": (OutsideCredential, {"document": b"", "next_check_at": None}),
    "answered-requests": (Request, {"text": "", "url": "", "answer": ""}),
}


def _evidence(institution_id: int, limit: datetime) -> Found:
    has_words = or_(Evidence.text != "", Evidence.url.is_not(None), Evidence.decision_note != "")
    return (
        select(Evidence.id)
        .join(Learner, Learner.id == Evidence.learner_id)
        .where(
            Learner.institution_id == institution_id,
            Evidence.state == EvidenceState.RETURNED,
            Evidence.decided_at < limit,
            has_words,
        )
        .order_by(Evidence.id)
    )


def _documents(institution_id: int, limit: datetime) -> Found:
    decided = Recognition.outside_credential_id == OutsideCredential.id
    return (
        select(OutsideCredential.id)
        .where(
            OutsideCredential.institution_id == institution_id,
            OutsideCredential.state == OutsideState.DECLINED,
            func.length(OutsideCredential.document) > 0,
            OutsideCredential.checked_at < limit,
            ~exists().where(decided, Recognition.decided_at >= limit),
        )
        .order_by(OutsideCredential.id)
    )


def _requests(institution_id: int, limit: datetime) -> Found:
    return (
        select(Request.id)
        .where(
            Request.institution_id == institution_id,
            Request.state != RequestState.OPEN,
            Request.decided_at < limit,
            or_(Request.text != "", Request.url != "", Request.answer != ""),
        )
        .order_by(Request.id)
    )


def _news(institution_id: int, limit: datetime) -> Found:
    return (
        select(LearnerNews.id)
        .where(LearnerNews.institution_id == institution_id, LearnerNews.created_at < limit)
        .order_by(LearnerNews.id)
    )


def _learners(institution_id: int, limit: datetime) -> Found:
    """Learners with an identity, without awards, whom nothing has been heard of since ``limit``.

    Staff stay, since others' decisions name them, and who has joined accounts: the other one may
    hold the award. Exceptions that somebody granted stay with the person, too.
    """
    mine = Learner.id
    heard = [
        and_(
            Membership.learner_id == mine,
            or_(Membership.is_instructor, _since(Membership.seen_at, limit)),
        ),
        LaunchSession.learner_id == mine,
        and_(Completion.learner_id == mine, _since(Completion.recorded_at, limit)),
        and_(Evidence.learner_id == mine, _since(Evidence.submitted_at, limit)),
        and_(Request.learner_id == mine, _since(Request.asked_at, limit)),
        and_(OutsideCredential.learner_id == mine, _since(OutsideCredential.handed_in_at, limit)),
        Award.learner_id == mine,
        JoinedAccount.learner_id == mine,
        GrantedException.learner_id == mine,
        Completion.recorded_by == mine,
        Evidence.decided_by == mine,
        DraftRevision.author_id == mine,
    ]
    return (
        select(Learner.id)
        .where(
            Learner.institution_id == institution_id,
            Learner.created_at < limit,
            exists().where(Identity.learner_id == mine),
            *(~exists().where(one) for one in heard),
        )
        .order_by(Learner.id)
    )


def _since(column: Any, limit: datetime) -> Any:
    return column >= limit


_QUERIES = {
    "returned-evidence": _evidence,
    "declined-documents": _documents,
    "answered-requests": _requests,
    "news": _news,
    "inactive-learners": _learners,
}
