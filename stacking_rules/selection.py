"""Tests on facts: which completions, awards and attestations a requirement looks at.

A test answers yes, no, or unknown (None) where the fact does not say what is asked; the three
are combined by Kleene's rules. Values compare inside one kind: numbers with numbers, dates and
other text with text. Comparing across kinds is unknown, never a silent no.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from stacking_rules.definitions import Definitions
from stacking_rules.facts import HUNDRED, Award, Fact, Learner, Value
from stacking_rules.spans import Span, add, earliest, end_of_year


@dataclass(frozen=True, slots=True)
class Anchor:
    """A day that depends on the learner, moved by ``span``.

    ``source`` is "event" (of the learner), "award" (awarded on), "expiry" (an award's end of
    validity), "completed" (the first completion) or "asked" (the day for which is asked); ``key``
    names which. With ``to_year_end`` it is the last day of that year.
    """

    source: str
    key: str = ""
    span: Span = field(default_factory=Span)
    to_year_end: bool = False


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of the fact's values of ``name`` is one of ``values``."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """One of the fact's values of ``name`` is at-least, at-most, above or below ``value``.

    ``scale`` names the scale of a grade, or the framework of a level.
    """

    name: str
    operator: str
    value: Value | Anchor
    scale: str = HUNDRED


@dataclass(frozen=True, slots=True)
class Recent:
    """The day of ``name`` ("on", "started") is not longer ago than ``span`` at ``anchor``."""

    name: str
    span: Span
    anchor: Anchor = field(default_factory=lambda: Anchor("asked"))


@dataclass(frozen=True, slots=True)
class Known:
    """The fact says something (or nothing) of ``name``."""

    name: str
    is_known: bool


@dataclass(frozen=True, slots=True)
class AllTests:
    """Every one holds."""

    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class AnyTest:
    """At least one holds."""

    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class NotTest:
    """The test does not hold."""

    test: Test


Test = OneOf | Compare | Recent | Known | AllTests | AnyTest | NotTest

NO_DEFINITIONS = Definitions()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a test may look at beside the fact: the day, the learner, what awards have used."""

    as_of: date
    definitions: Definitions = NO_DEFINITIONS
    learner: Learner = field(default_factory=Learner)
    facts: tuple[Fact, ...] = ()
    uses: Mapping[str, tuple[Award, ...]] = field(default_factory=dict)

    def day_of(self, anchor: Anchor) -> date | None:
        """Return the day that ``anchor`` means for this learner; None where it is not known."""
        day = self._start(anchor)
        if day is None:
            return None
        moved = add(day, anchor.span) if anchor.span else day
        return end_of_year(moved) if anchor.to_year_end else moved

    def _start(self, anchor: Anchor) -> date | None:
        if anchor.source == "asked":
            return self.as_of
        if anchor.source == "event":
            return self.learner.event(anchor.key)
        kind = "completion" if anchor.source == "completed" else "award"
        found = [f for f in self.facts if f.kind == kind and f.achievement == anchor.key]
        if not found:
            return None
        if anchor.source == "completed":
            return min(fact.on for fact in found)
        latest = max(found, key=lambda fact: fact.on)
        return latest.on if anchor.source == "award" else latest.valid_until


def passes(test: Test, fact: Fact, asked: Asked) -> bool | None:
    """Return whether ``fact`` passes ``test``; None where it does not say enough."""
    if isinstance(test, Recent):  # asked of every fact in many stacks: without a way round by text
        day = fact.started_on if test.name == "started" else fact.on
        return None if day is None else _is_recent(day, test, asked)
    return _passes(test, asked, lambda name, scale: _values(fact, name, scale, asked))


def learner_passes(test: Test, asked: Asked) -> bool | None:
    """Return whether the learner passes ``test``: on attributes, and on events by their day."""

    def values(name: str, _scale: str | None) -> tuple[Value, ...] | None:
        day = asked.learner.event(name)
        return (day.isoformat(),) if day is not None else asked.learner.values(name)

    return _passes(test, asked, values)


Values = Callable[[str, str | None], tuple[Value, ...] | None]
"""(name, scale) -> what is said of it; None for nothing."""


def holds(test: Test, values_of: Values, asked: Asked) -> bool | None:
    """Return whether ``test`` holds of something that says ``values_of``; None for unknown."""
    return _passes(test, asked, values_of)


def literals(test: Test) -> Iterator[OneOf | Compare | Recent | Known]:
    """Yield the tests on single names that ``test`` is made of."""
    match test:
        case AllTests(tests) | AnyTest(tests):
            for part in tests:
                yield from literals(part)
        case NotTest(inner):
            yield from literals(inner)
        case OneOf() | Compare() | Recent() | Known():
            yield test


def _passes(test: Test, asked: Asked, values_of: Values) -> bool | None:
    match test:
        case AllTests(tests):
            return all_of(_passes(part, asked, values_of) for part in tests)
        case AnyTest(tests):
            return any_of(_passes(part, asked, values_of) for part in tests)
        case NotTest(inner):
            found = _passes(inner, asked, values_of)
            return None if found is None else not found
    return _simple(test, asked, values_of)


