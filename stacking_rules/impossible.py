"""What can never be met, whoever asks: proved by exact search on everything that could be held.

A stack is made easier first: what depends on days, grades, learners or the open market is taken
to turn out well. What is impossible even then is impossible; otherwise nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from stacking_rules import clauses as kinds
from stacking_rules.clauses import Clause
from stacking_rules.could_hold import credits_are_known, everything, left_open, surest
from stacking_rules.encode import encode
from stacking_rules.facts import Fact
from stacking_rules.held import Candidates, Fit, Held, Item
from stacking_rules.requirements import Completed, Group, NoneOf, Requirement, Single
from stacking_rules.search import Budget, SearchExhaustedError
from stacking_rules.stacks import Stack, child_address, walk
from stacking_rules.thresholds import (
    Atom,
    Compiled,
    Gate,
    Placed,
    Pool,
    Threshold,
    atom_of,
    compile_tree,
    nodes_of,
    pools_of,
    settle,
)

STEPS = 2_000
"""Decisions for one proof; without an answer by then nothing is claimed."""
MOST_PLACES = 2_000
"""Places (an option in a list) up to which a proof is tried."""

TESTED = (kinds.Least, kinds.Most, kinds.Portion, kinds.Cap)
DATED = (kinds.Window, kinds.After, kinds.Together, kinds.Mean, kinds.Carry)


@dataclass(frozen=True, slots=True)
class Impossible:
    """The requirement at ``address`` can never be met.

    ``most`` is what can be reached of ``need`` (in ``unit``) by what is listed. It is None where
    each part could be met, and not all that is asked together; ``ruled_out`` are then the keys
    that must not be held and are needed.
    """

    address: str
    need: Decimal = Decimal(0)
    most: Decimal | None = None
    unit: str = ""
    ruled_out: tuple[str, ...] = ()


class Prospect:
    """One requirement tree, made easier, with everything that could be held for it."""

    def __init__(self, stack: Stack, address: str, node: Requirement) -> None:
        compiled: Compiled = compile_tree(address, node, stack.definitions)
        self.stack, self.address = stack, address
        hopes: dict[str, bool | None] = {at: None for at, _ in compiled.given}
        self.written = settle(compiled.root, hopes, hope=True)
        self.held: Held = everything(stack, pools_of(self.written))
        self.root = self._eased(self.written)
        self.nodes = dict(walk(address, node))
        self.shares = any(
            isinstance(clause, kinds.Share) or (isinstance(clause, kinds.Once) and clause.times > 1)
            for found in nodes_of(self.root)
            for _, clause in found.clauses
        )

    @cached_property
    def candidates(self) -> Candidates:
        """What could count in each closed pool."""
        return {
            pool.address: tuple(fit for fit in self.held.fits(pool) if not fit.barriers)
            for pool in pools_of(self.root)
        }

    def without(self, ruled_out: set[tuple[str, str]]) -> Candidates:
        """Return the candidates without what must not be held (and is not over, either)."""
        certain = surest(self.stack.definitions)
        valid = {pool.address for pool in pools_of(self.root) if pool.must_be_valid}

        def is_out(fit: Fit) -> bool:
            names = certain.names_of(fit.fact)[1]
            return not ruled_out.isdisjoint((fit.fact.kind, name) for name in names)

        return {
            address: tuple(fit for fit in fits if address not in valid or not is_out(fit))
            for address, fits in self.candidates.items()
        }

    def allowed(self) -> Candidates:
        """Return the candidates without what no way to meet the root allows to be held."""
        return self.without(set(_ruled_out(self.nodes[self.address])))

    def impossible(self) -> Iterator[Impossible]:
        """Yield what can never be met: the smallest parts to blame, in document order."""
        budget = Budget(STEPS)
        found: list[Impossible] = []
        self._prove(self.root, budget, found)
        yield from found

    def reach(self, pool: Pool) -> Decimal:
        """Return the most that what is listed can add up to in a closed pool."""
        largest: dict[Item, Decimal] = {}
        for fit in self.candidates[pool.address]:
            largest[fit.item] = max(fit.amount, largest.get(fit.item, Decimal(0)))
        counts = [c.count for _, c in pool.clauses if isinstance(c, kinds.Best)]
        best = sorted(largest.values(), reverse=True)
        return sum(best[: min([len(best), *counts])], Decimal(0))

    def most_at(self, address: str) -> Decimal | None:
        """Return the most that can be reached at an amount or group; None where it is not known."""
        for found in nodes_of(self.root):
            if found.address == address and isinstance(found, Pool):
                return self.reach(found)
        node = self.nodes.get(address)
        return Decimal(len(node.parts)) if isinstance(node, Group) else None

    def serves(self, pool: Pool, atom: Atom) -> bool:
        """Return whether anything that ``atom`` asks about could count in ``pool``."""
        eased = self._with_open_tests(replace(pool, atoms=(atom,)))
        return any(not fit.barriers for fit in self.held.fits(eased))

    # -- proofs ------------------------------------------------------------------------------

    def _prove(self, node: Threshold, budget: Budget, found: list[Impossible]) -> bool:
        """Return whether ``node`` can never be met, and note what is to blame for it."""
        if isinstance(node, Pool):
            most = self.reach(node)
            if most < node.need:
                found.append(Impossible(node.address, node.need, most, node.unit))
                return True
            return bool(node.clauses) and self._note(node, budget, found, set())
        if not isinstance(node, Gate):
            return False
        failed = sum([self._prove(part, budget, found) for part in node.parts])
        if len(node.parts) - failed < node.need:
            return True
        if failed or (self.shares and node.address != self.address):
            # Sharing is settled further up: only there can it be told what is impossible.
            return False
        ruled_out = set(_ruled_out(self.nodes.get(node.address)))
        if not (ruled_out or node.clauses or self._is_contended(node)):
            return False
        return self._note(node, budget, found, ruled_out)

    def _note(
        self,
        node: Pool | Gate,
        budget: Budget,
        found: list[Impossible],
        ruled_out: set[tuple[str, str]],
    ) -> bool:
        if not self._has_no_solution(node, self.without(ruled_out), budget):
            return False
        keys: tuple[str, ...] = ()
        if ruled_out and not self._has_no_solution(node, self.candidates, budget):
            keys = tuple(sorted({key for _, key in ruled_out}))
        found.append(Impossible(node.address, ruled_out=keys))
        return True

    def _has_no_solution(self, node: Threshold, candidates: Candidates, budget: Budget) -> bool:
        if sum(len(candidates[pool.address]) for pool in pools_of(node)) > MOST_PLACES:
            return False
        try:
            problem = encode(node, candidates, self.held, is_hopeful=True)
            return problem.solve(budget) is None
        except SearchExhaustedError:
            return False

    def _is_contended(self, node: Threshold) -> bool:
        seen: set[Item] = set()
        for pool in pools_of(node):
            here = {fit.item for fit in self.candidates[pool.address]}
            if not pool.is_overlay and not seen.isdisjoint(here):
                return True
            seen |= set() if pool.is_overlay else here
        return False

    # -- an easier rule ------------------------------------------------------------------------

    def _eased(self, node: Threshold) -> Threshold:
        if isinstance(node, Pool):
            return self._eased_pool(node)
        if not isinstance(node, Gate):
            raise TypeError(f"{node.address} has to be settled before it is made easier")
        parts = tuple(self._eased(part) for part in node.parts)
        is_closed = all(self.is_closed(pool) for pool in pools_of(node))
        facts = [fact for pool in pools_of(node) for fact in self.facts(pool)]
        return replace(
            node, parts=parts, clauses=tuple(self._kept(node.clauses, facts, is_closed=is_closed))
        )

    def _eased_pool(self, pool: Pool) -> Threshold:
        if not self.is_closed(pool):
            kept = tuple(self._kept(pool.clauses, [], is_closed=False))
            return Gate(pool.address, 0, (), kept)
        kept = tuple(self._kept(pool.clauses, self.facts(pool), is_closed=True))
        return replace(self._with_open_tests(pool), clauses=kept)

    def _with_open_tests(self, pool: Pool) -> Pool:
        definitions = self.stack.definitions
        return replace(
            pool,
            atoms=tuple(replace(a, where=left_open(a.where, definitions)) for a in pool.atoms),
            filters=tuple(
                (at, replace(f, where=left_open(f.where, definitions) or f.where))
                for at, f in pool.filters
            ),
            must_be_valid=pool.must_be_valid and pool.grace is None,
            grace=None,
            index={},
        )

    def is_closed(self, pool: Pool) -> bool:
        """Return whether it is known what the pool lists, and what each option is worth."""
        if pool.unit == "points" or any(atom.achievement is None for atom in pool.atoms):
            return False
        if any(isinstance(clause, kinds.Carry) for _, clause in pool.clauses):
            return False
        definitions = self.stack.definitions
        return pool.unit == "items" or all(
            credits_are_known(fact, definitions) for fact in self.facts(pool)
        )

    def facts(self, pool: Pool) -> list[Fact]:
        """Return everything that could be held of what ``pool`` lists, whether it passes or not."""
        return [fact for _, fact, _ in self.held.asked_in(replace(pool, index={}))]

    def _kept(
        self, clauses: Iterable[Placed], facts: list[Fact], *, is_closed: bool
    ) -> Iterator[Placed]:
        """Yield the clauses that bind whatever the days are, without what is not known."""
        for at, clause in clauses:
            eased = self._eased_clause(clause, facts, is_closed=is_closed)
            if eased is not None:
                yield at, eased

    def _eased_clause(self, clause: Clause, facts: list[Fact], *, is_closed: bool) -> Clause | None:
        # What allows more than the rule does otherwise always stays.
        if isinstance(clause, kinds.Once):
            return clause
        if isinstance(clause, kinds.Share):
            return replace(clause, credits=None, unique=None)
        if not is_closed or isinstance(clause, DATED):
            return None
        if isinstance(clause, TESTED):
            if not self.is_measured(clause.unit, facts):
                return None
            return replace(clause, where=left_open(clause.where, self.stack.definitions))
        if isinstance(clause, kinds.Distinct | kinds.Same):
            return self._by_value(clause, facts)
        return clause

    def is_measured(self, unit: str, facts: list[Fact]) -> bool:
        """Return whether it is known what ``facts`` are worth in ``unit``."""
        definitions = self.stack.definitions
        return unit == "items" or (
            unit == "credits" and all(credits_are_known(f, definitions) for f in facts)
        )

    def _by_value(self, clause: kinds.Distinct | kinds.Same, facts: list[Fact]) -> Clause | None:
        if any(not self.held.values(clause.by, fact) for fact in facts):
            return None
        return replace(clause, where=left_open(clause.where, self.stack.definitions))


def exclusions(node: Requirement | None, address: str) -> Iterator[tuple[str, NoneOf]]:
    """Yield (address, "none of") of what holds whichever way ``node`` is met."""
    if not isinstance(node, Group) or node.needed < len(node.parts):
        return
    for part in node.parts:
        at = child_address(address, part)
        if isinstance(part, NoneOf):
            yield at, part
        else:
            yield from exclusions(part, at)


def is_plain(exclusion: NoneOf) -> bool:
    """Return whether ``exclusion`` forbids to hold something, whatever it is like."""
    return all(_held_at_all(part) for part in exclusion.parts)


def _ruled_out(node: Requirement | None) -> Iterator[tuple[str, str]]:
    """Yield (kind, key) of what must not be held, whichever way ``node`` is met."""
    for _, exclusion in exclusions(node, ""):
        yield from (pair for part in exclusion.parts for pair in _held_at_all(part))


def _held_at_all(node: Requirement) -> tuple[tuple[str, str], ...]:
    """Return (kind, key) of what meets ``node`` by being held at all; nothing otherwise."""
    if not isinstance(node, Single) or node.clauses or node.where is not None:
        return ()
    if isinstance(node, Completed) and node.grade is not None:
        return ()
    return ((atom_of(node).kinds[0], node.achievement),)
