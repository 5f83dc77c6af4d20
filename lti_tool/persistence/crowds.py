"""The facts of all learners of an institution as columns, some thousand learners at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.persistence.award_terms import list_sharers, rules_with_terms
from lti_tool.persistence.awards import Award, AwardRevocation
from lti_tool.persistence.catalog import Achievement, StackVersion
from lti_tool.persistence.crowd_rows import Rows, read_rows
from lti_tool.persistence.exceptions import list_excepted
from lti_tool.persistence.learners import Learner
from lti_tool.persistence.snapshots import Origins, Told
from stacking_rules import Grade
from stacking_rules.cohort.columns import Columns, Kind
from stacking_rules.cohort.gather import Gathering


@dataclass(frozen=True, slots=True)
class Crowd:
    """Some learners (their internal ids) and what counts of them, in the same order."""

    ids: Sequence[int]
    columns: Columns


def stream_crowds(
    session: Session,
    institution_id: int,
    *,
    as_of: date,
    known_on: datetime,
    size: int,
    after: int = 0,
) -> Iterator[Crowd]:
    """Yield all learners of an institution who have completed anything, ``size`` at most at a time.

    They begin after the learner with the internal id ``after``. ``as_of`` and ``known_on``
    (aware) are those of an evaluation. Each crowd is read when it is asked for.
    """
    reading = _Reading(session, institution_id, as_of, known_on)
    while (last := _last_of(session, institution_id, after, size)) is not None:
        rows = read_rows(
            session, institution_id, first=after + 1, last=last, as_of=as_of, known_on=known_on
        )
        if len(rows.learners):
            yield reading.crowd(rows, after + 1, last)
        after = last


def _last_of(session: Session, institution_id: int, after: int, size: int) -> int | None:
    """Return the last of the next ``size`` learners; None where there is nobody any more."""
    query = (
        select(Learner.id)
        .where(Learner.institution_id == institution_id, Learner.id > after)
        .order_by(Learner.id)
        .limit(size)
    )
    found = session.scalars(query).all()
    return found[-1] if found else None


class _Reading:
    """Turns rows of completions and awards into columns; what many share is read once."""

    def __init__(
        self, session: Session, institution_id: int, as_of: date, known_on: datetime
    ) -> None:
        self.session, self.institution_id = session, institution_id
        self.as_of, self.known_on = as_of, known_on
        self.origins = Origins(session)
        self.keys: dict[int, str] = {}

    def crowd(self, rows: Rows, first: int, last: int) -> Crowd:
        """Return the crowd of the learners of ``rows``, whose ids are from ``first`` to ``last``.

        Who has an exception, or more than columns say, is looked at as a whole.
        """
        ids, owners = np.unique(rows.learners, return_inverse=True)
        gathering = Gathering(self.as_of, len(ids))
        self._add_completions(gathering, rows, owners)
        excepted = list_excepted(self.session, self.institution_id, first, last)
        gathering.mark_rare(np.flatnonzero(np.isin(ids, excepted)))
        number = {learner_id: index for index, learner_id in enumerate(ids.tolist())}
        self._add_awards(gathering, number, first, last)
        return Crowd(list(number), gathering.columns())

    def _add_completions(self, gathering: Gathering, rows: Rows, owners: Any) -> None:
        kinds: list[Kind] = []
        is_award = np.zeros(len(rows.kinds), np.bool_)
        for index, (achievement_id, worth, attributes) in enumerate(rows.kinds):
            key, row = self._key(achievement_id), Told(self.institution_id, attributes)
            is_award[index] = self.origins.is_award(row, key)
            kinds.append(Kind(key, credits=Decimal(worth), attributes=self.origins.attributes(row)))
        gathering.mark_rare(owners[is_award[rows.kind]])
        counts = rows.counts & ~is_award[rows.kind]
        grades = [None if g is None else Grade(Decimal(g), scale) for g, scale in rows.grades]
        gathering.add_batch(
            owners[counts],
            (kinds, rows.kind[counts]),
            (grades, rows.grade[counts]),
            rows.day[counts],
        )

    def _key(self, achievement_id: int) -> str:
        if achievement_id not in self.keys:
            query = select(Achievement.id, Achievement.key).where(
                Achievement.institution_id == self.institution_id
            )
            self.keys = {row.id: row.key for row in self.session.execute(query)}
        return self.keys[achievement_id]

    def _add_awards(
        self, gathering: Gathering, number: dict[int, int], first: int, last: int
    ) -> None:
        awards = [row for row in self._awards(first, last) if row.learner_id in number]
        # An award that ends, or that debits what it counted, says so by its own rule.
        versions = {row.stack_version_id: row.version_uuid for row in awards}
        ending = rules_with_terms(self.session, versions)
        for row in awards:
            is_known = row.awarded_on <= self.as_of and row.recorded_at <= self.known_on
            if row.revoked is not None or not is_known or row.stack_version_id in ending:
                gathering.mark_rare([number[row.learner_id]])
                continue
            said = self.origins.local(row.institution_id)
            kind = Kind(row.key, "award", row.credits, attributes=said)
            gathering.add(number[row.learner_id], kind, row.awarded_on)
        # Two awards that counted the same do not both count in a third: columns do not know.
        sharers = list_sharers(self.session, [(row.learner_id, row.id) for row in awards])
        gathering.mark_rare([number[learner_id] for learner_id in sorted(sharers)])

    def _awards(self, first: int, last: int) -> Sequence[Any]:
        query = (
            select(
                Award.id,
                Award.learner_id,
                Award.institution_id,
                Award.stack_version_id,
                StackVersion.uuid.label("version_uuid"),
                Award.awarded_on,
                Award.recorded_at,
                Achievement.key,
                Achievement.credits,
                AwardRevocation.id.label("revoked"),
            )
            .join(Achievement, Achievement.id == Award.achievement_id)
            .join(StackVersion, StackVersion.id == Award.stack_version_id)
            .outerjoin(AwardRevocation, AwardRevocation.award_id == Award.id)
            .where(
                Award.learner_id.between(first, last),
                Award.institution_id == self.institution_id,
            )
        )
        return self.session.execute(query).all()
