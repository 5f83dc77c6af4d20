"""The least that leads a learner to a stack, by the engine's planner, smaller awards included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from lti_tool.persistence.readings import AchievementOption
from lti_tool.solver import solver
from lti_tool.standing_views import StackView, Standing
from stacking_rules import (
    Amount,
    Award,
    Completed,
    Completion,
    Earned,
    Grade,
    LearnerRecord,
    Option,
    Stack,
    Status,
    cheapest,
    scale_bounds,
)
from stacking_rules.facts import Attributes

MOST_OPTIONS = 40
_PLANNED = "planned:"
UNWANTED = Decimal("1.003")
"""What something costs that the goal does not name: it decides between ways that are as long."""

COST, WORKLOAD = "cost", "workload"


@dataclass(frozen=True, slots=True)
class Path:
    """What to complete (keys), and what it asks for; ``workload`` in hours, None if not known.

    ``is_proved`` says that nothing less leads there. ``by`` is what is least: "cost" (the number of
    completions) or "workload".
    """

    take: tuple[str, ...]
    credits: Decimal
    workload: Decimal | None
    is_proved: bool
    by: str


@dataclass(frozen=True, slots=True)
class Pathfinder:
    """Knows where a learner stands and what can be taken; everything by achievement key.

    ``costs`` are of what the goal names: from 1 on and below ``UNWANTED``.
    """

    standing: Standing
    catalogue: Mapping[str, AchievementOption]
    workloads: Mapping[str, Decimal]
    costs: Mapping[str, Decimal]
    here: Attributes
    now: datetime

    @property
    def stacks(self) -> Mapping[str, StackView]:
        """The stacks of the institution."""
        return {view.key: view for view in self.standing.stacks}

    def find(self, view: StackView) -> Path | None:
        """Return the best path to a stack; None where it is met, or none is found.

        By hours of work where the catalogue knows them for everything in question, else by the
        number of completions.
        """
        keys = list(asked_for(view, self.stacks, self._choices))
        by = WORKLOAD if keys and all(key in self.workloads for key in keys) else COST
        found = self._plan(view, self.standing.record, by, ())
        if found is None or not found[0]:
            return None
        take = tuple(sorted(found[0], key=lambda key: self.catalogue[key].name))
        hours = [self.workloads.get(key) for key in take]
        known = [value for value in hours if value is not None]
        return Path(
            take,
            sum((self.catalogue[key].credits for key in take), Decimal(0)),
            sum(known, Decimal(0)) if len(known) == len(hours) else None,
            found[1],
            by,
        )

    @property
    def _choices(self) -> Sequence[str]:
        """What may fill an amount of anything: what the goal names comes first."""
        open_ones = [key for key, option in self.catalogue.items() if not option.is_award]
        return sorted(open_ones, key=lambda key: self.costs.get(key, UNWANTED))

    def _plan(
        self, view: StackView, record: LearnerRecord, by: str, seen: tuple[str, ...]
    ) -> tuple[frozenset[str], bool] | None:
        """Return what to take for a stack and for the smaller awards that it needs."""
        if view.progress.status is Status.MET or view.key in seen:
            return frozenset(), True
        take: frozenset[str] = frozenset()
        is_proved = True
        for key in _to_earn(view):
            smaller = self.stacks.get(key)
            found = self._plan(smaller, record, by, (*seen, view.key)) if smaller else None
            if found is not None:
                take, is_proved = take | found[0], is_proved and found[1]
                record = self._with(record, take, key)
        plans = cheapest(
            self._stack(view),
            record,
            self._options(view, record),
            as_of=self.now.date(),
            known_on=self.now,
            by=by,
            solver=solver(),
        )
        if not plans.ways:
            return None
        more = frozenset(one.removeprefix(_PLANNED) for one in plans.ways[0].take)
        # Smaller awards were planned one by one: together there may be something less.
        return take | more, is_proved and plans.is_proved and not take

    def _with(self, record: LearnerRecord, take: frozenset[str], key: str) -> LearnerRecord:
        held = {fact.achievement for fact in record.completions}
        done = tuple(self._completion(one) for one in sorted(take - held))
        award = Award(
            f"{_PLANNED}{key}",
            key,
            self.now.date(),
            self.now,
            self.standing.rules.credits_of.get(key, Decimal(0)),
            attributes=self.here,
        )
        return replace(
            record, completions=(*record.completions, *done), awards=(*record.awards, award)
        )

    def _options(self, view: StackView, record: LearnerRecord) -> list[Option]:
        planned = {fact.achievement for fact in record.completions if fact.id.startswith(_PLANNED)}
        counted = {fact.achievement for node in view.progress.walk() for fact in node.counted}
        keys = asked_for(view, {}, self._choices)
        asked = [key for key in keys if key in self.catalogue and key not in planned | counted]
        return [
            Option(
                self._completion(key),
                self.costs.get(key, UNWANTED),
                self.workloads.get(key, Decimal(0)),
            )
            for key in asked[:MOST_OPTIONS]
        ]

    def _completion(self, key: str) -> Completion:
        """Return something as completed today, as well as its scale allows."""
        option = self.catalogue[key]
        best = Grade(scale_bounds(option.scale)[1], option.scale)
        day = self.now.date()
        return Completion(
            f"{_PLANNED}{key}", key, day, self.now, option.credits, best, attributes=self.here
        )

    def _stack(self, view: StackView) -> Stack:
        return next(stack for stack in self.standing.rules.stacks if stack.key == view.key)


def asked_for(
    view: StackView,
    stacks: Mapping[str, StackView],
    anything: Sequence[str],
    seen: tuple[str, ...] = (),
) -> Iterator[str]:
    """Yield each key of what a stack asks for once, those of its smaller awards included.

    Awards are looked into that are in ``stacks``; ``anything`` fills an amount without a list.
    """
    yield from dict.fromkeys(_asked(view, stacks, anything, seen))


def _asked(
    view: StackView,
    stacks: Mapping[str, StackView],
    anything: Sequence[str],
    seen: tuple[str, ...],
) -> Iterator[str]:
    for node in view.progress.walk():
        asked = node.requirement
        if isinstance(asked, Completed):
            yield asked.achievement
        elif isinstance(asked, Amount):
            yield from asked.of or anything
        elif isinstance(asked, Earned) and asked.achievement not in seen:
            smaller = stacks.get(asked.achievement)
            if smaller is not None:
                yield from _asked(smaller, stacks, anything, (*seen, view.key))


def _to_earn(view: StackView) -> Iterator[str]:
    """Yield the smaller awards that the shortest way to a stack needs."""
    for step in view.steps:
        if step.kind == "earn":
            yield from step.options[: step.count]
