"""Use case: award what follows from time alone.

An end that has come lets an award be earned anew, a requirement opens, a part is renewed whose
award lives by it, a stack was published since: nothing was recorded, and yet somebody qualifies.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from lti_tool.awarding import award_what_follows
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.learners import lock_learners, lock_name
from lti_tool.persistence.sweeps import (
    begin_sweep,
    count_learners_with_facts,
    find_unswept,
    list_learners_after,
)

PORTION = 100
"""Learners at a time: some tenths of a second in which others cannot write."""

ACTOR = "system:sweep"


@dataclass(frozen=True, slots=True)
class Swept:
    """How far the sweep of a day has got, of ``total`` learners of whom anything is recorded.

    ``total`` is 0 where nobody asks: counting them takes longer than looking at some.
    """

    learners: int
    awards: int
    total: int
    is_finished: bool


def sweep_next(database: Database, *, now: datetime) -> bool:
    """Look at some learners of an institution that is not through today; False if all are."""
    with database.reading() as session:
        institution_id = find_unswept(session, now.date())
    if institution_id is None:
        return False
    _sweep(database, institution_id, now, anew=False)
    return True


def sweep_institution(
    database: Database, *, institution_key: str, now: datetime, anew: bool = False
) -> Swept:
    """Look at the next learners of one institution, ``anew`` from the first one on.

    Learners are looked at in portions, each a transaction: what is broken off goes on where it
    was. ``NotFoundError`` for an institution that there is not.
    """
    with database.reading() as session:
        institution_id = get_institution(session, institution_key).id
        total = count_learners_with_facts(session, institution_id)
    return replace(_sweep(database, institution_id, now, anew=anew), total=total)


def _sweep(database: Database, institution_id: int, now: datetime, *, anew: bool) -> Swept:
    with database.writing() as session:
        lock_name(session, f"sweep:{institution_id}")
        sweep = begin_sweep(session, institution_id, now.date(), anew=anew)
        if sweep.finished_at is None:
            ids = list_learners_after(session, institution_id, sweep.after_learner_id, PORTION)
            lock_learners(session, ids)
            made = award_what_follows(session, institution_id, ids, actor=ACTOR, now=now)
            sweep.learners += len(ids)
            sweep.awards += len(made)
            if ids:
                sweep.after_learner_id = ids[-1]
            if len(ids) < PORTION:
                sweep.finished_at = now
        return Swept(sweep.learners, sweep.awards, 0, sweep.finished_at is not None)
