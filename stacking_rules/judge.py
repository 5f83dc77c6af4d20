"""Checks a placement clause by clause; knows no search, so that it can contradict one.

Also says how far each clause is met, for people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import chain, combinations

from stacking_rules import clauses as kinds
from stacking_rules.clauses import Clause
from stacking_rules.facts import Fact, is_valid
from stacking_rules.held import ZERO, Fit, Held
from stacking_rules.problems import Placement
from stacking_rules.selection import Test
from stacking_rules.spans import add
from stacking_rules.thresholds import Gate, Pool, Threshold, nodes_of, pools_of

Places = Sequence[tuple[Pool, Fit]]


@dataclass(frozen=True, slots=True)
class Measure:
    """How far a clause is met: ``have`` against ``need`` in ``unit``."""

    is_met: bool
    have: Decimal
    need: Decimal
    unit: str


class Judge:
    """Measures what is placed below ``root``."""

    def __init__(self, root: Threshold, placed: Placement, held: Held) -> None:
        self.root, self.placed, self.held = root, placed, held

    @cached_property
    def scopes(self) -> dict[str, Places]:
        """What counts below each node, by address; an overlay only at itself."""
        found: dict[str, Places] = {}
        for node in nodes_of(self.root):
            pools = [p for p in pools_of(node) if node is p or not p.is_overlay]
            found[node.address] = [(p, fit) for p in pools for fit in self.placed[p.address]]
        return found

    def is_met(self, node: Threshold | None = None) -> bool:
        """Return whether the placement meets ``node`` (the root) and all its clauses."""
        node = node or self.root
        if isinstance(node, Pool):
            is_enough = self.credited(node) >= node.need
            return is_enough and self._clauses_hold(node)
        if not isinstance(node, Gate):
            raise TypeError(f"{node.address} has to be settled before it is judged")
        met = sum(self.is_met(part) for part in node.parts)
        return met >= node.need and self._clauses_hold(node)

    def counts_twice(self) -> tuple[str, ...]:
        """Return the items that count in more places than the clauses allow."""
        places: dict[tuple[str, str], set[str]] = {}
        for pool in pools_of(self.root):
            if not pool.is_overlay:
                for fit in self.placed[pool.address]:
                    places.setdefault(fit.item, set()).add(pool.address)
        return tuple(item[1] for item, pools in places.items() if not self._may_share(pools))

    def _may_share(self, pools: set[str]) -> bool:
        if len(pools) < 2:
            return True
        for node in nodes_of(self.root):
            below = {pool.address for pool in pools_of(node)}
            for _, clause in node.clauses:
                if isinstance(clause, kinds.Once) and pools <= below:
                    return len(pools) <= clause.times
                if isinstance(clause, kinds.Share) and self._are_shared(clause, pools):
                    return True
        return False

    def _are_shared(self, clause: kinds.Share, pools: set[str]) -> bool:
        sides = [
            {p.address for n in nodes_of(self.root) if n.address == at for p in pools_of(n)}
            for at in (clause.first, clause.second)
        ]
        return len(pools) == 2 and all(len(pools & side) == 1 for side in sides)

    def _clauses_hold(self, node: Pool | Gate) -> bool:
        return all(self.measure(node, clause).is_met for _, clause in node.clauses)

    def credited(self, pool: Pool) -> Decimal:
        """Return what counts in ``pool``: the least that any set of its caps allows."""
        fits = self.placed[pool.address]
        best = sum([fit.amount for fit in fits], ZERO)
        if not pool.clauses:
            return best
        caps = [c for _, c in pool.clauses if isinstance(c, kinds.Cap) and c.unit == pool.unit]
        for chosen in chain.from_iterable(combinations(caps, n) for n in range(1, len(caps) + 1)):
            inside = [any(self._is_in(cap.where, fit.fact) for cap in chosen) for fit in fits]
            rest = (fit.amount for fit, is_in in zip(fits, inside, strict=True) if not is_in)
            allowed = sum((cap.limit for cap in chosen), Decimal(0)) + sum(rest, Decimal(0))
            best = min(best, allowed)
        return best

    def _is_in(self, test: Test | None, fact: Fact, *, unknown: bool = True) -> bool:
        answer = self.held.passes(test, fact)
        return unknown if answer is None else answer

    def measure(self, node: Pool | Gate, clause: Clause) -> Measure:
        """Return how far ``clause``, which stands at ``node``, is met."""
        places = self.scopes[node.address]
        handler = _HANDLERS.get(type(clause))
        if handler is not None:
            return handler(self, clause, places)
        if isinstance(clause, kinds.Cap):
            return self._cap(node, clause, places)
        if isinstance(clause, kinds.Once):
            return self._once(clause, places)
        if isinstance(clause, kinds.Share):
            return self._share(clause)
        if isinstance(clause, kinds.After):
            return self._after(clause, places)
        return _yes(1)

    def amount(self, pool: Pool, fit: Fit, unit: str) -> Decimal | None:
        """Return what ``fit`` adds in ``unit``; None where it is not known."""
        if unit == pool.unit:
            return fit.amount
        return self.held.amount(fit.fact, unit, pool.scale)

    def sum(
        self, places: Places, unit: str, where: Test | None, *, unknown: bool
    ) -> tuple[Decimal, bool]:
        """Return what passes ``where``, added in ``unit``, and whether all of it is known."""
        inside = [at for at in places if self._is_in(where, at[1].fact, unknown=unknown)]
        amounts = [self.amount(pool, fit, unit) for pool, fit in inside]
        return sum((a for a in amounts if a is not None), Decimal(0)), None not in amounts

    def _least(self, c: kinds.Least, places: Places) -> Measure:
        have, _ = self.sum(places, c.unit, c.where, unknown=False)
        return Measure(have >= c.need, have, c.need, c.unit)

    def _most(self, c: kinds.Most, places: Places) -> Measure:
        have, is_known = self.sum(places, c.unit, c.where, unknown=True)
        return Measure(is_known and have <= c.limit, have, c.limit, c.unit)

    def _best(self, c: kinds.Best, places: Places) -> Measure:
        have = Decimal(len(places))
        return Measure(have <= c.count, have, Decimal(c.count), "items")

    def _cap(self, node: Pool | Gate, c: kinds.Cap, places: Places) -> Measure:
        have, is_known = self.sum(places, c.unit, c.where, unknown=True)
        is_summed = isinstance(node, Pool) and node.unit == c.unit
        is_met = is_summed or (is_known and have <= c.limit)
        return Measure(is_met, min(have, c.limit), c.limit, c.unit)

    def _portion(self, c: kinds.Portion, places: Places) -> Measure:
        every, is_known = self.sum(places, c.unit, None, unknown=True)
        have, _ = self.sum(places, c.unit, c.where, unknown=c.is_most)
        need = c.share * Fraction(every)
        is_met = Fraction(have) <= need if c.is_most else Fraction(have) >= need
        return Measure(is_known and is_met, have, _decimal(need), c.unit)

    def _mean(self, c: kinds.Mean, places: Places) -> Measure:
        weights, worth = Decimal(0), Decimal(0)
        for pool, fit in places:
            if self.held.passes(c.where, fit.fact) is False:
                continue
            grade = self.held.grade(fit.fact, c.scale)
            weight = self.amount(pool, fit, c.weight)
            if grade is None or weight is None:
                return Measure(is_met=False, have=Decimal(0), need=c.target, unit="grade")
            weights, worth = weights + weight, worth + weight * grade
        have = _decimal(Fraction(worth) / Fraction(weights)) if weights else c.target
        return Measure(worth >= c.target * weights, have, c.target, "grade")

    def _distinct(self, c: kinds.Distinct, places: Places) -> Measure:
        facts = [f.fact for _, f in places if self._is_in(c.where, f.fact, unknown=False)]
        have = _matched([self.held.values(c.by, fact) for fact in facts])
        return Measure(have >= c.need, Decimal(have), Decimal(c.need), "values")

    def _same(self, c: kinds.Same, places: Places) -> Measure:
        facts = [f.fact for _, f in places if self._is_in(c.where, f.fact)]
        shared = [set(self.held.values(c.by, fact)) for fact in facts]
        return _yes(not shared or bool(set.intersection(*shared)))

    def _window(self, c: kinds.Window, places: Places) -> Measure:
        starts = [fit.fact.started_on if c.start == "started" else fit.fact.on for _, fit in places]
        known = [day for day in starts if day is not None]
        if len(known) < len(starts):
            return _yes(0)
        if not known:
            return _yes(1)
        last = max(fit.fact.on for _, fit in places)
        if c.span is not None:
            return _yes(last <= add(min(known), c.span))
        definitions = self.held.asked.definitions
        begin, end = definitions.term_of(min(known)), definitions.term_of(last)
        return _yes(begin is not None and end is not None and end - begin < c.terms)

    def _together(self, _c: kinds.Together, places: Places) -> Measure:
        facts = [fit.fact for _, fit in places]
        days = [fact.on for fact in facts]
        return _yes(not days or any(all(is_valid(f, day) for f in facts) for day in days))

    def _after(self, c: kinds.After, places: Places) -> Measure:
        before = [fit.fact.on for _, fit in self.scopes.get(c.of, ())]
        if not before:
            return _yes(1)
        last = max(before)
        starts = [fit.fact.on if c.by == "on" else fit.fact.started_on for _, fit in places]
        return _yes(all(s is not None and (s > last if c.is_strict else s >= last) for s in starts))

    def _bundle(self, c: kinds.Bundle, places: Places) -> Measure:
        counted = {fit.item[1] for _, fit in places}
        return _yes(len(counted.intersection(c.of)) in (0, len(c.of)))

    def _once(self, c: kinds.Once, places: Places) -> Measure:
        items = [fit.item for _, fit in places]
        most = max((items.count(item) for item in items), default=0)
        return Measure(most <= c.times, Decimal(most), Decimal(c.times), "places")

    def _share(self, c: kinds.Share) -> Measure:
        first, second = (
            {fit.item: fit for pool, fit in self.scopes.get(at, ()) if not pool.is_overlay}
            for at in (c.first, c.second)
        )
        both = [fit for item, fit in first.items() if item in second]
        worth = sum((fit.fact.credits for fit in both), Decimal(0))
        is_met = (c.items is None or len(both) <= c.items) and (
            c.credits is None or worth <= c.credits
        )
        for fits in (first, second):
            own = sum((fit.fact.credits for fit in fits.values()), Decimal(0)) - worth
            is_met = is_met and (c.unique is None or not fits or own >= c.unique)
        return Measure(is_met, Decimal(len(both)), c.items or Decimal(len(both)), "items")


_HANDLERS: dict[type[Clause], Callable[..., Measure]] = {
    kinds.Least: Judge._least,
    kinds.Most: Judge._most,
    kinds.Best: Judge._best,
    kinds.Portion: Judge._portion,
    kinds.Mean: Judge._mean,
    kinds.Distinct: Judge._distinct,
    kinds.Same: Judge._same,
    kinds.Window: Judge._window,
    kinds.Together: Judge._together,
    kinds.Bundle: Judge._bundle,
}


def _yes(answer: object) -> Measure:
    return Measure(bool(answer), Decimal(int(bool(answer))), Decimal(1), "yes")


def _decimal(value: Fraction) -> Decimal:
    """Return a number for people, to four places; what is compared stays exact."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.0001"))


def _matched(options: Iterable[Sequence[object]]) -> int:
    """Return how many things can each have a value of their own (augmenting paths)."""
    owner: dict[object, Sequence[object]] = {}

    def give(mine: Sequence[object], tried: set[object]) -> bool:
        for value in mine:
            if value not in tried:
                tried.add(value)
                if value not in owner or give(owner[value], tried):
                    owner[value] = mine
                    return True
        return False

    return sum(give(mine, set()) for mine in options)
