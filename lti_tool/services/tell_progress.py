"""Use case: tell another system where one of its people stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from lti_tool.errors import NotFoundError
from lti_tool.lti.registrations import authority_of_issuer
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.learners import find_learners, get_learner
from lti_tool.signatures import Caller
from lti_tool.solver import solver
from lti_tool.standing_views import FactView, StackView, Standing, read_standing
from stacking_rules import Status, next_change

__all__ = ["FactView", "StackView", "ToldProgress", "tell_progress"]


@dataclass(frozen=True, slots=True)
class ToldProgress:
    """One person in the stacks of the institution, or in the one that was asked for.

    ``learner_uuid`` is None for somebody of whom nothing is recorded yet. ``met_until`` has,
    by stack, the first day on which what is met now is met no longer.
    """

    learner_uuid: UUID | None
    as_of: date
    stacks: tuple[StackView, ...]
    met_until: Mapping[str, date]
    names: Mapping[str, str]
    facts: Mapping[str, FactView]


def tell_progress(
    database: Database,
    caller: Caller,
    *,
    issuer: str,
    subject: str,
    stack_key: str | None = None,
    now: datetime,
) -> ToldProgress:
    """Return where the person stands whom ``issuer`` calls ``subject``; nothing is written.

    Somebody new has an empty record, and stands at the beginning of every stack.
    ``ForbiddenError`` for an issuer that the key does not speak for, ``NotFoundError`` for an
    unknown stack.
    """
    caller.check_issuer(issuer)
    institution_id = caller.institution_id
    with database.reading() as session:
        known = find_learners(session, institution_id, authority_of_issuer(issuer), [subject])
        learner_id = known.get(subject)
        names = {a.key: a.name for a in list_achievements(session, institution_id)}
        standing = read_standing(session, institution_id, learner_id, names, now)
        stacks = tuple(s for s in standing.stacks if stack_key in (None, s.key))
        if stack_key is not None and not stacks:
            raise NotFoundError("There is no such stack.", code="unknown-stack")
        return ToldProgress(
            learner_uuid=None if learner_id is None else get_learner(session, learner_id).uuid,
            as_of=now.date(),
            stacks=stacks,
            met_until=_met_until(standing, stacks, now),
            names=names,
            facts=standing.facts,
        )


def _met_until(standing: Standing, stacks: tuple[StackView, ...], now: datetime) -> dict[str, date]:
    found = {}
    for stack in stacks:
        if stack.progress.status is not Status.MET:
            continue
        change = next_change(
            standing.rules.stacks,
            stack.key,
            standing.record,
            as_of=now.date(),
            known_on=now,
            credits_of=standing.rules.credits_of,
            solver=solver(),
        )
        if change is not None:
            found[stack.key] = change.on
    return found