def _simple(test: OneOf | Compare | Recent | Known, asked: Asked, values_of: Values) -> bool | None:
    match test:
        case Known(name, is_known):
            return (values_of(name, None) is not None) is is_known
        case OneOf(name, wanted):
            values = values_of(name, None)
            return None if values is None else any_of(_equal(v, w) for v in values for w in wanted)
        case Compare(name, operator, value, scale):
            values, limit = values_of(name, scale), _limit(value, asked)
            if values is None or limit is None:
                return None
            return any_of(_compare(found, operator, limit) for found in values)
        case Recent(name):
            values = values_of(name, None)
            if values is None:
                return None
            days = (date.fromisoformat(str(value)) for value in values)
            return any_of(_is_recent(day, test, asked) for day in days)


def _is_recent(day: date, test: Recent, asked: Asked) -> bool | None:
    until = asked.day_of(test.anchor)
    return None if until is None else day >= earliest(test.span, until)


def _limit(value: Value | Anchor, asked: Asked) -> Value | None:
    if not isinstance(value, Anchor):
        return value
    day = asked.day_of(value)
    return None if day is None else day.isoformat()


def lapses(test: Test, fact: Fact | None) -> Iterator[date]:
    """Yield the days on which the answer of ``test`` for ``fact`` may change by itself."""
    match test:
        case AllTests(tests) | AnyTest(tests):
            for part in tests:
                yield from lapses(part, fact)
        case NotTest(inner):
            yield from lapses(inner, fact)
        case Recent(name, span, Anchor("asked")) if fact is not None:
            day = fact.started_on if name == "started" else fact.on
            if day is not None and add(day, span) < date.max:
                yield add(day, span) + timedelta(days=1)


def names_in(test: Test, *, is_learner: bool) -> Iterator[str]:
    """Yield the names of events and awards that ``test`` measures by, and of what it looks at.

    The names it looks at are yielded only for a test on the learner.
    """
    match test:
        case AllTests(tests) | AnyTest(tests):
            for part in tests:
                yield from names_in(part, is_learner=is_learner)
        case NotTest(inner):
            yield from names_in(inner, is_learner=is_learner)
        case Compare(name, _, value):
            yield from (name,) if is_learner else ()
            yield from (value.key,) if isinstance(value, Anchor) else ()
        case Recent(name, _, anchor):
            yield from (name, anchor.key) if is_learner else (anchor.key,)
        case OneOf(name) | Known(name):
            yield from (name,) if is_learner else ()


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """Combine by Kleene's rules: no if one is no, else unknown if one is, else yes."""
    found = set(answers)
    if False in found:
        return False
    return None if None in found else True


def any_of(answers: Iterable[bool | None]) -> bool | None:
    """Combine by Kleene's rules: yes if one is yes, else unknown if one is, else no."""
    found = set(answers)
    if True in found:
        return True
    return None if None in found else False


def values_at(fact: Fact, name: str, asked: Asked) -> tuple[Value, ...] | None:
    """Return what ``fact`` says of ``name``, built-in names included; None for nothing."""
    return _values(fact, name, None, asked)


def _values(fact: Fact, name: str, scale: str | None, asked: Asked) -> tuple[Value, ...] | None:
    """Return what the fact says of ``name``; None where it says nothing."""
    match name:
        case "achievement" | "kind":
            return (getattr(fact, name),)
        case "credits":
            return (fact.credits,)
        case "on":
            return (fact.on.isoformat(),)
        case "recorded":
            return (fact.recorded_at.date().isoformat(),)
        case "started":
            return None if fact.started_on is None else (fact.started_on.isoformat(),)
        case "uses" | "used_in":
            return _used(name, asked.uses.get(fact.id, ()))
    return _graded(fact, name, scale, asked)


def _graded(fact: Fact, name: str, scale: str | None, asked: Asked) -> tuple[Value, ...] | None:
    match name:
        case "grade" if fact.grade is not None:
            value = asked.definitions.value_on(fact.grade, scale or fact.grade.scale, fact.on)
            return None if value is None else (value,)
        case "level" if scale is not None and scale != HUNDRED:
            return _levels(fact, scale, asked)
    return fact.values(name)


def _used(name: str, awards: Sequence[Award]) -> tuple[Value, ...]:
    """Return how many awards there are, or their keys and types."""
    if name == "uses":
        return (Decimal(len(awards)),)
    found: dict[Value, None] = {}
    for award in awards:
        found |= dict.fromkeys((award.achievement, *(award.values("type") or ())))
    return tuple(found)


def _levels(fact: Fact, wanted: str, asked: Asked) -> tuple[Value, ...] | None:
    framework = fact.values("framework")
    source = str(framework[0]) if framework else None
    found = [
        asked.definitions.level_on(value, source, wanted, fact.on)
        for value in fact.values("level") or ()
    ]
    known = tuple(value for value in found if value is not None)
    return known or None


def _equal(found: Value, wanted: Value) -> bool | None:
    return found == wanted if type(found) is type(wanted) else None


def _compare(found: Value, operator: str, wanted: Value) -> bool | None:
    if isinstance(found, Decimal) and isinstance(wanted, Decimal):
        return in_order(operator, (found > wanted) - (found < wanted))
    if isinstance(found, str) and isinstance(wanted, str):
        return in_order(operator, (found > wanted) - (found < wanted))
    return None


def in_order(operator: str, order: int) -> bool:
    """Return whether ``operator`` holds for a value that is less (-1), equal (0) or more (1)."""
    return {
        "at_least": order >= 0,
        "at_most": order <= 0,
        "above": order > 0,
        "below": order < 0,
    }[operator]
