"""What every fact adds to every sum, looked up by one small number: the code of the fact.

The code of a fact says its kind, its run of grades and its run of days. A further attempt at an
item gets a code of its own, which says what all attempts so far pass and what came before: it
adds what is new, so that an item adds what its attempts pass together, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stacking_rules.cohort.answers import Runs
from stacking_rules.cohort.asking import Asking
from stacking_rules.cohort.columns import Columns
from stacking_rules.cohort.formulas import Clash, Item, Sum
from stacking_rules.cohort.layout import WORD, Field, lay_out
from stacking_rules.definitions import Definitions
from stacking_rules.errors import LimitExceededError

MOST_CODES = 1 << 20
"""Codes of facts that are tabulated; beyond, tables would outgrow every cache."""


@dataclass(frozen=True, slots=True)
class Tables:
    """``words[w][code]`` is what a fact adds in word w, ``starts[w]`` what a learner begins with.

    Two words are one complex number, an odd last one is a double.

    ``fields`` are the places of the sums, the last one that of what is open. The codes of first
    attempts come first, then those of further ones. The code of b after a, both attempts at one
    item, is ``of_first[a] + of_second[b]``.
    """

    fields: Sequence[Field]
    words: Sequence[NDArray[Any]]
    starts: Sequence[complex]
    grades: Runs
    days: Runs
    of_first: NDArray[np.intp]
    of_second: NDArray[np.intp]
    direct: int
    """How many codes of first attempts there are."""
    item_of: NDArray[np.uint32] | None
    """Item of each kind, None where every kind is an item of its own."""

    @property
    def runs(self) -> int:
        """How many codes one kind has."""
        return self.grades.count * self.days.count


@dataclass(slots=True)
class _Lists:
    """The tables while they grow.

    ``adds`` says what a state of an item adds to each sum (its number); state 0 is that of
    nothing. ``state_of`` is the state of each code, ``before`` that of the attempts before it
    (0 for first ones).
    """

    state_of: NDArray[np.intp]
    first_of: NDArray[np.intp]
    second_of: NDArray[np.intp]
    adds: list[Mapping[int, int]] = field(default_factory=lambda: [{}])
    after: list[int] = field(default_factory=lambda: [0])
    before: list[int] = field(default_factory=lambda: [0])
    first: list[int] = field(default_factory=lambda: [0])
    most: dict[int, list[int]] = field(default_factory=dict)
    """By sum the most that each item adds."""

    def add(self, asking: Asking, numbers: Sequence[int]) -> None:
        """Add the item whose kinds have these ``numbers``; nothing where no sum asks about it."""
        item = asking.item(numbers)
        if item is None:
            return
        attempts, states, adds = item
        begin, size = len(self.adds), len(attempts.numbers)
        base = len(self.state_of) + len(self.after)
        self.adds += adds
        for state, row in enumerate(attempts.joined):
            self.after += [begin + other for other in row]
            self.before += [begin + state] * size
            self.first += [base + other * size for other in row]
        for number, found in zip(numbers, states, strict=True):
            local = np.array([attempts.numbers[state] for state in found], np.intp)
            at = slice(number * len(found), (number + 1) * len(found))
            self.state_of[at] = begin + local
            self.first_of[at], self.second_of[at] = base + local * size, local
        for sum_ in {number for each in adds for number in each}:
            self.most.setdefault(sum_, []).append(max(each.get(sum_, 0) for each in adds))


def tabulate(
    sums: Sequence[Sum],
    clashes: Sequence[Clash],
    alarms: Iterable[Item],
    columns: Columns,
    definitions: Definitions,
    as_of: date,
) -> Tables | None:
    """Return the tables of ``sums`` for ``columns``; None where there would be too many codes.

    ``clashes`` and ``alarms`` (items) make a learner open who has them. ``LimitExceededError``
    where credits are too large or too fine to be added in 52 bits.
    """
    asking = Asking(sums, clashes, alarms, columns, definitions, as_of)
    direct = len(columns.kinds) * asking.grades.count * asking.days.count
    if direct > MOST_CODES:
        return None
    lists = _Lists(np.zeros(direct, np.intp), np.zeros(direct, np.intp), np.zeros(direct, np.intp))
    items: dict[tuple[str, str], list[int]] = {}
    for number, kind in enumerate(columns.kinds):
        items.setdefault(kind.item, []).append(number)
    for numbers in items.values():
        lists.add(asking, numbers)
    fields = _fields([*asking.needs, 1], lists.most, columns.most)
    words, starts = _words(fields, lists)
    of_first = np.concatenate((lists.first_of, np.array(lists.first, np.intp)))
    of_first[of_first == 0] = direct
    order = {item: number for number, item in enumerate(items)}
    item_of = np.array([order[kind.item] for kind in columns.kinds], np.uint32)
    return Tables(
        fields,
        words,
        starts,
        asking.grades,
        asking.days,
        of_first,
        lists.second_of,
        direct,
        None if len(items) == len(columns.kinds) else item_of,
    )


def _fields(needs: Sequence[int], most: Mapping[int, Sequence[int]], rows: int) -> list[Field]:
    """Return the fields of the sums: a learner with so many ``rows`` has no more items."""
    tops = [sum(sorted(most.get(n, ()), reverse=True)[:rows]) for n in range(len(needs))]
    fields = [Field(need, top) for need, top in zip(needs, tops, strict=True)]
    if any(one.bits > WORD for one in fields):
        raise LimitExceededError("credits", 1 << (WORD - 1))
    return lay_out(fields)


def _words(fields: Sequence[Field], lists: _Lists) -> tuple[list[NDArray[Any]], list[complex]]:
    count = 1 + max(place.word for place in fields)
    found = np.zeros((count, len(lists.adds)))
    for index, adds in enumerate(lists.adds):
        for number, amount in adds.items():
            place = fields[number]
            found[place.word, index] += amount << place.low
    starts = [float(1 << WORD)] * count
    for place in fields:
        starts[place.word] += place.start
    # A further attempt adds what is new: all of an item come to what its last state adds.
    new = found[:, lists.after] - found[:, lists.before]
    words = np.concatenate((found[:, lists.state_of], new), axis=1)
    pairs = range(0, count - 1, 2)
    joined: list[NDArray[Any]] = [words[n] + 1j * words[n + 1] for n in pairs]
    begin: list[complex] = [complex(starts[n], starts[n + 1]) for n in pairs]
    if count % 2:
        return [*joined, words[-1].copy()], [*begin, starts[-1]]
    return joined, begin
