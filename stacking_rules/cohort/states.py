"""What the attempts at one item pass together, as a small number that can be looked up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

MOST_STATES = 64
"""States of one item; what would be one more is open: all it may be, to be looked at alone."""

WHOLE = -1
"""The worth of credits that are not known here: as many as are needed."""


@dataclass(frozen=True, slots=True)
class State:
    """What attempts at an item may pass: ``mask`` has a bit for each condition asked about it.

    ``worth`` are its credits (scaled, or WHOLE). ``is_open`` says that something about it is not
    known, or cannot be said of all attempts together.
    """

    mask: int = 0
    worth: int = 0
    is_open: bool = False


NOTHING = State()


@dataclass(slots=True)
class Attempts:
    """The states of one item, and how two of them join: one attempt after the other.

    ``clashes`` are masks of conditions that one attempt has to pass together. With
    ``by_credits`` attempts that differ in credits are open.
    """

    clashes: Sequence[int] = ()
    by_credits: bool = False
    numbers: dict[State, int] = field(default_factory=dict)
    joined: list[list[int]] = field(default_factory=list)

    def close(self, states: Iterable[State]) -> None:
        """Number ``states`` and all that follow from joining them."""
        for state in (NOTHING, *states):
            self._number(state)
        found: dict[tuple[State, State], State] = {}
        waiting = list(self.numbers)
        for state in waiting:
            for other in list(self.numbers):
                for pair in ((state, other), (other, state)):
                    if pair not in found:
                        found[pair] = joined = self.join(*pair)
                        if joined not in self.numbers:
                            waiting.append(joined)
                            self._number(joined)
        every = list(self.numbers)
        self.joined = [[self.numbers[found[one, two]] for two in every] for one in every]

    def _number(self, state: State) -> None:
        self.numbers.setdefault(state, len(self.numbers))

    def _anything(self) -> State:
        mask = reduce(or_, (state.mask for state in self.numbers))
        worths = [state.worth for state in self.numbers if state.mask]
        worth = WHOLE if WHOLE in worths else max(worths, default=0)
        return State(mask, worth, is_open=True) if mask else NOTHING

    def join(self, one: State, two: State) -> State:
        """Return what both attempts pass together."""
        if not (one.mask and two.mask):
            return one if one.mask else two
        differ = one.worth != two.worth
        worth = WHOLE if WHOLE in (one.worth, two.worth) else max(one.worth, two.worth)
        is_open = (
            one.is_open or two.is_open or (differ and self.by_credits) or self._clash(one, two)
        )
        found = State(one.mask | two.mask, worth, is_open)
        if found in self.numbers or len(self.numbers) < MOST_STATES:
            return found
        return self._anything()

    def _clash(self, one: State, two: State) -> bool:
        return any(
            (one.mask | two.mask) & clash not in (one.mask & clash, two.mask & clash)
            for clash in self.clashes
        )


def clashing(pairs: Iterable[tuple[int, int]], bit_of: Mapping[int, int]) -> list[int]:
    """Return the masks of the ``pairs`` of conditions whose bits are known here."""
    return [
        1 << bit_of[first] | 1 << bit_of[second]
        for first, second in pairs
        if first in bit_of and second in bit_of
    ]
