"""Sums of many formulas side by side in words: one addition adds to all of them.

Each sum has a field of bits in a word. A field begins at half its range minus the need, so that
its highest bit says whether the need is reached, and no sum can run over into the next field.
A word has the 52 bits of a double's fraction: whole numbers below 2^52 add exactly, and added to
2^52 they stand in these bits as they are. Two words are added at once as one complex number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, lcm

WORD = 52


@dataclass(frozen=True, slots=True)
class Field:
    """A sum that is at least 0 and at most ``most``, and is to reach ``need`` (whole numbers).

    ``word`` and ``low`` are where it lies, ``bits`` how many it takes.
    """

    need: int
    most: int
    word: int = -1
    low: int = -1

    @property
    def bits(self) -> int:
        """The width: the need, and what may come beyond it, each below half the range.

        None for what nobody has.
        """
        if not self.most:
            return 0
        return max(self.need - 1, self.most - self.need, 0).bit_length() + 1

    @property
    def top(self) -> int:
        """The number of the bit that says whether the need is reached."""
        return self.low + self.bits - 1

    @property
    def start(self) -> int:
        """Where the field begins to count, so that ``need`` more set its highest bit."""
        return ((1 << (self.bits - 1)) - self.need) << self.low if self.bits else 0


def lay_out(fields: Iterable[Field]) -> list[Field]:
    """Return ``fields`` in their order, each with its place: the widest are placed first."""
    numbered = list(enumerate(fields))
    room: list[int] = []
    found: dict[int, Field] = {}
    for index, field in sorted(numbered, key=lambda pair: (-pair[1].bits, pair[0])):
        word = next((w for w, left in enumerate(room) if left >= field.bits), len(room))
        if word == len(room):
            room.append(WORD)
        found[index] = replace(field, word=word, low=WORD - room[word])
        room[word] -= field.bits
    return [found[index] for index, _ in numbered]


def scale_of(amounts: Iterable[Decimal]) -> int:
    """Return the number by which all ``amounts`` become whole."""
    return lcm(*(Fraction(amount).denominator for amount in amounts))


def scaled(amount: Decimal, scale: int) -> int:
    """Return ``amount`` times ``scale``, rounded up: a need between two sums is the larger one."""
    return ceil(Fraction(amount) * scale)
