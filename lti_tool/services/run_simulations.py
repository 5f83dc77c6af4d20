"""Use case: compute, some learners at a time, what the publication of drafts would do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.building.reviewed import whole_text
from lti_tool.building.simulated import base_of
from lti_tool.errors import QuoinError
from lti_tool.persistence.base import Database
from lti_tool.persistence.simulations import Simulation, find_waiting, keep_portion
from lti_tool.persistence.stack_drafts import StackDraft
from lti_tool.persistence.sweeps import count_learners_with_facts
from lti_tool.simulating import (
    change_of,
    day_of,
    from_plain,
    published_rules,
    rules_of,
    simulate_institution,
    to_plain,
)
from lti_tool.solver import solver
from lti_tool.stack_text import document_of
from stacking_rules import StackError
from stacking_rules.cohort.changing import RuleChange
from stacking_rules.cohort.tally import Totals, add_up, explainer

PORTION = 10_000
"""Learners at a time: about a second; what is broken off goes on after the last portion."""
NAMES = 5
"""Learners named for each effect and requirement."""

CHANGED = "The draft, or what is published, was changed while this was computed. Simulate it again."


def run_next_simulation(database: Database, *, now: datetime) -> bool:
    """Compute a portion of the simulation that waits longest; return whether there was any.

    Nothing is locked meanwhile. Where somebody began it anew, what was computed is thrown away.
    """
    with database.reading() as session:
        row = find_waiting(session)
        if row is None:
            return False
        values = _portion(session, row, now)
    with database.writing() as session:
        keep_portion(session, row, values)
    return True


def _portion(session: Session, row: Simulation, now: datetime) -> dict[str, Any]:
    draft = session.get_one(StackDraft, row.draft_id)
    if draft.revision != row.revision or base_of(session, row.institution_id) != row.base:
        return {"trouble": CHANGED, "finished_at": now}
    try:
        document = document_of(whole_text(session, draft))
        change = change_of(published_rules(session, row.institution_id), rules_of(document))
        totals = from_plain(row.result)
        looked_at = _add(session, row, change, totals)
    except (QuoinError, StackError, RecursionError) as error:
        return {"trouble": str(error), "finished_at": now}
    values = {
        "total": row.total or count_learners_with_facts(session, row.institution_id),
        "result": to_plain(change, totals),
    }
    if looked_at is None:
        return {**values, "finished_at": now}
    last, count = looked_at
    return {**values, "after_learner_id": last, "learners": row.learners + count}


def _add(
    session: Session, row: Simulation, change: RuleChange, totals: Totals
) -> tuple[int, int] | None:
    """Add a portion; return its last learner and how many there were, None after the last one."""
    when = day_of(session, row.institution_id, row.asked_at)
    portions = simulate_institution(
        session,
        row.institution_id,
        change,
        when,
        size=PORTION,
        after=row.after_learner_id,
    )
    for ids, crowd, outcomes in portions:
        why = explainer(change, crowd, when, solver())
        add_up(totals, outcomes, ids.__getitem__, NAMES, why)
        return ids[-1], len(ids)
    return None
