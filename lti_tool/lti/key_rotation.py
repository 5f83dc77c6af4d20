"""When our signing keys change their state: published first, then signing, then retired."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

PUBLISHED_BEFORE = timedelta(hours=48)
"""Platforms keep our keyset for a while: a key that signs must have been in it before."""

PUBLISHED_AFTER = timedelta(days=14)
SIGNS_FOR = timedelta(days=90)


class StepKind(StrEnum):
    """What may be due: a next key, its turn to sign, the end of a retired one."""

    PUBLISH = "publish"
    ACTIVATE = "activate"
    REMOVE = "remove"


DONE = {
    StepKind.PUBLISH: "published as the next key",
    StepKind.ACTIVATE: "signs now; the one before is retired",
    StepKind.REMOVE: "is published no longer",
}
TO_COME = {
    StepKind.PUBLISH: "a next key is published",
    StepKind.ACTIVATE: "the next key begins to sign",
    StepKind.REMOVE: "a retired key is published no longer",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One change and when it is due; ``kid`` is None for a key that is yet to be made."""

    kind: StepKind
    due_at: datetime
    kid: str | None = None


@dataclass(frozen=True, slots=True)
class KeyAge:
    """A key of ours: its state (next, current, retired) and since when it has it."""

    kid: str
    state: str
    since: datetime


def plan_rotation(keys: Iterable[KeyAge]) -> list[Step]:
    """Return the steps that lie before these keys, the earliest first (section 5 of the design).

    A next key signs 48 hours after it was published, a retired one is removed after 14 days,
    and a new next one is published so that no key signs for more than 90 days.
    """
    ages = list(keys)
    steps = [
        Step(StepKind.REMOVE, key.since + PUBLISHED_AFTER, key.kid)
        for key in ages
        if key.state == "retired"
    ]
    waiting = [key for key in ages if key.state == "next"]
    if waiting:
        first = min(waiting, key=lambda key: key.since)
        steps.append(Step(StepKind.ACTIVATE, first.since + PUBLISHED_BEFORE, first.kid))
    else:
        steps += [
            Step(StepKind.PUBLISH, key.since + SIGNS_FOR - PUBLISHED_BEFORE)
            for key in ages
            if key.state == "current"
        ]
    return sorted(steps, key=lambda step: step.due_at)
