"""What all sums together ask of the facts of a cohort, item by item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import numpy as np

from stacking_rules.cohort.answers import Answering
from stacking_rules.cohort.columns import Columns, Kind
from stacking_rules.cohort.conditions import ANY
from stacking_rules.cohort.formulas import Clash, Item, Sum
from stacking_rules.cohort.layout import scale_of, scaled
from stacking_rules.cohort.states import WHOLE, Attempts, State, clashing
from stacking_rules.definitions import Definitions

Asks = Mapping[int, tuple[int, ...]]
"""Number of a sum -> the numbers of the conditions by which an item enters it."""
Adds = Mapping[int, int]
"""Number of a sum -> what is added there; the number after the last is that of what is open."""


class Asking:
    """The sums, the conditions they ask, and the answers for what ``columns`` have."""

    def __init__(
        self,
        sums: Sequence[Sum],
        clashes: Sequence[Clash],
        alarms: Iterable[Item],
        columns: Columns,
        definitions: Definitions,
        as_of: date,
    ) -> None:
        self.sums, self.columns, self.alarms = sums, columns, frozenset(alarms)
        self.scale = scale_of(kind.credits for kind in columns.kinds)
        self.needs = [scaled(s.need, self.scale if s.in_credits else 1) for s in sums]
        asked = [condition for s in sums for _, condition in s.asks]
        both = [c for clash in clashes for c in (clash.first, clash.second)]
        self.numbers = {c: n for n, c in enumerate(dict.fromkeys([*asked, *both, ANY]))}
        answering = Answering(list(self.numbers), columns, definitions, as_of)
        self.kinds, self.grades, self.days = answering.kinds(), answering.grades(), answering.days()
        self.by_item: dict[Item, dict[int, tuple[int, ...]]] = {}
        for number, one in enumerate(sums):
            for item, condition in one.asks:
                here = self.by_item.setdefault(item, {})
                here[number] = (*here.get(number, ()), self.numbers[condition])
        self.pairs: dict[Item, list[tuple[int, int]]] = {}
        for clash in clashes:
            pair = self.numbers[clash.first], self.numbers[clash.second]
            self.pairs.setdefault(clash.item, []).append(pair)
        self.known: dict[object, Attempts] = {}

    def item(self, numbers: Sequence[int]) -> tuple[Attempts, list[list[State]], list[Adds]] | None:
        """Return how attempts at an item join, and what they add to the sums.

        ``numbers`` are those of the item's kinds. The second value has the states of the codes of
        each kind, the third what each state adds. None where nothing is asked about the item.
        """
        kind = self.columns.kinds[numbers[0]]
        asks = self._asks_of(kind)
        if not asks:
            return None
        conditions = sorted({c for several in asks.values() for c in several})
        bits = {condition: bit for bit, condition in enumerate(conditions)}
        states = [self._states(number, bits) for number in numbers]
        every = tuple(dict.fromkeys(state for found in states for state in found))
        pairs = [*self.pairs.get(kind.item, ()), *self.pairs.get((kind.kind, None), ())]
        by_credits = any(self.sums[number].in_credits for number in asks)
        attempts = self._attempts(tuple(clashing(pairs, bits)), every, by_credits=by_credits)
        return attempts, states, [self._adds(asks, bits, state) for state in attempts.numbers]

    def _asks_of(self, kind: Kind) -> Asks:
        """Return what the sums ask of an item, by its name or of everything of its kind."""
        named, every = self.by_item.get(kind.item, {}), self.by_item.get((kind.kind, None), {})
        return {n: (*named.get(n, ()), *every.get(n, ())) for n in named.keys() | every.keys()}

    def _states(self, number: int, bits: Mapping[int, int]) -> list[State]:
        """Return the state of each code of the kind ``number``, in the order of the codes."""
        rows, kind = list(bits), self.columns.kinds[number]
        found = np.minimum(
            self.grades.answers[rows][:, :, None], self.days.answers[rows][:, None, :]
        )
        found = np.minimum(found, self.kinds[rows, number][:, None, None]).reshape(len(rows), -1)
        worth = WHOLE if kind.credit_kind else scaled(kind.credits, self.scale)
        states = []
        for column in found.T.tolist():
            mask = sum(1 << bit for bit, answer in enumerate(column) if answer)
            is_open = bool(mask) and (kind.item in self.alarms or 1 in column)
            states.append(State(mask, worth if mask else 0, is_open))
        return states

    def _attempts(
        self, clashes: tuple[int, ...], states: tuple[State, ...], *, by_credits: bool
    ) -> Attempts:
        """Return what attempts of these ``states`` can pass; items that are alike share it."""
        key = (states, clashes, by_credits)
        if key not in self.known:
            self.known[key] = Attempts(clashes, by_credits)
            self.known[key].close(states)
        return self.known[key]

    def _adds(self, asks: Asks, bits: Mapping[int, int], state: State) -> Adds:
        """Return what an item in ``state`` adds to each sum."""
        found = {len(self.sums): 1} if state.is_open else {}
        for number, conditions in asks.items():
            if any(state.mask >> bits[condition] & 1 for condition in conditions):
                need, worth = self.needs[number], state.worth
                by_credits = self.sums[number].in_credits
                found[number] = 1 if not by_credits else need if worth == WHOLE else worth
        return found
