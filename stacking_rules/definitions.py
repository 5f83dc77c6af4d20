"""What a document declares for all its stacks: scales, tables, equivalences, terms, rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from stacking_rules.facts import Attributes, Fact, Grade, Value


@dataclass(frozen=True, slots=True)
class Scale:
    """A named scale: its grades from the worst to the best; ``points`` where they have some."""

    grades: tuple[str, ...]
    points: tuple[Decimal, ...] = ()

    def grade(self, text: str, name: str) -> Grade | None:
        """Return the grade written ``text``, None if the scale has no such grade."""
        if text not in self.grades:
            return None
        index = self.grades.index(text)
        value = self.points[index] if self.points else Decimal(index)
        return Grade(value, name, text, is_rank=not self.points)

    def worth(self, points: object, name: str) -> Grade | None:
        """Return the grade worth ``points`` (its place, without points), None if none is."""
        for text in self.grades:
            grade = self.grade(text, name)
            if grade is not None and grade.value == points:
                return grade
        return None


@dataclass(frozen=True, slots=True)
class Table:
    """A declared conversion of grades (or levels) from one scale to another, monotone.

    ``rows`` are (value on the old scale, value on the new one), from the worst to the best; it
    counts for what happened from ``since`` on and before ``until``.
    """

    source: str
    target: str
    rows: tuple[tuple[Decimal, Decimal], ...]
    since: date = date.min
    until: date = date.max

    def convert(self, value: Decimal) -> Decimal | None:
        """Return the new value of the row that ``value`` reaches; None below the first row."""
        reached = [new for old, new in self.rows if old <= value]
        return reached[-1] if reached else None


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Achievements that are the same thing, for what happened in [since, until)."""

    keys: tuple[str, ...]
    since: date = date.min
    until: date = date.max


@dataclass(frozen=True, slots=True)
class Substitution:
    """``given`` is accepted for ``wanted``, not the other way, for [since, until)."""

    given: str
    wanted: str
    since: date = date.min
    until: date = date.max


@dataclass(frozen=True, slots=True)
class Term:
    """An academic term: its first and last day."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Rate:
    """A conversion of credits: ``numerator/denominator`` new ones for one old one.

    What comes out is rounded down to a multiple of ``quantum``, once.
    """

    source: str
    target: str
    numerator: int
    denominator: int
    quantum: Decimal = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class AchievementText:
    """What a document says of an achievement. ``credits`` are exact.

    ``status`` is "active" or "retired" (``replaced_by`` then names what to take instead), and
    ``attributes`` hold for every completion that does not say otherwise. It may count as
    ``repeatable`` items; its credits may be split into parts of ``quantum`` (None: never).
    """

    key: str
    name: str
    description: str = ""
    credits: Decimal = Decimal(0)
    scale: str = "0-100"
    status: str = "active"
    replaced_by: str = ""
    attributes: Attributes = ()
    repeatable: int = 1
    quantum: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Definitions:
    """Everything that a document declares beside its stacks."""

    achievements: Mapping[str, AchievementText] = field(default_factory=dict)
    scales: Mapping[str, Scale] = field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    levels: tuple[Table, ...] = ()
    equivalent: tuple[Equivalence, ...] = ()
    accepted: tuple[Substitution, ...] = ()
    terms: tuple[Term, ...] = ()
    rates: tuple[Rate, ...] = ()
    zone: str = "UTC"

    orders_facts: bool = field(init=False, repr=False, compare=False)
    """Whether facts become other items than their achievements because of what is declared."""
    splits: bool = field(init=False, repr=False, compare=False)
    """Whether the credits of something may be split between requirements."""

    def __post_init__(self) -> None:
        """Note once what is asked for every fact."""
        texts = self.achievements.values()
        several = any(text.repeatable > 1 for text in texts)
        orders = bool(self.equivalent or self.accepted) or several
        object.__setattr__(self, "orders_facts", orders)
        object.__setattr__(self, "splits", any(text.quantum is not None for text in texts))

    @property
    def several(self) -> frozenset[str]:
        """The keys of achievements for which several items of a learner may stand."""
        same = {key for entry in self.equivalent for key in entry.keys}
        again = {key for key, text in self.achievements.items() if text.repeatable > 1}
        return frozenset(same | again | {entry.wanted for entry in self.accepted})

    def value_on(self, grade: Grade, scale: str, day: date) -> Decimal | None:
        """Return ``grade`` as a number on ``scale``; None if no table leads there."""
        if grade.scale == scale:
            return grade.value
        return _converted(self.tables, grade.value, grade.scale, scale, day)

    def level_on(
        self, value: Value, framework: str | None, wanted: str, day: date
    ) -> Decimal | None:
        """Return a level as a number of the framework ``wanted``; None if no table leads there."""
        if not isinstance(value, Decimal) or framework is None:
            return None
        if framework == wanted:
            return value
        return _converted(self.levels, value, framework, wanted, day)

    def names_of(self, fact: Fact) -> tuple[str, frozenset[str]]:
        """Return the key under which ``fact`` is one item, and all it may count as.

        Equivalences form classes (whoever is the same as the same is the same); accepting one
        for another goes one step, in its direction.
        """
        names = _same(self.equivalent, fact.achievement, fact.on)
        wider = {
            entry.wanted
            for entry in self.accepted
            if entry.given in names and entry.since <= fact.on < entry.until
        }
        return min(names), frozenset(names | wider)

    def credits_of(self, fact: Fact, kind: str) -> Decimal | None:
        """Return the credits of ``fact`` in ``kind``, rounded down once; None without a rate."""
        if not fact.credit_kind or fact.credit_kind == kind:
            return fact.credits
        for rate in self.rates:
            if (rate.source, rate.target) == (fact.credit_kind, kind):
                quanta = fact.credits * rate.numerator // (rate.denominator * rate.quantum)
                return quanta * rate.quantum
        return None

    def term_of(self, day: date) -> int | None:
        """Return the number of the term that ``day`` is in, or the next one; None after all."""
        for index, term in enumerate(self.terms):
            if day <= term.last:
                return index
        return None


def _converted(
    tables: tuple[Table, ...], value: Decimal, source: str, target: str, day: date
) -> Decimal | None:
    for table in tables:
        if (table.source, table.target) == (source, target) and table.since <= day < table.until:
            return table.convert(value)
    return None


def _same(entries: tuple[Equivalence, ...], key: str, day: date) -> set[str]:
    names = {key}
    waiting = [entry for entry in entries if entry.since <= day < entry.until]
    while found := [entry for entry in waiting if not names.isdisjoint(entry.keys)]:
        for entry in found:
            names |= set(entry.keys)
            waiting.remove(entry)
    return names
