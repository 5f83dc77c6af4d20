"""Entering a code: whose it is, and how often somebody may be wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.errors import InvalidInputError
from lti_tool.persistence.audit import add_event, count_events
from lti_tool.persistence.joined_accounts import find_code, list_person
from lti_tool.persistence.learners import get_learner, lock_name
from lti_tool.translating import marked
from lti_tool.wallets.codes import LIFE, MOST_WRONG, hash_code

WRONG = "joining-code-wrong"
NO_SUCH = marked(
    "There is no such code, or it is used or older than ten minutes. Make a new one there."
)
TOO_OFTEN = marked(
    "Too many wrong codes from this account. Wait ten minutes, then make a new one there."
)
OWN = marked("This is the code of this very account. Enter it in your other account.")
JOINED = marked("These accounts are joined already.")


@dataclass(frozen=True, slots=True)
class Entered:
    """What entering a code came to: the account that made it, or a sentence why not."""

    learner_id: int | None
    refusal: str = ""

    def get(self) -> int:
        """Return the internal id of the account; ``InvalidInputError`` when it was refused."""
        if self.learner_id is None:
            raise InvalidInputError(self.refusal, code="joining-code", field="code")
        return self.learner_id


def enter_code(
    session: Session, secret_key: bytes, learner_id: int, typed: str, now: datetime
) -> Entered:
    """Find the account of a code. A wrong code is written down, so the caller has to commit."""
    learner = get_learner(session, learner_id)
    # One after the other: many at once must not all see the same count.
    lock_name(session, f"joining:{learner_id}")
    actor = str(learner.uuid)
    if count_events(session, actor, WRONG, now - LIFE) >= MOST_WRONG:
        return Entered(None, TOO_OFTEN)
    code_hash = hash_code(secret_key, learner.institution_id, typed)
    found = find_code(session, learner.institution_id, code_hash, now)
    if found is None:
        add_event(session, institution_id=learner.institution_id, actor=actor, action=WRONG, at=now)
        return Entered(None, NO_SUCH)
    if found.learner_id == learner_id:
        return Entered(None, OWN)
    if found.learner_id in list_person(session, learner_id):
        return Entered(None, JOINED)
    return Entered(found.learner_id)
