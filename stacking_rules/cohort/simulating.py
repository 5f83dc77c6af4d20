"""What a change of rules does to each learner of a cohort; nothing that was awarded is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from stacking_rules.cohort.changing import RuleChange, Side
from stacking_rules.cohort.columns import Columns
from stacking_rules.cohort.plan import Advance, RecordOf, When, evaluate_cohort
from stacking_rules.cohort.probes import Parts, with_exceptions
from stacking_rules.cohort.standings import STATUSES, Standings
from stacking_rules.facts import LearnerRecord, latest_award
from stacking_rules.progress import Status
from stacking_rules.rollup import roll_up
from stacking_rules.solving import Decide

Flags = NDArray[np.bool_]


class Effect(StrEnum):
    """What a change does to one learner in one stack."""

    UNCHANGED = "unchanged"
    GAINS = "gains"
    """Would meet it, has no award of it, and does not meet it now."""
    KEEPS = "keeps"
    """Holds the award and meets it now, and would not any more; the award stays."""
    MISSES = "misses"
    """Meets it now without an award, and would not any more."""
    UP = "up"
    """Meets it neither way; more of its top requirements (of those needed) would be met."""
    DOWN = "down"
    """Meets it neither way; fewer of them would be met."""
    UNDECIDED = "undecided"
    """The search stopped at its limit, before or after: nothing is claimed."""


EFFECTS = tuple(Effect)
"""The effects in the order of their numbers."""
_NO, _YES, _OPEN = (STATUSES.index(s) for s in (Status.NOT_MET, Status.MET, Status.NOT_DECIDED))
_NOTHING, _HOLDS, _ENDED, _TAKEN = range(4)


@dataclass(frozen=True)
class People:
    """The learners of a cohort: their columns, and their records one by one."""

    columns: Columns
    record_of: RecordOf


@dataclass(frozen=True)
class Crowd:
    """Some learners as the definitions of before and after read them (mostly the same)."""

    before: People
    after: People


@dataclass(frozen=True)
class Outcome:
    """What a change does in one stack, learner by learner.

    ``effects`` are numbers of ``EFFECTS``, ``was`` and ``becomes`` of ``STATUSES``. ``decisive``
    has for each top requirement (by address, "/" for the whole) whose effect it decides.
    """

    key: str
    was: NDArray[np.uint8]
    becomes: NDArray[np.uint8]
    effects: NDArray[np.uint8]
    decisive: Mapping[str, Flags]


def simulate(
    change: RuleChange,
    crowd: Crowd,
    *,
    as_of: date,
    known_on: datetime,
    solver: Decide | None = None,
    advance: Advance | None = None,
) -> list[Outcome]:
    """Return what ``change`` does to these learners, for each of its stacks.

    Other arguments as in ``evaluate_cohort``.
    """
    tell = _halved(advance)
    found: list[Standings] = []
    for side, people in ((change.before, crowd.before), (change.after, crowd.after)):
        found.append(
            evaluate_cohort(
                side.stacks,
                people.columns,
                _with_parts(side, people.record_of),
                as_of=as_of,
                known_on=known_on,
                credits_of=side.credits_of,
                solver=solver,
                advance=tell,
            )
        )
    when = When(as_of=as_of, known_on=known_on)
    holdings = _holdings(change.keys, crowd.after, when)
    asked = _Asked(change, crowd, when, solver)
    return [_outcome(asked, key, found[0], found[1], holdings[key]) for key in change.keys]


def _halved(advance: Advance | None) -> Advance:
    """Return what is told of learners twice, once for each side."""
    left = 0

    def tell(count: int) -> None:
        nonlocal left
        whole, left = divmod(left + count, 2)
        if advance is not None and whole:
            advance(whole)

    return tell


def _with_parts(side: Side, record_of: RecordOf) -> RecordOf:
    return lambda number: with_exceptions(record_of(number), side.parts)


@dataclass(frozen=True)
class _Asked:
    change: RuleChange
    crowd: Crowd
    when: When
    solver: Decide | None

    def is_made(self, side: Side, people: People, key: str, learner: int) -> bool:
        """Return whether a new award of ``key`` follows for a learner who has had one."""
        found = roll_up(
            side.stacks,
            people.record_of(learner),
            **self.when,
            credits_of=side.credits_of,
            solver=self.solver,
        )
        return any(new.stack.key == key for new in found.new_awards)


def _outcome(
    asked: _Asked, key: str, before: Standings, after: Standings, holding: NDArray[np.uint8]
) -> Outcome:
    was, becomes = (_column(found, key, len(holding)) for found in (before, after))
    did, does = was == _YES, becomes == _YES
    is_free = (holding == _NOTHING) | (holding == _ENDED)
    change = asked.change
    sides = [side.parts.get(key) for side in (change.before, change.after)]
    met = [_met(parts, found) for parts, found in zip(sides, (before, after), strict=True)]
    effects = np.zeros(len(holding), np.uint8)

    def put(effect: Effect, where: Flags) -> None:
        effects[where] = EFFECTS.index(effect)

    old, new = sides
    if old is not None and new is not None:
        less, more = _compared(_share(old, met[0]), _share(new, met[1]))
        put(Effect.UP, more & is_free & ~did & ~does)
        put(Effect.DOWN, less & is_free & ~did & ~does)
    put(Effect.GAINS, is_free & ~did & does)
    put(Effect.MISSES, is_free & did & ~does)
    put(Effect.KEEPS, (holding == _HOLDS) & did & ~does)
    for learner in _renewing(change, key, holding, does):
        made = asked.is_made(change.after, asked.crowd.after, key, learner)
        is_new = made and not asked.is_made(change.before, asked.crowd.before, key, learner)
        effects[learner] = EFFECTS.index(Effect.GAINS if is_new else Effect.UNCHANGED)
    put(Effect.UNDECIDED, (was == _OPEN) | (becomes == _OPEN))
    return Outcome(key, was, becomes, effects, _decisive(sides, met, effects))


def _column(found: Standings, key: str, learners: int) -> NDArray[np.uint8]:
    return found.column(key) if key in found.keys else np.zeros(learners, np.uint8)


# -- who has an award ---------------------------------------------------------------------------


def _holdings(keys: Sequence[str], people: People, when: When) -> dict[str, NDArray[np.uint8]]:
    """Return by key what each learner has of its award: nothing, one, an ended or a taken one."""
    columns = people.columns
    found = {key: np.full(columns.learners, _NOTHING, np.uint8) for key in keys}
    numbers: dict[str, list[int]] = {}
    for number, kind in enumerate(columns.kinds):
        if kind.kind == "award" and kind.achievement in found:
            numbers.setdefault(kind.achievement, []).append(number)
    for key, here in numbers.items():
        rows = np.flatnonzero(np.isin(columns.kind, here))
        found[key][np.searchsorted(columns.starts, rows, "right") - 1] = _HOLDS
    for learner in [] if columns.rare is None else np.flatnonzero(columns.rare).tolist():
        record = people.record_of(learner)
        for key in keys:
            found[key][learner] = _holding(record, key, when)
    return found


def _holding(record: LearnerRecord, key: str, when: When) -> int:
    own = latest_award(key, record.awards)
    if own is None:
        return _NOTHING
    if own.recorded_at > when["known_on"]:
        return _TAKEN
    return _HOLDS if own.valid_until is None or when["as_of"] < own.valid_until else _ENDED


def _renewing(
    change: RuleChange, key: str, holding: NDArray[np.uint8], does: Flags
) -> Sequence[int]:
    """Return who had an award, meets the stack after the change, and may be given another one."""
    sides = (change.before.known, change.after.known)
    is_renewed = any(key in known and known[key].renewal is not None for known in sides)
    may = holding == _ENDED
    if is_renewed:
        may |= holding == _HOLDS
    found: list[int] = np.flatnonzero(may & does).tolist()
    return found


# -- by requirement -----------------------------------------------------------------------------


def _met(parts: Parts | None, found: Standings) -> dict[str, Flags]:
    """Return who meets which top requirement, each asked about alone."""
    if parts is None:
        return {}
    return {part.address: found.column(part.key) == _YES for part in parts.parts}


def _share(parts: Parts, met: Mapping[str, Flags]) -> tuple[NDArray[np.int64], int]:
    """Return how many of the needed requirements are met, and how many are needed."""
    if parts.need <= 0:
        return np.ones(1, np.int64), 1
    total = np.sum([flags.astype(np.int64) for flags in met.values()], axis=0)
    return np.minimum(total, parts.need), parts.need


def _compared(
    before: tuple[NDArray[np.int64], int], after: tuple[NDArray[np.int64], int]
) -> tuple[Flags, Flags]:
    """Return where the share is less, and where it is more, than before."""
    difference = after[0] * before[1] - before[0] * after[1]
    return difference < 0, difference > 0


def _decisive(
    sides: Sequence[Parts | None],
    met: Sequence[Mapping[str, Flags]],
    effects: NDArray[np.uint8],
) -> dict[str, Flags]:
    """Return by top requirement where it decides the effect; "/" where none of them does."""
    good, bad = (
        np.isin(effects, [EFFECTS.index(effect) for effect in group])
        for group in (
            (Effect.GAINS, Effect.UP),
            (Effect.KEEPS, Effect.MISSES, Effect.DOWN),
        )
    )
    found: dict[str, Flags] = {}
    rest = good | bad
    nobody = np.zeros(len(effects), np.bool_)
    for address in dict.fromkeys([*met[1], *met[0]]):
        opens, closes = _turned(sides, met[0].get(address), met[1].get(address), nobody)
        found[address] = (good & opens) | (bad & closes)
        rest = rest & ~found[address]
    whole = found.get("/", nobody) | rest
    if whole.any():
        found["/"] = whole
    return found


def _turned(
    sides: Sequence[Parts | None], was: Flags | None, is_now: Flags | None, nobody: Flags
) -> tuple[Flags, Flags]:
    """Return for whom a requirement speaks for the stack after the change, and for whom against.

    One that is new, or gone, does so as the group of that side has it: where all are needed, one
    that is not met stands in the way; where some are enough, one that is met helps.
    """
    if was is not None and is_now is not None:
        return is_now & ~was, was & ~is_now
    if is_now is not None:
        new = sides[1]
        return (nobody, ~is_now) if new is not None and new.needs_all else (is_now, nobody)
    if was is not None:
        old = sides[0]
        return (~was, nobody) if old is not None and old.needs_all else (nobody, was)
    return nobody, nobody
