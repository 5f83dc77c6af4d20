"""Having a credential issued anew from what is true of its award today."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.errors import ConflictError
from lti_tool.issuing.renewing import sha256
from lti_tool.persistence.awards import Award
from lti_tool.persistence.credentials import Credential
from lti_tool.persistence.deliveries import (
    CREDENTIAL,
    add_delivery,
    find_delivery,
    promise_key,
    reopen,
)
from lti_tool.persistence.reviews import find_revocation


def promise_correction(session: Session, award: Award, held: Credential, now: datetime) -> None:
    """Promise a corrected issue of ``held``: the same id and ``awardedDate``, a new ``validFrom``.

    ``ConflictError`` for one that is revoked, or being issued now.
    """
    if find_revocation(session, award.id) is not None:
        raise ConflictError("This credential is revoked, for good.")
    payload: dict[str, object] = {"award": str(award.uuid), "replaces": sha256(held.document)}
    key = promise_key(award.uuid)
    promised = find_delivery(session, key)
    if promised is None:
        add_delivery(
            session,
            {
                "kind": CREDENTIAL,
                "key": key,
                "lane": key,
                "learner_id": award.learner_id,
                "context_id": None,
                "achievement_id": award.achievement_id,
                "payload": payload,
                "due_at": now,
                "created_at": now,
            },
        )
    elif not reopen(session, promised, payload, now):
        raise ConflictError("This credential is being issued now; try again in a moment.")
