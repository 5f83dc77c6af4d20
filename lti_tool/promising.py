"""What an award and a grade promise: a credential, a transcript, a score in the gradebook.

Promises are rows of the outbox, written in the transaction of what they follow from.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.persistence.awards import is_stacked
from lti_tool.persistence.courses import get_context
from lti_tool.persistence.deliveries import (
    CREDENTIAL,
    SCORE,
    TRANSCRIPT,
    add_deliveries,
    promise_key,
    transcript_key,
)

SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
FEW = 20
"""Awards made at once; the credentials of more than these are issued when there is time."""


def promise_credentials(
    session: Session, awards: Sequence[Mapping[str, Any]], now: datetime
) -> int:
    """Promise the credentials of awards (rows of them), and transcripts of those that are stacked.

    Return how many were not promised yet. Many at once wait until nothing else does.
    """
    is_bulk = len(awards) > FEW
    rows = [_promise(CREDENTIAL, promise_key, award, now, is_bulk=is_bulk) for award in awards]
    rows += [
        _promise(TRANSCRIPT, transcript_key, award, now, is_bulk=is_bulk)
        for award in awards
        if is_stacked(award["receipt"])
    ]
    return add_deliveries(session, rows)


def _promise(
    kind: str,
    key: Callable[[UUID], str],
    award: Mapping[str, Any],
    now: datetime,
    *,
    is_bulk: bool,
) -> dict[str, Any]:
    return {
        "kind": kind,
        "key": key(award["uuid"]),
        # The transcript of an award is issued after its credential.
        "lane": promise_key(award["uuid"]),
        "learner_id": award["learner_id"],
        "context_id": None,
        "achievement_id": award["achievement_id"],
        "payload": {"award": str(award["uuid"])},
        "is_bulk": is_bulk,
        "due_at": now,
        "created_at": now,
    }


def taking_scores(session: Session, context_ids: Collection[int]) -> set[int]:
    """Return those of these courses whose platform takes scores."""
    # Of each course once: ten thousand completions of an upload are of the same one.
    return {one for one in context_ids if SCORE_SCOPE in get_context(session, one).grade_scopes}


def score_delivery(
    key: str, context_id: int, row: Mapping[str, Any], given: Decimal, top: Decimal, now: datetime
) -> dict[str, Any]:
    """Return the promise of a score of ``given`` out of ``top`` in a course.

    ``key`` is unique for what it reports; ``row`` names learner and achievement.
    """
    return {
        "kind": SCORE,
        "key": key,
        "lane": f"{context_id}:{row['achievement_id']}:{row['learner_id']}",
        "learner_id": row["learner_id"],
        "context_id": context_id,
        "achievement_id": row["achievement_id"],
        "payload": {
            "score_given": format(given, "f"),
            "score_maximum": format(top, "f"),
            "at": now.isoformat(),
        },
        "due_at": now,
        "created_at": now,
    }
