"""The effects of a change of rules added up: counts, counts by requirement, and some learners."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from stacking_rules.cohort.changing import RuleChange
from stacking_rules.cohort.plan import When
from stacking_rules.cohort.simulating import EFFECTS, Crowd, Effect, Outcome
from stacking_rules.explain import Message, explain
from stacking_rules.progress import Progress, Status
from stacking_rules.rollup import roll_up
from stacking_rules.solving import Decide

Name = Callable[[int], Any]
"""Number of a learner -> what names the learner: a text or a whole number."""
Why = tuple[tuple[str, Message], ...]
"""(address, message) of what keeps a learner from meeting a stack."""
Explain = Callable[[str, Effect, int], Why]
"""(key of the stack, effect, number of the learner) -> why."""


@dataclass(frozen=True, slots=True)
class Example:
    """A learner in whom a requirement (at ``address``) decides the effect.

    ``why`` says, for what is good, what stands in the way before the change; for what is bad,
    what stands in the way after it.
    """

    effect: Effect
    address: str
    learner: Any
    why: Why = ()


@dataclass(slots=True)
class Total:
    """What a change does in one stack: how many learners, by requirement, and which ones.

    A learner in whom several requirements decide is counted at each of them.
    """

    effects: dict[Effect, int] = field(default_factory=lambda: dict.fromkeys(EFFECTS, 0))
    requirements: dict[Effect, dict[str, int]] = field(default_factory=dict)
    examples: list[Example] = field(default_factory=list)

    def add(self, outcome: Outcome, name: Name, most: int, explain: Explain) -> None:
        """Add some learners; ``most`` of each effect and requirement are named."""
        counts = np.bincount(outcome.effects, minlength=len(EFFECTS))
        for effect, count in zip(EFFECTS, counts.tolist(), strict=True):
            self.effects[effect] += count
        for address, flags in outcome.decisive.items():
            where = np.flatnonzero(flags)
            here = outcome.effects[where]
            for number in np.unique(here).tolist():
                learners = where[here == number]
                effect = EFFECTS[number]
                before = self._count(effect, address, len(learners))
                for learner in learners[: max(most - before, 0)].tolist():
                    why = explain(outcome.key, effect, learner)
                    self.examples.append(Example(effect, address, name(learner), why))

    def _count(self, effect: Effect, address: str, learners: int) -> int:
        """Count learners at a requirement; return how many there were."""
        by_address = self.requirements.setdefault(effect, {})
        before = by_address.get(address, 0)
        by_address[address] = before + learners
        return before


Totals = dict[str, Total]
"""What a change does, by key of the stack."""


def add_up(
    totals: Totals,
    outcomes: Sequence[Outcome],
    name: Name,
    most: int,
    explain: Explain = lambda _key, _effect, _learner: (),
) -> None:
    """Add some learners to ``totals``; ``most`` of each effect and requirement are named."""
    for outcome in outcomes:
        totals.setdefault(outcome.key, Total()).add(outcome, name, most, explain)


def explainer(change: RuleChange, crowd: Crowd, when: When, solver: Decide | None) -> Explain:
    """Return what explains the effects on the learners of ``crowd``, one by one and exactly."""

    def explain_one(key: str, effect: Effect, learner: int) -> Why:
        is_good = effect in (Effect.GAINS, Effect.UP)
        side, people = (change.before, crowd.before) if is_good else (change.after, crowd.after)
        stacks = side.below(key)
        if not stacks:
            return ()
        found = roll_up(
            stacks,
            people.record_of(learner),
            **when,
            credits_of=side.credits_of,
            solver=solver,
        )
        progress = found.progress[key]
        messages = explain(progress)
        places = dict.fromkeys((*progress.at_fault, *_lowest(progress)))
        return tuple((at, messages[at]) for at in places if at in messages)

    return explain_one


def _lowest(node: Progress) -> Iterator[str]:
    """Yield the addresses of what is not met below ``node``, as far down as it can be said."""
    if node.status is Status.MET:
        return
    below = [child for child in node.children if child.status is not Status.MET]
    clauses = [clause for clause in node.clauses if clause.status is not Status.MET]
    if not below and not clauses:
        yield node.address
    for clause in clauses:
        yield clause.address
    for child in below:
        yield from _lowest(child)
