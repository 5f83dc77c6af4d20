"""What a stack asks for: a tree of frozen requirements."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from stacking_rules.clauses import Clause
from stacking_rules.facts import Grade
from stacking_rules.selection import Test


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One node. ``id`` is its step in the address, ``title`` what people call it (or "").

    ``rule`` are the labels of the printed rules that it carries.
    """

    id: str = ""
    title: str = ""
    rule: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed(Requirement):
    """One named achievement is completed, at ``grade`` or better; the fact passes ``where``."""

    achievement: str
    grade: Grade | None = None
    where: Test | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned(Requirement):
    """One named award is held; it passes ``where``."""

    achievement: str
    where: Test | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested(Requirement):
    """A person has signed the statement ``achievement``; the attestation passes ``where``."""

    achievement: str
    where: Test | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount(Requirement):
    """At least ``need`` from distinct achievements of ``of``, each at ``grade`` or better.

    ``unit`` is "credits" (what they give is added), "items" (each is one) or "points" (grades
    are added, times the ``factors`` of the achievements). Without ``of`` everything of the kinds
    ``among`` ("completion", "award", "attestation") may count that passes ``where``. An overlay
    looks at items without using them up: they count elsewhere, too. ``scale`` is that of points.
    """

    need: Decimal
    unit: str = "credits"
    of: tuple[str, ...] = ()
    among: tuple[str, ...] = ("completion",)
    grade: Grade | None = None
    where: Test | None = None
    is_overlay: bool = False
    factors: tuple[tuple[str, Decimal], ...] = ()
    scale: str = "0-100"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Requirement):
    """A node over parts: at least ``needed`` of them must be met."""

    parts: tuple[Requirement, ...]

    @property
    def needed(self) -> int:
        """How many parts must be met."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf(Group):
    """Every part is met."""

    @property
    def needed(self) -> int:
        """All of them."""
        return len(self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf(Group):
    """At least one part is met."""

    @property
    def needed(self) -> int:
        """One."""
        return 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast(Group):
    """At least ``count`` parts are met."""

    count: int

    @property
    def needed(self) -> int:
        """The count."""
        return self.count


@dataclass(frozen=True, slots=True, kw_only=True)
class NoneOf(Requirement):
    """No part is met, each looked at alone: what is held there is not used up."""

    parts: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit(Requirement):
    """Of all that is held and passes ``where``, no more than ``most`` (in ``unit``)."""

    most: Decimal
    unit: str = "items"
    of: tuple[str, ...] = ()
    where: Test | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerIs(Requirement):
    """The learner passes ``where``: a test on attributes and events."""

    where: Test


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Requirement):
    """``then`` if ``condition`` is met (looked at alone), otherwise ``otherwise`` (None: met)."""

    condition: Requirement
    then: Requirement
    otherwise: Requirement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived(Requirement):
    """``waived``, met by exception: ``waiver`` is the id of the exception."""

    waived: Requirement
    waiver: str


Leaf = Completed | Earned | Attested | Amount
Single = Completed | Earned | Attested


def parts_of(requirement: Requirement) -> tuple[Requirement, ...]:
    """Return the requirements directly below ``requirement``."""
    if isinstance(requirement, Group | NoneOf):
        return requirement.parts
    if isinstance(requirement, Choice):
        found = (requirement.condition, requirement.then, requirement.otherwise)
        return tuple(part for part in found if part is not None)
    return ()
