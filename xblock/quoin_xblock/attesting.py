"""The course team's word: a member of staff says that a learner has met a competency.

It is kept under the learner's pseudonym in this course, and recorded with the learner's next visit,
or at once where the plugin is at work.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from xblock.exceptions import JsonHandlerError

from quoin_xblock.evidence import Mode
from quoin_xblock.handing_over import enqueue
from quoin_xblock.learner import Learner, course_key_of
from quoin_xblock.words import find_words


def attest(block: Any, staff: Learner, username: str, *, now: datetime) -> str:
    """Attest for the learner called ``username``; give the sentence that is said.

    ``JsonHandlerError`` 403 for anybody but staff in their own name, 400 for an unknown name.
    """
    words = find_words(block)
    if not staff.is_staff or staff.is_masquerading:
        raise JsonHandlerError(403, words.gettext("This is for the course team."))
    if block.mode != Mode.ATTESTATION or not block.competency_id:
        raise JsonHandlerError(400, words.gettext("This competency is not proved by attestation."))
    course_id, user_id = _find(block, username)
    if not course_id:
        raise JsonHandlerError(400, words.gettext("Nobody has that username."))
    if course_id not in block.attested:
        block.attested = {**block.attested, course_id: now.isoformat()}
        # Not the outbox in a state: that would be the teacher's. The learner's next visit does it.
        learner = Learner(is_anonymous=False, user_id=user_id, course_id=course_id)
        enqueue(block, learner, grade=None, at=now)
    return words.gettext("Attested for {username}.").format(username=username)


def _find(block: Any, username: str) -> tuple[str, int | None]:
    """Give the pseudonym and the number of a learner, "" for nobody."""
    service = block.runtime.service(block, "user")
    if not username:
        return "", None
    try:
        course_id = service.get_anonymous_user_id(username, str(course_key_of(block) or ""))
        user = service.get_user_by_anonymous_id(course_id) if course_id else None
    except AttributeError:
        return "", None
    return str(course_id or ""), getattr(user, "id", None)


def attested_at(block: Any, learner: Learner) -> datetime | None:
    """Give the instant of the course team's word, which is when the competency was met."""
    found = block.attested.get(learner.course_id) if block.mode == Mode.ATTESTATION else None
    return None if found is None else datetime.fromisoformat(found)
