"""What a publication would change for real learners; nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from lti_tool.building.catalogue import Catalogue, Place
from lti_tool.persistence.completions import list_recorded_learners
from lti_tool.persistence.learners import list_members
from lti_tool.persistence.readings import NAMELESS
from lti_tool.persistence.snapshots import NEVER, load_records
from lti_tool.solver import solver
from stacking_rules import Document, LearnerRecord, Progress, Stack, Status, next_steps, roll_up
from stacking_rules.plan import Step

MOST = 200
"""Learners that are looked at: those of the course first, then others of the institution."""


class Effect(StrEnum):
    """What a new version does to one learner; nobody ever loses an award by it."""

    GAINS = "gains"
    KEEPS = "keeps"
    MISSES = "misses"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class LearnerEffect:
    """One learner under the new rule: ``is_holder`` has the award, ``steps`` are missing.

    ``name`` is empty for learners of other courses: they are counted and not shown.
    """

    name: str
    effect: Effect
    is_holder: bool
    progress: Progress
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class StackEffects:
    """What the new version of one stack does, learner by learner."""

    key: str
    title: str
    learners: tuple[LearnerEffect, ...]

    def here(self, effect: Effect) -> tuple[LearnerEffect, ...]:
        """Return the learners of the course whom it does this to."""
        return tuple(one for one in self.learners if one.effect is effect and one.name)

    def elsewhere(self, effect: Effect) -> int:
        """Return how many learners of other courses it does this to."""
        return sum(one.effect is effect and not one.name for one in self.learners)


@dataclass(frozen=True, slots=True)
class Effects:
    """All stacks of a draft, and how many learners were looked at of how many there are."""

    stacks: tuple[StackEffects, ...]
    looked_at: int
    there_are: int


def find_effects(
    session: Session, place: Place, catalogue: Catalogue, document: Document, now: datetime
) -> Effects:
    """Evaluate the published and the drafted rules for real learners, at most 200 of them."""
    learners, there_are = _learners(session, place)
    records = load_records(session, list(learners))
    drafted = {stack.key: stack for stack in document.stacks}
    before = {stack.key: stack for stack in catalogue.rules.stacks}
    credits_of = {**catalogue.rules.credits_of, **document.award_credits}
    old = _needed(before, drafted)
    new = _needed({**before, **drafted}, drafted)

    def progress(stacks: Sequence[Stack], record: LearnerRecord) -> dict[str, Progress]:
        found = roll_up(
            stacks,
            record,
            as_of=now.date(),
            known_on=now,
            credits_of=credits_of,
            solver=solver(),
        )
        return dict(found.progress)

    lines: dict[str, list[LearnerEffect]] = {key: [] for key in drafted}
    for learner_id, name in learners.items():
        record = records[learner_id]
        was, becomes = progress(old, record), progress(new, record)
        for key, found in lines.items():
            found.append(_effect(name, key, record, was.get(key), becomes[key]))
    stacks = tuple(
        StackEffects(key, drafted[key].title, tuple(found)) for key, found in lines.items()
    )
    return Effects(stacks, len(learners), there_are)


def _learners(session: Session, place: Place) -> tuple[dict[int, str], int]:
    """Return names by learner, those of the course first, and how many learners there are."""
    here = {
        learner.id: learner.name or NAMELESS
        for learner, membership in list_members(session, place.context_id)
        if membership.is_active
    }
    others, recorded = list_recorded_learners(session, place.institution_id, MOST)
    found = {**here, **{learner_id: "" for learner_id in others if learner_id not in here}}
    chosen = dict(list(found.items())[:MOST])
    return chosen, max(recorded, len(found))


def _needed(known: dict[str, Stack], wanted: dict[str, Stack]) -> list[Stack]:
    """Return those stacks and all whose awards they ask for, directly or not."""
    found: dict[str, Stack] = {}
    waiting = list(wanted)
    while waiting:
        key = waiting.pop()
        if key in known and key not in found:
            found[key] = known[key]
            waiting += list(known[key].needed_awards())
    return list(found.values())


def _effect(
    name: str, key: str, record: LearnerRecord, was: Progress | None, becomes: Progress
) -> LearnerEffect:
    awards = [award for award in record.awards if award.achievement == key]
    is_holder = any(award.recorded_at != NEVER for award in awards)
    is_met = becomes.status is Status.MET
    was_met = was is not None and was.status is Status.MET
    effect = Effect.UNCHANGED
    if is_holder:
        effect = Effect.UNCHANGED if is_met else Effect.KEEPS
    elif is_met != was_met and not awards:
        effect = Effect.GAINS if is_met else Effect.MISSES
    return LearnerEffect(name, effect, is_holder, becomes, next_steps(becomes))
