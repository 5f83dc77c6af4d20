"""From a placement to the Progress tree: what counts where, what does not, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from stacking_rules.clauses import Filter, Grace
from stacking_rules.facts import Fact
from stacking_rules.held import DOUBTFUL, Candidates, Fit, Item, preference
from stacking_rules.judge import Judge
from stacking_rules.progress import ClauseProgress, HeldFact, Progress, Status, Unused
from stacking_rules.requirements import (
    Amount,
    Choice,
    Group,
    LearnerIs,
    Limit,
    NoneOf,
    Requirement,
    Single,
    Waived,
)
from stacking_rules.stacks import child_address, clause_address
from stacking_rules.thresholds import Atom, Gate, Pool, atom_of, nodes_of, pools_of


class View:
    """Builds the Progress tree from what a judge has measured."""

    def __init__(
        self,
        judge: Judge,
        candidates: Candidates,
        given: Mapping[str, Progress | ClauseProgress],
    ) -> None:
        self.judge, self.candidates, self.given = judge, candidates, given
        self.pools = {pool.address: pool for pool in pools_of(judge.root)}
        self.nodes: dict[str, Pool | Gate] = {}
        for node in nodes_of(judge.root):
            self.nodes.setdefault(node.address, node)
        self.users: dict[str, list[str]] = {}
        for pool in self.pools.values():
            if not pool.is_overlay:
                for fit in judge.placed[pool.address]:
                    self.users.setdefault(fit.item[1], []).append(pool.address)

    def node(self, address: str, node: Requirement) -> Progress:
        """Return the progress at ``node``, children and clauses included."""
        if isinstance(node, NoneOf | Limit | LearnerIs):
            found = self.given[address]
            if not isinstance(found, Progress):
                raise TypeError(f"{address} was not answered")
            return found
        if isinstance(node, Waived):
            one = Decimal(1)
            return Progress(address, node, Status.MET, one, one, "parts", waiver=node.waiver)
        if isinstance(node, Choice):
            return self._choice(address, node)
        if isinstance(node, Group):
            return self._group(address, node)
        if isinstance(node, Amount):
            return self._amount(address, node)
        return self._single(address, node)

    def _finish(self, found: Progress, hope: Decimal) -> Progress:
        """Return ``found`` with its clauses, met only if they are; ``hope`` is at best held."""
        address, node = found.address, found.requirement
        status = kleene(found.have, hope, found.need)
        if not node.clauses:
            return found if status is found.status else replace(found, status=status)
        clauses = tuple(self._clauses(address, node))
        for clause in clauses:
            if clause.status is not Status.MET and status is Status.MET:
                status = clause.status
        return replace(found, clauses=clauses, status=status)

    def _clauses(self, address: str, node: Requirement) -> list[ClauseProgress]:
        found = []
        threshold = self.nodes.get(address)
        for clause in node.clauses:
            at = clause_address(address, clause)
            given = self.given.get(at)
            if isinstance(given, ClauseProgress):
                found.append(given)
            elif threshold is not None and not isinstance(clause, Filter | Grace):
                measure = self.judge.measure(threshold, clause)
                status = Status.MET if measure.is_met else Status.NOT_MET
                found.append(
                    ClauseProgress(at, clause, status, measure.have, measure.need, measure.unit)
                )
        return found

    def _choice(self, address: str, node: Choice) -> Progress:
        condition = self.given[address]
        if not isinstance(condition, Progress):
            raise TypeError(f"{address} was not answered")
        taken = {Status.MET: node.then, Status.NOT_MET: node.otherwise}.get(condition.status)
        one = Decimal(1)
        if taken is None and condition.status is Status.NOT_MET:
            return Progress(address, node, Status.MET, one, one, "parts", children=(condition,))
        parts = [taken] if taken is not None else [node.then, node.otherwise]
        children = [self.node(child_address(address, p), p) for p in parts if p is not None]
        met = all(child.status is Status.MET for child in children)
        status = children[0].status if len(children) == 1 else Status.UNKNOWN
        if met:
            status = Status.MET
        have = Decimal(int(met))
        return Progress(address, node, status, have, one, "parts", children=(condition, *children))

    def _group(self, address: str, group: Group) -> Progress:
        pool = self.pools.get(address)
        children = tuple(
            self.node(child_address(address, part), part)
            if pool is None
            else self._in_pool(child_address(address, part), part, pool)
            for part in group.parts
        )
        statuses = [child.status for child in children]
        met = statuses.count(Status.MET)
        hope = Decimal(met + statuses.count(Status.UNKNOWN))
        need, have = Decimal(group.needed), Decimal(min(met, group.needed))
        status = kleene(have, hope, need)
        found = Progress(address, group, status, have, need, "parts", children=children)
        return self._finish(found, hope)

    def _amount(self, address: str, node: Amount) -> Progress:
        pool = self.pools[address]
        fits = self.judge.placed[address]
        have = self.judge.credited(pool)
        unused = tuple(
            held
            for held in self._unused(pool, self.judge.held.asked_in(pool))
            if node.of or held.reason is not Unused.OTHER_KIND
        )
        counted = tuple(fit.fact for fit in fits)
        hope = have + self._hope(pool)
        found = Progress(
            address,
            node,
            kleene(have, hope, pool.need),
            min(have, pool.need),
            pool.need,
            pool.unit,
            counted,
            unused,
        )
        return self._finish(found, hope)

    def _hope(self, pool: Pool) -> Decimal:
        """Return what might still count if all that is not known turned out well."""
        placed = {fit.item for fit in self.judge.placed[pool.address]}
        best: dict[object, Decimal] = {}
        for fit in self.candidates[pool.address]:
            if not fit.is_sure and not fit.barriers and fit.item not in placed:
                best[fit.item] = max(best.get(fit.item, Decimal(0)), fit.amount)
        return sum(best.values(), Decimal(0))

    def _single(self, address: str, leaf: Requirement) -> Progress:
        found = self._in_pool(address, leaf, self.pools[address])
        is_doubtful = found.status is Status.UNKNOWN
        return self._finish(found, found.have + is_doubtful) if leaf.clauses else found

    def _in_pool(self, address: str, leaf: Requirement, pool: Pool) -> Progress:
        """Return the progress at one achievement of a pool."""
        if not isinstance(leaf, Single):
            raise TypeError(f"{type(leaf).__name__} is not a single achievement")
        atom = atom_of(leaf)
        mine = {fact.id for _, fact in self.judge.held.asked_about(atom)}
        placed = [fit.fact for fit in self.judge.placed[pool.address]]
        if pool.address == address:
            counted = tuple(placed[:1])
        else:
            counted = tuple(fact for fact in placed if fact.id in mine)[:1]
        mine_now = ((item, fact, atom) for item, fact in self.judge.held.asked_about(atom))
        unused = self._unused(pool, mine_now)
        if counted:
            unused = [held for held in unused if held.reason is not Unused.NOT_NEEDED]
        surplus = any(held.reason is Unused.NOT_NEEDED for held in unused)
        doubt = any(held.reason in DOUBTFUL for held in unused)
        met = 1 if counted or surplus else 0
        return Progress(
            address,
            leaf,
            kleene(met, met + doubt, 1),
            Decimal(met),
            Decimal(1),
            "items",
            counted,
            tuple(unused),
        )

    def _unused(self, pool: Pool, asked: Iterable[tuple[Item, Fact, Atom]]) -> list[HeldFact]:
        placed = {fit.fact.id for fit in self.judge.placed[pool.address]}
        items = {fit.item for fit in self.judge.placed[pool.address]}
        fits = {fit.fact.id: fit for fit in self.candidates[pool.address]}
        found: dict[str, HeldFact] = {}
        for item, fact, atom in asked:
            if fact.id not in placed and item not in items and fact.id not in found:
                found[fact.id] = self._why(pool, atom, fact, fits.get(fact.id))
        return sorted(found.values(), key=lambda held: preference(held.fact))

    def _why(self, pool: Pool, atom: Atom, fact: Fact, fit: Fit | None) -> HeldFact:
        reason, barriers = self.judge.held.judge(pool, atom, fact)
        if reason is None and (barriers or (fit is not None and fit.barriers)):
            return HeldFact(fact, Unused.BARRED, barriers)
        if reason is None:
            is_used = fit is not None and fit.item[1] in self.users and not pool.is_overlay
            reason = Unused.USED_ELSEWHERE if is_used else Unused.NOT_NEEDED
            if fit is not None and not fit.is_sure:
                reason = Unused.DATA_MISSING
        return HeldFact(fact, reason, barriers)


def kleene(met: Decimal | int, hope: Decimal | int, need: Decimal | int) -> Status:
    """Combine by Kleene's rules: enough for sure, enough if the unknown hold, or not enough."""
    if met >= need:
        return Status.MET
    return Status.UNKNOWN if hope >= need else Status.NOT_MET
