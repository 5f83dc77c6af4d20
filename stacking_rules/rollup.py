"""roll_up(stacks, record): award after award until nothing new follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TypedDict

from stacking_rules.errors import CircularStackError
from stacking_rules.evaluate import evaluate
from stacking_rules.facts import Award, LearnerRecord, latest_award
from stacking_rules.progress import Progress, Status
from stacking_rules.receipts import Receipt, counted_facts, receipt
from stacking_rules.shelf import Shelf
from stacking_rules.solving import Decide
from stacking_rules.stacks import RENEWAL, Stack
from stacking_rules.standing import carried, ends_on, lasts_from, level_of
from stacking_rules.versions import version_for


@dataclass(frozen=True, slots=True)
class NewAward:
    """An award that follows from the record: dated by the latest fact that counted.

    ``renews`` is the learner's award of the same stack that it follows, None for the first.
    """

    stack: Stack
    award: Award
    receipt: Receipt
    renews: Award | None = None


@dataclass(frozen=True, slots=True)
class RollUp:
    """The progress in every stack (by key), and the awards that are new, smaller ones first."""

    progress: Mapping[str, Progress]
    new_awards: tuple[NewAward, ...]


def roll_up(
    stacks: Sequence[Stack],
    record: LearnerRecord,
    *,
    as_of: date,
    known_on: datetime,
    award_id: Callable[[str], str] = "new:{}".format,
    credits_of: Mapping[str, Decimal] | None = None,
    solver: Decide | None = None,
) -> RollUp:
    """Evaluate ``stacks`` from the smallest to the largest and add the awards that follow.

    An award that the record holds is made again only when its stack is met anew: by the path of
    renewal, or after its end, by something later, and so that it ends later. ``award_id`` names
    a new award by the key of its stack, ``credits_of`` gives what an award is worth in larger
    stacks (none by default), ``solver`` is that of ``evaluate``. ``CircularStackError`` if awards
    need each other.
    """
    progress: dict[str, Progress] = {}
    new_awards: list[NewAward] = []
    shelf = Shelf()
    when: When = {"as_of": as_of, "known_on": known_on, "solver": solver}
    for key, known in _versions(tuple(stacks)):
        stack = known[0] if len(known) == 1 else version_for(known, record, **when)
        found = progress[key] = evaluate(stack, record, **when, shelf=shelf)
        own = latest_award(key, record.awards)
        if found.status is Status.MET and _is_issued(stack, record, own, found, when):
            worth = (credits_of or {}).get(key, Decimal(0))
            new = _award(stack, found, record, award_id(key), worth, when, own)
            if own is None or _is_later(new.award, own):
                new_awards.append(new)
                record = replace(record, awards=(*record.awards, new.award))
    return RollUp(progress, tuple(new_awards))


class When(TypedDict):
    """The day for which is asked, up to when facts were recorded (aware), and the solver."""

    as_of: date
    known_on: datetime
    solver: Decide | None


def _is_issued(
    stack: Stack, record: LearnerRecord, own: Award | None, found: Progress, when: When
) -> bool:
    """Return whether an award that is met is to be made now, unless it would say nothing new."""
    if own is not None:
        # One that was taken back is not known, and is not made again.
        if own.valid_until is None or own.recorded_at > when["known_on"]:
            return False
        if when["as_of"] < own.valid_until and not _is_renewal(found):
            return False
    if stack.issue == "on-application":
        return stack.key in record.applied
    return stack.issue == "automatic" or stack.key not in record.declined


def _is_renewal(found: Progress) -> bool:
    return found.address == RENEWAL or found.address.startswith(f"{RENEWAL}/")


def _is_later(new: Award, own: Award) -> bool:
    """Return whether an award says more than the one before: of a later day, with a later end."""
    if new.on <= own.on or own.valid_until is None:
        return False
    return new.valid_until is None or new.valid_until > own.valid_until


def _award(
    stack: Stack,
    progress: Progress,
    record: LearnerRecord,
    award_id: str,
    worth: Decimal,
    when: When,
    own: Award | None,
) -> NewAward:
    facts = [fact for _, fact in counted_facts(progress)]
    on = max((fact.on for fact in facts), default=when["as_of"])
    renewed = own.valid_until if own is not None and _is_renewal(progress) else None
    level = level_of(stack, record, **when) if stack.levels else ""
    said = (("type", stack.award_type), ("award-level", level))
    award = Award(
        award_id,
        stack.key,
        on,
        when["known_on"],
        worth,
        ends_on(stack, lasts_from(on, renewed), facts),
        tuple((name, (value,)) for name, value in said if value),
        () if stack.consume == "never" else tuple(dict.fromkeys(fact.id for fact in facts)),
        stack.consume == "bank",
        carried(stack, record, as_of=when["as_of"], known_on=when["known_on"]),
    )
    proof = receipt(stack, progress, record, as_of=when["as_of"], known_on=when["known_on"])
    return NewAward(stack, award, proof, own)


def in_award_order(stacks: Sequence[Stack]) -> list[Stack]:
    """Return ``stacks`` so that each comes after those whose awards it needs.

    ``CircularStackError`` names the awards on the way round.
    """
    return list(_in_award_order(tuple(stacks)))


@lru_cache(maxsize=256)
def _in_award_order(stacks: tuple[Stack, ...]) -> tuple[Stack, ...]:
    """Order the stacks of an institution once, not for every learner."""
    by_key: dict[str, list[Stack]] = {}
    for stack in stacks:
        by_key.setdefault(stack.key, []).append(stack)
    needed = {
        key: [k for version in versions for k in version.needed_awards() if k in by_key]
        for key, versions in by_key.items()
    }
    done: dict[str, None] = {}
    for key in by_key:
        _visit(key, (), needed, done)
    return tuple(stack for key in done for stack in by_key[key])


@lru_cache(maxsize=256)
def _versions(stacks: tuple[Stack, ...]) -> tuple[tuple[str, tuple[Stack, ...]], ...]:
    """Return the versions of the stack of each award, the awards in their order."""
    found: dict[str, tuple[Stack, ...]] = {}
    for stack in _in_award_order(stacks):
        found[stack.key] = (*found.get(stack.key, ()), stack)
    return tuple(found.items())


def _visit(
    key: str, path: tuple[str, ...], needed: Mapping[str, Sequence[str]], done: dict[str, None]
) -> None:
    if key in path:
        raise CircularStackError((*path[path.index(key) :], key))
    if key not in done:
        for other in needed[key]:
            _visit(other, (*path, key), needed, done)
        done[key] = None
