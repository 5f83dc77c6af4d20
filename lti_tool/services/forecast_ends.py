"""Use case: say which awards of an institution end soon, and where a renewal is foreseen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.snapshots import load_records, load_rules
from lti_tool.persistence.sweeps import count_learners_with_facts, list_learners_after

PORTION = 500


@dataclass(frozen=True, slots=True)
class Ending:
    """So many ``learners`` hold the award of a stack for the last time on the day before ``on``.

    Who has renewed it already is not among them. ``can_renew``: the rule in force says how.
    """

    on: date
    stack: str
    learners: int
    can_renew: bool


def forecast_ends(
    database: Database,
    *,
    institution_key: str,
    days: int,
    now: datetime,
    tell: Callable[[int, int], None] = lambda _done, _total: None,
) -> tuple[Ending, ...]:
    """Return the ends of the next ``days`` days in order; ``tell`` hears of learners done, total.

    ``NotFoundError`` for an institution that there is not.
    """
    last = now.date() + timedelta(days=days)
    found: Counter[tuple[date, str]] = Counter()
    with database.reading() as session:
        institution_id = get_institution(session, institution_key).id
        rules = load_rules(session, institution_id)
        keys = {stack.key: stack.renewal is not None for stack in rules.stacks}
        total, done = count_learners_with_facts(session, institution_id), 0
        for ids in _portions(session, institution_id):
            for record in load_records(session, ids).values():
                latest: dict[str, date | None] = {}
                for award in sorted(record.awards, key=lambda award: award.on):
                    if award.achievement in keys and award.recorded_at <= now:
                        latest[award.achievement] = award.valid_until
                ends = {(on, key) for key, on in latest.items() if on and now.date() < on <= last}
                found.update(ends)
            done += len(ids)
            tell(done, total)
    return tuple(Ending(on, key, count, keys[key]) for (on, key), count in sorted(found.items()))


def _portions(session: Session, institution_id: int) -> Iterator[list[int]]:
    after = 0
    while ids := list(list_learners_after(session, institution_id, after, PORTION)):
        yield ids
        after = ids[-1]
