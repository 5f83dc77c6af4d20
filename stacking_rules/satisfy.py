"""What a fact has to say so that it passes some tests and fails others, found by search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from stacking_rules.facts import HUNDRED, Grade, Value
from stacking_rules.reading import scale_bounds
from stacking_rules.selection import (
    Anchor,
    Asked,
    Compare,
    Known,
    OneOf,
    Recent,
    Test,
    holds,
    literals,
)
from stacking_rules.spans import Span, earliest

Said = Value | Grade | tuple[str, ...] | None
Sketch = dict[str, Said]
"""What a fact says by name; "grade" is a Grade, "used" the awards that have counted it."""

Goal = tuple[Test, bool]
"""A test and whether it is to hold."""

TRIES = 4_000
MANY = 100
"""How many awards may have used one fact that is made up."""
USED = "used"
OTHER = "other"
NEW = "new"
"""Stands for an achievement that no test names."""


@dataclass(slots=True)
class Inventor:
    """Finds sketches: ``tests`` are all that anything in the rule may ask of a fact.

    ``hints`` are tests whose values are worth trying as well; ``day`` is that of a fact about
    whose day nothing is asked.
    """

    asked: Asked
    tests: Sequence[Test]
    hints: Sequence[Test]
    day: date
    options: dict[str, list[Said]] = field(default_factory=dict)
    known: dict[object, Sketch | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Collect for each name the values at which some test changes its answer."""
        found: dict[str, dict[Said, None]] = {}
        for literal in (one for test in (*self.tests, *self.hints) for one in literals(test)):
            name = USED if literal.name in ("uses", "used_in") else literal.name
            found.setdefault(name, {}).update(dict.fromkeys(self._values(literal)))
            if name == "level" and isinstance(literal, Compare) and literal.scale != HUNDRED:
                found.setdefault("framework", {})[literal.scale] = None
        self.options = {
            name: [v for v in _in_order(name, list(values)) if self._can_be(name, v)]
            for name, values in found.items()
        }

    def _can_be(self, name: str, value: Said) -> bool:
        """Return whether a fact can say ``value``: of its days, that one is not to come."""
        if name not in ("on", "started", "recorded"):
            return True
        try:
            return date.fromisoformat(str(value)) <= self.asked.as_of
        except ValueError:
            return False

    def invent(
        self, must: Iterable[Goal], prefer: Iterable[Goal], fixed: Mapping[str, Said]
    ) -> Sketch | None:
        """Return what meets every goal of ``must`` and as many of ``prefer`` as can be, in order.

        ``fixed`` is what the fact says anyway. None where nothing meets ``must``.
        """
        named = fixed.get("achievement")
        told = self.options.get("achievement", [])
        same = {**fixed, "achievement": named if named in told else NEW} if named else dict(fixed)
        key = (goals := tuple(must), wishes := tuple(dict.fromkeys(prefer)), tuple(same.items()))
        if key not in self.known:
            self.known[key] = self._invent(list(goals), wishes, same)
        found = self.known[key]
        return None if found is None else {**found, **fixed}

    def _invent(
        self, goals: list[Goal], prefer: Sequence[Goal], fixed: Mapping[str, Said]
    ) -> Sketch | None:
        sketch = self._solve(goals, fixed)
        if sketch is None:
            return None
        for goal in prefer:
            if self.passes(goal[0], sketch) is goal[1]:
                goals.append(goal)
                continue
            better = self._solve(*self._nearby(goals, goal, sketch, fixed))
            if better is not None:
                goals.append(goal)
                sketch = better
        return sketch

    def _nearby(
        self, goals: Sequence[Goal], goal: Goal, sketch: Sketch, fixed: Mapping[str, Said]
    ) -> tuple[list[Goal], Sketch]:
        """Return the goals that ``goal`` touches, and what is said of all else."""
        names = {name for name in _names(goal[0]) if name not in fixed}
        touched = [g for g in goals if not names.isdisjoint(_names(g[0]))]
        rest = {name: said for name, said in sketch.items() if name not in names}
        return [goal, *touched], rest

    def passes(self, test: Test, sketch: Mapping[str, Said]) -> bool | None:
        """Return whether a fact that says ``sketch`` passes ``test``."""
        return holds(test, lambda name, scale: self._said(sketch, name, scale), self.asked)

    def _said(
        self, sketch: Mapping[str, Said], name: str, scale: str | None
    ) -> tuple[Value, ...] | None:
        used = sketch.get(USED) or ()
        if name in ("uses", "used_in") and isinstance(used, tuple):
            return (Decimal(len(used)),) if name == "uses" else used
        day = date.fromisoformat(str(sketch.get("on") or self.day.isoformat()))
        said: Said = sketch.get(name)
        if isinstance(said, Grade):
            said = self.asked.definitions.value_on(said, scale or said.scale, day)
        elif name == "level" and scale not in (None, HUNDRED) and isinstance(said, Decimal):
            framework = sketch.get("framework")
            source = str(framework) if framework else None
            said = self.asked.definitions.level_on(said, source, str(scale), day)
        return None if said is None or isinstance(said, tuple | Grade) else (said,)

    def _solve(self, goals: Sequence[Goal], fixed: Mapping[str, Said]) -> Sketch | None:
        """Return ``fixed`` with what else has to be said for all ``goals``; None if it fails."""
        depths: dict[str, int] = {}
        ready: dict[int, list[Goal]] = {}
        for goal in goals:
            asked = [name for name in _names(goal[0]) if name not in fixed]
            for name in asked:
                depths.setdefault(name, len(depths) + 1)
            ready.setdefault(max((depths[name] for name in asked), default=0), []).append(goal)
        sketch: Sketch = dict(fixed)
        return sketch if self._fill(sketch, list(depths), ready, [TRIES]) else None

    def _fill(
        self, sketch: Sketch, names: list[str], ready: Mapping[int, list[Goal]], left: list[int]
    ) -> bool:
        """Try values for ``names`` one after the other; goals are looked at when they can be."""
        depth = sum(name in sketch for name in names)
        left[0] -= 1
        now = ready.get(depth, ())
        if left[0] < 0 or any(self.passes(test, sketch) is not want for test, want in now):
            return False
        if depth == len(names):
            return True
        for value in self.options.get(names[depth], [None]):
            sketch[names[depth]] = value
            if self._fill(sketch, names, ready, left):
                return True
            del sketch[names[depth]]
        return False

    # -- at which values a test changes its answer --------------------------------------------

    def _values(self, literal: OneOf | Compare | Recent | Known) -> list[Said]:
        match literal:
            case Known("grade"):
                return [Grade(Decimal(100), HUNDRED), None]
            case Known("on" | "started" | "recorded"):
                return [self.day.isoformat()]
            case Known():
                return ["known", None]
            case OneOf("uses" | "used_in", values):
                return [(), *(_used(value) for value in values), (OTHER,)]
            case OneOf(_, values):
                return [*values, _another(values)]
            case Recent(_, span, anchor):
                return self._since(span, anchor)
        return self._compared(literal)

    def _compared(self, literal: Compare) -> list[Said]:
        match literal:
            case Compare("uses", _, Decimal() as value):
                return [(), *(_users(n) for n in (int(value), int(value) + 1))]
            case Compare("grade", _, Decimal() as value, scale):
                return self.grades(scale, value)
            case Compare(_, _, Decimal() as value):
                return [value, value + 1, value - 1]
        return self._around(literal.value)

    def grades(self, scale: str, value: Decimal) -> list[Said]:
        """Return the grades of ``scale`` around ``value``, the best first."""
        if scale in self.asked.definitions.scales:
            named = self.asked.definitions.scales[scale]
            return [named.grade(text, scale) for text in reversed(named.grades)]
        low, high = scale_bounds(scale)
        near = {high, low, *(min(high, max(low, value + n)) for n in (-1, 0, 1))}
        return [Grade(found, scale) for found in sorted(near, reverse=True)]

    def _around(self, value: object) -> list[Said]:
        day = self.asked.day_of(value) if isinstance(value, Anchor) else None
        if day is None:
            if not isinstance(value, str):
                return []
            day = date.fromisoformat(value)
        return [self.day.isoformat(), *_days(day)]

    def _since(self, span: Span, anchor: Anchor) -> list[Said]:
        until = self.asked.day_of(anchor)
        if until is None:
            return [self.day.isoformat()]
        first = earliest(span, until)
        return [self.day.isoformat(), first.isoformat(), _days(first)[0]]


