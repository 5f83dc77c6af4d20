"""Clauses: what a requirement says beside its amount, each with an address of its own.

A clause binds the facts that count at its requirement or below it (its *scope*). ``rule`` are the
labels of the printed rules that it carries, such as R4.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from stacking_rules.selection import Test
from stacking_rules.spans import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """What all clauses have: ``id`` is the step in the address ("" until the reader names it)."""

    id: str = ""
    rule: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter(Clause):
    """Only facts that pass ``where`` count in the scope."""

    where: Test


@dataclass(frozen=True, slots=True, kw_only=True)
class Open(Clause):
    """The requirement can be met from ``since`` on and before ``until`` (the day asked for)."""

    since: date = date.min
    until: date = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Clause):
    """All that counts was finished within ``span`` (or ``terms`` terms) of its earliest start.

    ``start`` says which day of the facts is the start: "on" or "started".
    """

    span: Span | None = None
    terms: int = 0
    start: str = "on"


@dataclass(frozen=True, slots=True, kw_only=True)
class After(Clause):
    """What counts here starts when all that counts at the address ``of`` is finished.

    ``by`` is the day here that is compared: "started" or "on"; ``is_strict`` forbids equal days.
    """

    of: str
    by: str = "started"
    is_strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Together(Clause):
    """There is a day, not after the one asked for, on which all that counts is valid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grace(Clause):
    """What has ended counts for ``span`` longer, or ``to_year_end`` of the year it ended in."""

    span: Span = field(default_factory=Span)
    to_year_end: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Least(Clause):
    """Of what counts, at least ``need`` (in ``unit``) passes ``where``.

    ``share`` and ``base_need`` tell where the need came from, if it is a share of a printed size.
    """

    need: Decimal
    unit: str
    where: Test | None = None
    share: Fraction | None = None
    base_need: Decimal | None = None
    printed: Decimal | None = None
    rounded: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Most(Clause):
    """Of what counts, at most ``limit`` (in ``unit``) passes ``where``: more is not counted."""

    limit: Decimal
    unit: str
    where: Test | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion(Clause):
    """Of all that counts, at least (or at most) ``share`` passes ``where``, exactly."""

    share: Fraction
    unit: str
    where: Test | None = None
    is_most: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinct(Clause):
    """What counts and passes ``where`` can be matched to ``need`` different values of ``by``."""

    by: str
    need: int
    where: Test | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Same(Clause):
    """There is one value of ``by`` that all that counts and passes ``where`` has."""

    by: str
    where: Test | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean(Clause):
    """The mean grade of what counts (and passes ``where``) is at least ``target``.

    Weighted by credits, or each item alike; grades are read on ``scale``. With ``over``
    "attempted" it is taken over all that is held, counted or not.
    """

    target: Decimal
    scale: str
    weight: str = "credits"
    over: str = "counted"
    where: Test | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap(Clause):
    """Of what passes ``where``, at most ``limit`` (in ``unit``) is credited: more is dropped."""

    limit: Decimal
    unit: str
    where: Test | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Best(Clause):
    """At most ``count`` items count here: the best."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share(Clause):
    """Items may count both at ``first`` and at ``second`` (addresses), up to the limits.

    ``unique`` credits of each must not be shared.
    """

    first: str
    second: str
    items: Decimal | None = None
    credits: Decimal | None = None
    unique: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Once(Clause):
    """One item counts at most ``times`` in the scope (1: nothing counts twice, said aloud)."""

    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle(Clause):
    """These achievements count together or not at all."""

    of: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Carry(Clause):
    """Surplus of this cycle enters the next: at most ``limit``, of what passes ``where``."""

    limit: Decimal
    where: Test | None = None
