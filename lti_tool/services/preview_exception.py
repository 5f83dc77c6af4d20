"""Use case: show what an exception would change, before anybody confirms it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from lti_tool.excepting import Effect, NewException, draft, effect_of
from lti_tool.persistence.base import Database
from lti_tool.persistence.requests import get_learner_of
from lti_tool.persistence.snapshots import load_records, load_rules


def preview_exception(
    database: Database,
    entry: NewException,
    *,
    institution_id: int,
    learner_uuid: UUID,
    now: datetime,
) -> Effect:
    """Return the effect of ``entry`` on a learner as of ``now``; nothing is written.

    ``InvalidInputError`` names what is wrong with it, ``NotFoundError`` for a learner of others.
    """
    with database.reading() as session:
        learner = get_learner_of(session, institution_id, learner_uuid)
        rules = load_rules(session, institution_id)
        record = load_records(session, [learner.id])[learner.id]
        waiver = draft(entry, rules, record, uuid4(), "preview", now)
        return effect_of(rules, record, waiver, now)