def _days(day: date) -> list[str]:
    step = timedelta(days=1)
    before = day if day == date.min else day - step
    after = day if day == date.max else day + step
    return [before.isoformat(), day.isoformat(), after.isoformat()]


def _used(value: Value) -> tuple[str, ...]:
    if isinstance(value, Decimal):
        return _users(int(value))
    return (str(value),)


def _users(count: int) -> tuple[str, ...]:
    """Return the names of so many awards; nobody is made up who has more than ``MANY``."""
    return tuple(map(str, range(min(count, MANY))))


def _another(values: Sequence[Value]) -> Value:
    """Return a value of the same kind that is none of ``values``."""
    first = values[0]
    if isinstance(first, bool):
        return not first
    if isinstance(first, Decimal):
        return max(value for value in values if isinstance(value, Decimal)) + 1
    return OTHER


@lru_cache(maxsize=4096)
def _names(test: Test) -> list[str]:
    found: dict[str, None] = {}
    for one in literals(test):
        found[USED if one.name in ("uses", "used_in") else one.name] = None
        if one.name == "level" and isinstance(one, Compare) and one.scale != HUNDRED:
            found["framework"] = None
    return list(found)


def _in_order(name: str, values: list[Said]) -> list[Said]:
    """Return the values to try: the best grade first, what is unremarkable last."""
    if name == "grade":
        grades = [value for value in values if isinstance(value, Grade)]
        grades.sort(key=lambda grade: (grade.scale, -grade.value))
        return [*grades, *(value for value in values if value is None)]
    return sorted(values, key=lambda value: value is None or value == OTHER)
