"""Formulas as steps on columns of bytes: one step for each different sum, count or award.

A register is one byte per learner, 1 where something holds and 0 where it does not.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from stacking_rules.cohort.formulas import Bounded, Count, Formula, Sum, held
from stacking_rules.cohort.layout import Field

Words = NDArray[np.uint64]
Register = NDArray[np.uint8] | np.uint8

ZERO, ONE = np.uint8(0), np.uint8(1)


class Sums:
    """The words of some learners, and the bytes of these words as columns of their own."""

    def __init__(self, words: Sequence[Words]) -> None:
        self.words = words
        self.known: dict[tuple[int, int], NDArray[np.uint8]] = {}

    def byte(self, word: int, number: int) -> NDArray[np.uint8]:
        """Return byte ``number`` (0: the lowest) of a word, for each learner."""
        found = self.known.get((word, number))
        if found is None:
            place = number if sys.byteorder == "little" else 7 - number
            found = self.words[word][:, None].view(np.uint8)[:, place].copy()
            self.known[word, number] = found
        return found


Step = Callable[[Sums, Sequence[Register]], Register]


NEVER, ALL = 0, 1
"""The registers of what holds for nobody, and for everybody."""


def sums_of(stacks: Sequence[Bounded]) -> list[Sum]:
    """Return the different sums over facts in the formulas, held awards included."""
    found: dict[Sum, None] = {}
    waiting: list[Formula] = [stack.formula for stack in stacks]
    for formula in waiting:
        if isinstance(formula, Count):
            waiting += formula.parts
            continue
        waiting += [held(key) for key in formula.awards]
        if formula.asks:
            found[formula] = None
    return list(found)


@dataclass(slots=True)
class Program:
    """Steps in order; ``results`` are the registers of the stacks, ``opens`` that of the open."""

    steps: list[Step] = field(default_factory=lambda: [_constant(ZERO), _constant(ONE)])
    known: dict[object, int] = field(default_factory=dict)
    results: list[int] = field(default_factory=list)
    opens: int = -1

    def run(self, words: Sequence[Words]) -> list[Register]:
        """Return all registers, for learners whose sums are in ``words``."""
        sums, registers = Sums(words), list[Register]()
        for step in self.steps:
            registers.append(step(sums, registers))
        return registers

    def top(self, place: Field) -> int:
        """Add whether the need of a field is reached; return the number of its register."""
        if place.most < place.need or place.need <= 0:
            return NEVER if place.need > 0 else ALL
        return self.add(("top", place.word, place.top), _top(place))

    def add(self, name: object, step: Step) -> int:
        """Add a step, once; return the number of its register."""
        if name not in self.known:
            self.known[name] = len(self.steps)
            self.steps.append(step)
        return self.known[name]


def write(stacks: Sequence[Bounded], sums: Sequence[Sum], fields: Sequence[Field]) -> Program:
    """Return the program of ``stacks`` (in the order of their awards) over ``fields`` of sums."""
    program = Program()
    at = {one: fields[number] for number, one in enumerate(sums)}
    made: dict[str, int] = {}
    writer = _Writer(program, at, made)
    for stack in stacks:
        register = writer.formula(stack.formula)
        program.results.append(register)
        if stack.follows:
            made[stack.key] = register
    program.opens = program.top(fields[-1])
    return program


@dataclass(slots=True)
class _Writer:
    program: Program
    at: Mapping[Sum, Field]
    made: Mapping[str, int]

    def formula(self, formula: Formula) -> int:
        if isinstance(formula, Sum):
            return self._sum(formula)
        parts = [self.formula(part) for part in formula.parts]
        return self._count(formula.need, parts)

    def _count(self, need: int, parts: list[int]) -> int:
        if need <= 0:
            return ALL
        parts = [part for part in parts if part != NEVER]
        if need > len(parts):
            return NEVER
        if need == len(parts) == 1:
            return parts[0]
        return self.program.add(("count", need, tuple(parts)), _counted(need, parts))

    def _sum(self, one: Sum) -> int:
        awards = [self._award(key) for key in one.awards]
        place = self.at[one] if one.asks else None
        if place is None or not place.most:
            need = int(-(-one.need // 1))
            return self._count(need, awards)
        if not awards:
            return self.program.top(place)
        name = ("sum", place.word, place.low, tuple(awards))
        return self.program.add(name, _with_awards(place, awards))

    def _award(self, key: str) -> int:
        own = self.formula(held(key))
        return self._count(1, [own, self.made[key]]) if key in self.made else own


def _constant(value: np.uint8) -> Step:
    return lambda _sums, _registers: value


def _top(place: Field) -> Step:
    word, number, bit = place.word, place.top // 8, np.uint8(1 << place.top % 8)

    def step(sums: Sums, _registers: Sequence[Register]) -> Register:
        is_set: NDArray[np.bool_] = (sums.byte(word, number) & bit) != 0
        return is_set.view(np.uint8)

    return step


def _counted(need: int, parts: Sequence[int]) -> Step:
    if need == len(parts):
        return lambda _sums, registers: reduce(np.bitwise_and, [registers[p] for p in parts])
    if need == 1:
        return lambda _sums, registers: reduce(np.bitwise_or, [registers[p] for p in parts])
    kind: type[np.unsignedinteger[Any]] = np.uint8 if len(parts) < 256 else np.uint32
    least = kind(need)

    def step(_sums: Sums, registers: Sequence[Register]) -> Register:
        total: Any = registers[parts[0]].astype(kind)
        for part in parts[1:]:
            total = total + registers[part]
        return cast("Register", (total >= least).astype(np.uint8))

    return step


def _with_awards(place: Field, awards: Sequence[int]) -> Step:
    word, low = place.word, np.uint64(place.low)
    mask, least = np.uint64((1 << place.bits) - 1), np.uint64(1 << (place.bits - 1))

    def step(sums: Sums, registers: Sequence[Register]) -> Register:
        total = (sums.words[word] >> low) & mask
        for award in awards:
            total = total + registers[award]
        return (total >= least).astype(np.uint8)

    return step
