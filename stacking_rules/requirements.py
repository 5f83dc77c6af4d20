"""What a stack asks for: a tree of frozen requirements."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from stacking_rules.facts import Grade
from stacking_rules.selection import Test


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One node. ``id`` is its step in the address, ``title`` what people call it (or "")."""

    id: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed(Requirement):
    """One named achievement is completed, at ``grade`` or better; the fact passes ``where``."""

    achievement: str
    grade: Grade | None = None
    where: Test | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned(Requirement):
    """One named award is held."""

    achievement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount(Requirement):
    """At least ``need`` from distinct achievements of ``of``, each at ``grade`` or better.

    ``unit`` is "credits" (what they give is added) or "items" (each is one).
    Without ``of`` every completed achievement may count that passes ``where``. An overlay looks
    at items without using them up: they count elsewhere, too.
    """

    need: Decimal
    unit: str = "credits"
    of: tuple[str, ...] = ()
    grade: Grade | None = None
    where: Test | None = None
    is_overlay: bool = False


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


Leaf = Completed | Earned | Amount


def parts_of(requirement: Requirement) -> tuple[Requirement, ...]:
    """Return the requirements directly below ``requirement``."""
    return requirement.parts if isinstance(requirement, Group | NoneOf) else ()
