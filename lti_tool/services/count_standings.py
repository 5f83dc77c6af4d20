"""Use case: count where all learners of an institution stand in its stacks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.crowds import stream_crowds
from lti_tool.persistence.snapshots import load_records, load_rules, load_zone
from lti_tool.solver import solver
from stacking_rules import LearnerRecord
from stacking_rules.cohort.plan import evaluate_cohort

LEARNERS = 20_000
"""Learners that are held in memory at a time."""

Counts = dict[str, dict[str, int]]
"""Key of a stack -> status -> how many learners have it."""


def count_standings(
    database: Database,
    *,
    institution_key: str,
    now: datetime,
    size: int = LEARNERS,
    advance: Callable[[int], None] = lambda _: None,
) -> Counts:
    """Return how many learners have each status in each current stack.

    Those are counted who have completed anything. The day is that of the stacks' zone;
    ``advance`` is told of learners that are done. ``NotFoundError`` without such an institution.
    """
    total: Counts = {}
    with database.reading() as session:
        institution_id = get_institution(session, institution_key).id
        rules = load_rules(session, institution_id)
        as_of = now.astimezone(ZoneInfo(load_zone(session, institution_id))).date()
        known_on = now.astimezone(UTC)
        for crowd in stream_crowds(
            session, institution_id, as_of=as_of, known_on=known_on, size=size
        ):

            def record_of(number: int, ids: tuple[int, ...] = tuple(crowd.ids)) -> LearnerRecord:
                return load_records(session, [ids[number]])[ids[number]]

            found = evaluate_cohort(
                rules.stacks,
                crowd.columns,
                record_of,
                as_of=as_of,
                known_on=known_on,
                credits_of=rules.credits_of,
                solver=solver(),
                advance=advance,
            )
            for key, each in found.counts().items():
                here = total.setdefault(key, {})
                for status, number in each.items():
                    here[status.value] = here.get(status.value, 0) + number
    return total
