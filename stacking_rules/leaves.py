"""What each amount or single item of a rule asks of the facts that are to count there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from stacking_rules import clauses as kinds
from stacking_rules.clauses import Clause
from stacking_rules.facts import Grade
from stacking_rules.requirements import (
    Amount,
    Attested,
    Choice,
    Completed,
    Earned,
    Leaf,
    LearnerIs,
    Limit,
    NoneOf,
    Requirement,
    parts_of,
)
from stacking_rules.selection import AllTests, Compare, OneOf, Test
from stacking_rules.stacks import child_address, walk

_KINDS: dict[type[Requirement], str] = {Earned: "award", Attested: "attestation"}


@dataclass(frozen=True, slots=True)
class Place:
    """One place where facts may count.

    ``must`` are the tests that keep a fact out. ``clauses`` are those that bind what counts
    here, the nearest first; ``rank`` says after how many others the place is to be filled.
    """

    address: str
    node: Leaf
    must: tuple[Test, ...]
    clauses: tuple[Clause, ...]
    rank: int = 0

    @property
    def kind(self) -> str:
        """The kind of fact that counts here, the first where there are several."""
        if isinstance(self.node, Amount):
            return self.node.among[0]
        return _KINDS.get(type(self.node), "completion")

    @property
    def keys(self) -> tuple[str, ...]:
        """The achievements that may count here; none: any."""
        return self.node.of if isinstance(self.node, Amount) else (self.node.achievement,)

    @property
    def need(self) -> Decimal:
        """How much is asked for."""
        return self.node.need if isinstance(self.node, Amount) else Decimal(1)

    @property
    def unit(self) -> str:
        """In what it is measured."""
        return self.node.unit if isinstance(self.node, Amount) else "items"

    @property
    def is_overlay(self) -> bool:
        """Whether what counts here counts elsewhere, too."""
        return isinstance(self.node, Amount) and self.node.is_overlay

    def scale(self) -> str | None:
        """Return the scale of the grades that are asked for here, None where none are."""
        grade = getattr(self.node, "grade", None)
        if isinstance(grade, Grade):
            return grade.scale
        means = [clause.scale for clause in self.clauses if isinstance(clause, kinds.Mean)]
        if means:
            return means[0]
        return self.node.scale if isinstance(self.node, Amount) and self.unit == "points" else None


def places(address: str, node: Requirement) -> list[Place]:
    """Return the places below ``node``, those that have to come after others later."""
    found = list(_places(address, node, (), ()))
    after = [
        (child, clause.of)
        for child, below in walk(address, node)
        for clause in below.clauses
        if isinstance(clause, kinds.After)
    ]
    known = [place.address for place in found]
    return [replace(place, rank=_rank(place.address, known, after, 0)) for place in found]


def _rank(address: str, known: list[str], after: list[tuple[str, str]], depth: int) -> int:
    waits = [of for at, of in after if is_below(address, at)]
    if not waits or depth > len(after):
        return 0
    before = [other for other in known if any(is_below(other, of) for of in waits)]
    return 1 + max((_rank(other, known, after, depth + 1) for other in before), default=0)


def is_below(address: str, root: str) -> bool:
    """Return whether ``address`` is ``root`` or stands below it."""
    return f"{address.rstrip('/')}/".startswith(f"{root.rstrip('/')}/")


def _places(
    address: str, node: Requirement, must: tuple[Test, ...], above: tuple[Clause, ...]
) -> Iterator[Place]:
    must = (*must, *(c.where for c in node.clauses if isinstance(c, kinds.Filter)))
    around = (*node.clauses, *above)
    if isinstance(node, Completed | Earned | Attested | Amount):
        yield Place(address, node, (*own_tests(node), *must), around)
    if isinstance(node, NoneOf):
        return
    parts = [p for p in parts_of(node) if not (isinstance(node, Choice) and p is node.condition)]
    if isinstance(node, Choice):
        yield from _places(child_address(address, node.condition), node.condition, (), ())
    for part in parts:
        yield from _places(child_address(address, part), part, must, around)


def own_tests(node: Requirement) -> Iterator[Test]:
    """Yield what ``node`` itself asks of a fact: its test and its grade."""
    where, grade = getattr(node, "where", None), getattr(node, "grade", None)
    if where is not None and not isinstance(node, LearnerIs):
        yield where
    if isinstance(grade, Grade):
        yield Compare("grade", "at_least", grade.value, grade.scale)


def tests_of(address: str, node: Requirement) -> list[Test]:
    """Return all that anything in ``node`` may ask of a fact."""
    found: list[Test] = []
    for _, below in walk(address, node):
        found += own_tests(below)
        for clause in below.clauses:
            where = getattr(clause, "where", None)
            found += [] if where is None else [where]
    return found


def hints_of(address: str, node: Requirement) -> list[Test]:
    """Return tests whose values are worth trying, though nothing in ``node`` asks for them."""
    found: list[Test] = []
    for _, below in walk(address, node):
        for clause in below.clauses:
            if isinstance(clause, kinds.Distinct):
                found.append(OneOf(clause.by, values_by(clause.by, clause.need)))
            elif isinstance(clause, kinds.Same):
                found.append(OneOf(clause.by, values_by(clause.by, 2)))
            elif isinstance(clause, kinds.Mean):
                found.append(Compare("grade", "at_least", clause.target, clause.scale))
        if isinstance(below, Amount) and below.unit == "points":
            found.append(Compare("grade", "at_least", below.need / 2, below.scale))
    return found


def values_by(name: str, count: int) -> tuple[str, ...]:
    """Return so many different values of an attribute that is only told apart."""
    return tuple(f"{name}-{number}" for number in range(1, count + 1))


def limits_of(node: Requirement) -> list[Test]:
    """Return the tests of what is limited, counted or not."""
    found: list[Test] = []
    for _, below in walk("/", node):
        if isinstance(below, Limit):
            keys = [OneOf("achievement", below.of)] if below.of else []
            where = [] if below.where is None else [below.where]
            found.append(AllTests((*keys, *where)))
    return found
