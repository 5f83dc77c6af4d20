"""Facts made up for a rule: enough that it can be met, of as many sorts as it tells apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal

from stacking_rules import clauses as kinds
from stacking_rules.clauses import Clause
from stacking_rules.facts import Fact, Value
from stacking_rules.item_sizes import share_of, split
from stacking_rules.leaves import Place, is_below, limits_of, places, values_by
from stacking_rules.made_facts import FactBook
from stacking_rules.requirements import Requirement
from stacking_rules.rule_changes import HALF
from stacking_rules.satisfy import Goal, Inventor, Said, Sketch
from stacking_rules.selection import OneOf, Test, literals
from stacking_rules.stacks import Stack
from stacking_rules.weaken_days import Shift

MOST = 24
"""How many facts are offered for one place at most."""

Sort = tuple[list[Goal], list[Decimal]]
"""What facts are to pass and not, and their sizes."""


@dataclass(slots=True)
class Offer:
    """Makes up facts for ``rule``, which stands at ``address``.

    With ``is_wide`` there is more than enough, of every sort; without, what looks sufficient.
    What is offered at ``scope`` is moved to other days by ``shift``; where ``is_shared``, what
    serves one place is not offered again for another. What is ``avoided``, by kind and key, is
    offered only where nothing else would do.
    """

    stack: Stack
    address: str
    rule: Requirement
    inventor: Inventor
    is_wide: bool = False
    scope: str = ""
    shift: Shift | None = None
    is_shared: bool = False
    avoided: frozenset[tuple[str, str]] = frozenset()
    left: dict[str, Decimal] = field(default_factory=dict)

    def make(self) -> list[Fact]:
        """Return the facts, and the awards that have used them."""
        book = FactBook(self.stack, self.inventor)
        is_wide = self.is_wide and self.stack.repeats == "best"
        found, first = places(self.address, self.rule), True
        for place in sorted(found, key=_order):
            is_moved = self.shift is not None and is_below(place.address, self.scope)
            for sketch, size in self._sketches(place, found, book):
                fact = book.fact(place, sketch, size)
                if is_moved and self.shift is not None:
                    fact, first = self.shift(fact, first), False
                book.take(fact, sketch, is_repeat_wanted=is_wide)
        return book.all()

    def _sketches(
        self, place: Place, others: Sequence[Place], book: FactBook
    ) -> Iterator[tuple[Sketch, Decimal]]:
        """Yield what facts at ``place`` say, with their sizes."""
        must: list[Goal] = [(test, True) for test in place.must]
        wishes = self._wishes(place, others)
        keys, number = self._keys(place, others, book), 0
        for goals, sizes in self._sorts(place, others, wishes, book):
            number = 0 if self.is_wide and keys else number
            for size in sizes[:MOST]:
                key = keys[number % len(keys)] if place.keys else next(iter(keys[number:]), "")
                key = key or book.new_key()
                apart = self._told_apart(place, number)
                number += 1
                fixed = {"achievement": key, **book.points(place, key, size)}
                sketch = self._sketch(place, [*must, *goals, *apart], wishes, fixed)
                if sketch is not None:
                    yield sketch, size

    def _keys(self, place: Place, others: Sequence[Place], book: FactBook) -> list[str]:
        """Return the achievements that may count at ``place``, the ones to take first."""
        keys = place.keys or tuple(
            key
            for other in others
            if other.is_overlay and other.kind == place.kind and not place.is_overlay
            for key in other.keys
        )
        keys = tuple(key for key in keys if (place.kind, key) not in self.avoided) or keys
        taken = [key for key in keys if (place.kind, key) in book.facts]
        free = sorted((k for k in keys if k not in taken), key=lambda k: _is_bundled(place, k))
        return [*taken, *free] if place.is_overlay else [*free, *(taken if place.keys else [])]

    def _sketch(
        self, place: Place, must: list[Goal], wishes: list[Goal], fixed: dict[str, Said]
    ) -> Sketch | None:
        fixed = {"kind": place.kind, **fixed}
        text = self.stack.definitions.achievements.get(str(fixed["achievement"]))
        known: dict[str, Said] = {} if text is None else {n: v[0] for n, v in text.attributes}
        bare: dict[str, Said] = {"kind": place.kind}
        bare |= {"achievement": fixed["achievement"]} if place.keys else {}
        limits = limits_of(self.stack.requires)
        for said in (fixed | known, fixed, bare):
            found = self.inventor.invent(must, wishes, said)
            if found is not None and not (
                "grade" in said and any(self.inventor.passes(test, found) for test in limits)
            ):
                return found
        return None

    def _told_apart(self, place: Place, number: int) -> Iterator[Goal]:
        several: dict[str, int] = {}
        for clause in place.clauses:
            if isinstance(clause, kinds.Distinct):
                several[clause.by] = max(clause.need, several.get(clause.by, 1))
        for clause in place.clauses:
            if isinstance(clause, kinds.Same):
                several[clause.by] = 1
        for name, count in several.items():
            values = self._values(name, count)
            yield OneOf(name, (values[number % len(values)],)), True

    def _values(self, name: str, count: int) -> tuple[Value, ...]:
        known = [v for v in self.inventor.options.get(name, []) if isinstance(v, str)]
        told = [v for v in known if v not in ("other", "known")]
        return (*told, *values_by(name, count))[:count]

    def _wishes(self, place: Place, others: Sequence[Place]) -> list[Goal]:
        """Return what facts at ``place`` had better pass and not, the weightiest first."""
        bad: list[Goal] = []
        good: list[Goal] = []
        for clause in place.clauses:
            where = getattr(clause, "where", None)
            if where is not None and not isinstance(clause, kinds.Filter | kinds.Carry):
                is_bad = _is_limit(clause)
                (bad if is_bad else good).append((where, not is_bad))
        bad += [(test, False) for test in limits_of(self.stack.requires)]
        shared: list[Goal] = []
        apart: list[Goal] = []
        for other in others:
            is_shared = other.is_overlay or place.is_overlay or self.is_shared
            tests = (*other.must, *_inner(other)) if is_shared else other.must
            (shared if is_shared else apart).extend((test, is_shared) for test in tests)
        rest = [(test, False) for test in self.inventor.tests]
        return [*bad, *good, *shared, *(g for g in (*apart, *rest) if not _is_open(g[0]))]

    # -- how many, and how large ---------------------------------------------------------------

    def _sorts(
        self, place: Place, others: Sequence[Place], wishes: list[Goal], book: FactBook
    ) -> list[Sort]:
        """Return the sorts of facts to offer at ``place``, with their sizes."""
        must: list[Goal] = [(test, True) for test in place.must]
        need = place.need
        if (place.is_overlay or self.is_shared) and not place.keys:
            need -= self._there(place, book)
        apart = self._apart(place, must, wishes)
        counted = [
            int(other.need)
            for other in others
            if other.is_overlay and other.unit == "items" and set(other.must) <= set(place.must)
        ]
        least = max(counted, default=1) if place.unit != "items" else 1
        most = self._most(place, others, wishes)
        sizes = split(place, need, least, most)
        found: list[Sort] = []
        if not place.keys and not self.is_wide:
            named = [o.need for o in others if o.keys and o.is_overlay and o.unit == place.unit]
            if named and not place.is_overlay and place.unit == "credits":
                found.append(([], named))
                need -= sum(named, Decimal(0))
        for clause, where in apart:
            mine = self._claim(clause, place, sizes)
            if mine:
                found.append(([(where, True)], mine))
                need -= sum(mine, Decimal(0))
        avoided: list[Goal] = [(where, False) for _, where in apart]
        found.append((avoided, split(place, need, least, most) if found else sizes))
        return self._wide(place, found) if self.is_wide else found

    def _most(self, place: Place, others: Sequence[Place], wishes: list[Goal]) -> int:
        """Return into how many items the need of ``place`` is split at most."""
        rivals = {k for o in others if o is not place and not o.is_overlay for k in o.keys}
        most = 4 if rivals.isdisjoint(place.keys) else 1
        base = self._sketch(place, [(t, True) for t in place.must], wishes, {"achievement": "item"})
        for clause in place.clauses:
            is_limit = isinstance(clause, kinds.Most | kinds.Cap) and clause.unit == "items"
            if is_limit and base is not None:
                where = getattr(clause, "where", None)
                if where is None or self.inventor.passes(where, base):
                    most = min(most, max(1, int(getattr(clause, "limit", 1))))
        return most

    def _there(self, place: Place, book: FactBook) -> Decimal:
        """Return how much of what is made already counts at ``place``, too."""
        limits = [c.count for c in place.clauses if isinstance(c, kinds.Best)]
        amounts = []
        for sketch, fact in book.sketches:
            is_fit = fact.kind == place.kind
            if is_fit and all(self.inventor.passes(test, sketch) for test in place.must):
                grade = fact.grade.value if fact.grade is not None else Decimal(0)
                amounts.append(
                    {"credits": fact.credits, "points": grade}.get(place.unit, Decimal(1))
                )
        amounts.sort(reverse=True)
        return sum(amounts[: min([*limits, len(amounts)])], Decimal(0))

    def _apart(
        self, place: Place, must: list[Goal], wishes: list[Goal]
    ) -> list[tuple[Clause, Test]]:
        """Return the clauses for which other facts are needed than for the rest of ``place``."""
        base = self._sketch(place, must, wishes, {"achievement": "item"}) or {}
        limited = {c.where for c in place.clauses if isinstance(c, kinds.Most | kinds.Cap)}
        found: list[tuple[Clause, Test]] = []
        for clause in place.clauses:
            where = getattr(clause, "where", None)
            is_least = isinstance(clause, kinds.Least | kinds.Portion | kinds.Distinct)
            if where is None or not is_least or _is_limit(clause):
                continue
            is_edge = clause.id.startswith("edge")
            if is_edge or where in limited or self.inventor.passes(where, base) is not True:
                found.append((clause, where))
        return found

    def _claim(self, clause: Clause, place: Place, sizes: list[Decimal]) -> list[Decimal]:
        """Return the sizes of what ``place`` gives to a clause: each clause is served once."""
        where = getattr(clause, "where", None)
        most = [
            c for c in place.clauses if isinstance(c, kinds.Most | kinds.Cap) and c.where == where
        ]
        items = min([c.limit for c in most if c.unit == "items"], default=None)
        amount = min([c.limit for c in most if c.unit == place.unit != "items"], default=None)
        is_counted = isinstance(clause, kinds.Least) and clause.unit == "items"
        if is_counted and place.unit != "items":
            left = self.left.get(clause.id, getattr(clause, "need", Decimal(0)))
            mine = sizes[: int(left)]
            if amount is not None and mine and sum(mine) > amount:
                even = (amount / len(mine) / HALF).to_integral_value(ROUND_FLOOR) * HALF
                mine = [even] * len(mine)
            self.left[clause.id] = left - len(mine)
            return mine
        need = share_of(clause, place) or Decimal(int(place.unit == "items"))
        owed = self.left.get(clause.id, need)
        mine = split(place, min(owed, place.need) if place.unit == "items" else owed)
        if items is not None and items > 0 and len(mine) > items and place.unit != "items":
            mine = [sum(mine, Decimal(0)) / items] * int(items)
        self.left[clause.id] = owed - sum(mine, Decimal(0))
        return mine

    def _wide(self, place: Place, lean: list[Sort]) -> list[Sort]:
        """Return more of everything: every clause met and not, and sizes that fit exactly."""
        sizes = lean[-1][1] or split(place, place.need) or [Decimal(1)]
        many = sizes[:1] * (len(place.keys) or len(sizes) + 1)
        found: list[Sort] = [*lean, ([], many), ([], [place.need] * len(place.keys))]
        for clause in place.clauses:
            where = getattr(clause, "where", None)
            if where is not None:
                size = share_of(clause, place) or sizes[0]
                found += [([(where, want)], [size] * min(len(many), 2)) for want in (True, False)]
        return found


def _order(place: Place) -> tuple[object, ...]:
    """Return the order in which places are served: those that leave least choice first."""
    if not place.is_overlay:
        return (0, len(place.keys) or 99, -place.need)
    has_edge = any(clause.id.startswith("edge") for clause in place.node.clauses)
    return (1, not has_edge, place.unit != "items", -place.need)


def _is_bundled(place: Place, key: str) -> bool:
    return any(isinstance(c, kinds.Bundle) and key in c.of for c in place.clauses)


def _is_limit(clause: Clause) -> bool:
    return isinstance(clause, kinds.Cap | kinds.Most) or getattr(clause, "is_most", False)


def _is_open(test: Test) -> bool:
    """Return whether nothing is gained by failing ``test``: grades and uses are not told apart."""
    return all(one.name in ("grade", "uses", "used_in") for one in literals(test))


def _inner(place: Place) -> list[Test]:
    found = [getattr(c, "where", None) for c in place.node.clauses if not _is_limit(c)]
    return [where for where in found if where is not None]
