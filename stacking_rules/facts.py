"""What a learner has: completions, awards and attestations, as frozen values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

HUNDRED = "0-100"

Value = str | bool | Decimal
Attributes = tuple[tuple[str, tuple[Value, ...]], ...]
"""What else is known of a fact: (name, values) pairs, each name once."""


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade on a scale; ``scale`` is "low-high" or the name of a declared scale.

    ``value`` compares inside the scale. ``text`` is the grade as it was given where that is not
    the number; ``is_rank`` says that ``value`` only orders (no mean can be taken of ranks).
    """

    value: Decimal
    scale: str = HUNDRED
    text: str = ""
    is_rank: bool = False


@dataclass(frozen=True, slots=True)
class Completion:
    """One recorded attempt at an achievement.

    ``completed_on`` is when it happened (valid time), ``recorded_at`` when it became known
    (recorded time, aware). ``credits`` are exact, of ``credit_kind`` ("": the stack's own). A
    completion withdrawn at an instant did not happen for whoever looks from then on. It is valid
    before ``valid_until``, and not on that day (None: for good). ``attributes`` say what else is
    known, such as issuer, level or mode. ``state`` is "done", "pending" (expected to be confirmed),
    "in-progress" or "planned"; only what is done counts. ``attempt`` identifies the attempt.
    """

    id: str
    achievement: str
    completed_on: date
    recorded_at: datetime
    credits: Decimal = Decimal(0)
    grade: Grade | None = None
    withdrawn_at: datetime | None = None
    started_on: date | None = None
    valid_until: date | None = None
    attributes: Attributes = ()
    state: str = "done"
    attempt: str = ""
    credit_kind: str = ""
    kind = "completion"

    @property
    def on(self) -> date:
        """The day on which it happened."""
        return self.completed_on

    def values(self, name: str) -> tuple[Value, ...] | None:
        """Return the values of an attribute, None where nothing is known of it."""
        return _values(self.attributes, name)


@dataclass(frozen=True, slots=True)
class Award:
    """An award the learner holds: evidence for larger stacks.

    ``counted`` are the ids of the facts it was made of, where that is known; ``is_banked`` says
    that they are debited for good. ``carried`` is the surplus that enters the next cycle.
    """

    id: str
    achievement: str
    awarded_on: date
    recorded_at: datetime
    credits: Decimal = Decimal(0)
    valid_until: date | None = None
    attributes: Attributes = ()
    counted: tuple[str, ...] = ()
    is_banked: bool = False
    carried: Decimal = Decimal(0)
    kind = "award"
    grade = None
    started_on = None
    state = "done"
    credit_kind = ""
    withdrawn_at = None

    @property
    def on(self) -> date:
        """The day on which it was awarded."""
        return self.awarded_on

    def values(self, name: str) -> tuple[Value, ...] | None:
        """Return the values of an attribute, None where nothing is known of it."""
        return _values(self.attributes, name)


@dataclass(frozen=True, slots=True)
class Attestation:
    """A signed statement of a person; ``achievement`` is the key of what is stated.

    ``attributes`` say by whom and in which role (``by``, ``role``).
    """

    id: str
    achievement: str
    attested_on: date
    recorded_at: datetime
    valid_until: date | None = None
    attributes: Attributes = ()
    kind = "attestation"
    credits = Decimal(0)
    grade = None
    started_on = None
    state = "done"
    credit_kind = ""
    withdrawn_at = None

    @property
    def on(self) -> date:
        """The day on which it was signed."""
        return self.attested_on

    def values(self, name: str) -> tuple[Value, ...] | None:
        """Return the values of an attribute, None where nothing is known of it."""
        return _values(self.attributes, name)


Fact = Completion | Award | Attestation


@dataclass(frozen=True, slots=True)
class Learner:
    """What is known of the learner: attributes (as of facts), and the days of events."""

    attributes: Attributes = ()
    events: tuple[tuple[str, date], ...] = ()

    def values(self, name: str) -> tuple[Value, ...] | None:
        """Return the values of an attribute, None where nothing is known of it."""
        return _values(self.attributes, name)

    def event(self, name: str) -> date | None:
        """Return the day of an event, None where it is not known."""
        return dict(self.events).get(name)


WAIVER_KINDS = ("waive", "substitute", "force", "exclude", "change-limit", "change-value")


@dataclass(frozen=True, slots=True)
class Waiver:
    """A recorded exception at the address ``at`` of the stack ``stack``.

    ``kind`` is one of WAIVER_KINDS; ``fact`` names the fact (its id) or achievement it is about,
    ``value`` the new limit or value, ``field`` which value of a fact changes. It counts from
    ``granted_on`` on and before ``until`` (None: for good).
    """

    id: str
    kind: str
    stack: str
    at: str
    author: str
    reason: str
    granted_on: date
    recorded_at: datetime
    until: date | None = None
    fact: str = ""
    field: str = ""
    value: Value | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """A wish of learner or adviser: this fact (its id) is to count at this address."""

    stack: str
    at: str
    fact: str


@dataclass(frozen=True, slots=True)
class LearnerRecord:
    """Everything that is known of one learner."""

    completions: tuple[Completion, ...] = ()
    awards: tuple[Award, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    learner: Learner = field(default_factory=Learner)
    waivers: tuple[Waiver, ...] = ()
    pins: tuple[Pin, ...] = ()
    applied: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()

    def known(self, *, as_of: date, known_on: datetime) -> tuple[Fact, ...]:
        """Return what had happened by ``as_of``, as far as it was known at ``known_on`` (aware).

        A fact dated on ``as_of`` is among them; whether it is still valid is not looked at.
        """
        facts: tuple[Fact, ...] = (*self.completions, *self.awards, *self.attestations)
        return tuple(
            fact
            for fact in facts
            if fact.on <= as_of
            and fact.recorded_at <= known_on
            and (fact.withdrawn_at is None or fact.withdrawn_at > known_on)
        )


def latest_award(key: str, facts: Iterable[Fact]) -> Award | None:
    """Return the award of the achievement ``key`` among ``facts``, the latest of several."""
    own = [fact for fact in facts if isinstance(fact, Award) and fact.achievement == key]
    return max(own, key=lambda award: (award.on, award.id), default=None)


def is_valid(fact: Fact, day: date) -> bool:
    """Return whether ``fact`` is valid on ``day``: from its own day on, before ``valid_until``."""
    return fact.on <= day and (fact.valid_until is None or day < fact.valid_until)


def _values(attributes: Attributes, name: str) -> tuple[Value, ...] | None:
    for known, values in attributes:
        if known == name:
            return values
    return None
