"""Which version of a stack counts for a learner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from stacking_rules.evaluate import evaluate
from stacking_rules.facts import LearnerRecord
from stacking_rules.progress import Status
from stacking_rules.solving import Decide
from stacking_rules.stacks import Stack

AGREED = "agreed"
"""Learner attribute: the keys of the stacks whose newer version the learner has agreed to."""


def in_force(versions: Sequence[Stack], day: date) -> Stack:
    """Return the newest of ``versions`` (of one stack) that is in force on ``day``.

    Where none is, the newest that has begun, or else the first there is.
    """
    ordered = sorted(versions, key=lambda stack: stack.version)
    current = [stack for stack in ordered if stack.since <= day < stack.until]
    begun = [stack for stack in ordered if stack.since <= day]
    return (current or begun or ordered[:1])[-1]


def version_for(
    versions: Sequence[Stack],
    record: LearnerRecord,
    *,
    as_of: date,
    known_on: datetime,
    solver: Decide | None = None,
) -> Stack:
    """Return the version of a stack that counts for this learner on ``as_of``.

    The newest version in force says how: "latest" is itself; "bound" the one that was in force
    on the day of the learner's event (itself while that is not known); "best" the bound one,
    unless only the newest is met and the learner has agreed to it. ``solver`` as in ``evaluate``.
    """
    if len(versions) == 1:
        return versions[0]
    newest = in_force(versions, as_of)
    day = record.learner.event(newest.binding.event)
    if newest.binding.policy == "latest" or day is None:
        return newest
    bound = in_force(versions, day)
    if newest.binding.policy == "bound" or bound is newest:
        return bound
    if newest.key not in (record.learner.values(AGREED) or ()):
        return bound
    found = evaluate(bound, record, as_of=as_of, known_on=known_on, solver=solver)
    return bound if found.status is Status.MET else newest
