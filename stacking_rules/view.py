"""From a placement to the Progress tree: what counts where, what does not, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache

from stacking_rules.clauses import Filter, Grace
from stacking_rules.held import DOUBTFUL, ONE, ZERO, Candidates, Fit, Held, Look, preference
from stacking_rules.judge import Judge
from stacking_rules.progress import ClauseProgress, HeldFact, Progress, Status, Unused
from stacking_rules.requirements import (
    AllOf,
    Amount,
    AnyOf,
    AtLeast,
    Attested,
    Choice,
    Completed,
    Earned,
    Group,
    Requirement,
    Single,
    Waived,
)
from stacking_rules.selection import Asked
from stacking_rules.stacks import ROOT, child_address, clause_address
from stacking_rules.thresholds import Compiled, Gate, Pool, nodes_of, pools_of

Given = Mapping[str, Progress | ClauseProgress]
"""Address -> the progress at what does not depend on what counts where."""


class View:
    """Builds the Progress tree from what a judge has measured."""

    def __init__(
        self,
        judge: Judge,
        candidates: Candidates,
        given: Given,
        blank: Mapping[str, Progress] | None = None,
    ) -> None:
        """``blank`` is the tree as it is when nothing is held, to be taken where that is so."""
        self.judge, self.candidates, self.given, self.blank = judge, candidates, given, blank or {}
        self.pools = {pool.address: pool for pool in pools_of(judge.root)}
        self.touched = _touched(judge) if blank else set()

    @cached_property
    def users(self) -> set[str]:
        """The items that count somewhere: their keys."""
        consuming = (pool for pool in self.pools.values() if not pool.is_overlay)
        return {fit.item[1] for pool in consuming for fit in self.judge.placed[pool.address]}

    @cached_property
    def nodes(self) -> dict[str, Pool | Gate]:
        """Pools and gates by address, the upper one where a gate has the address of its part."""
        return {node.address: node for node in reversed(nodes_of(self.judge.root))}

    def node(self, address: str, node: Requirement) -> Progress:
        """Return the progress at ``node``, children and clauses included."""
        if self.blank and address not in self.touched:
            return self.blank[address]
        build = _BUILDERS.get(type(node))
        if build is not None:
            return build(self, address, node)
        found = self.given[address]
        if not isinstance(found, Progress):
            raise TypeError(f"{address} was not answered")
        return found

    def _waived(self, address: str, node: Waived) -> Progress:
        return Progress(address, node, Status.MET, ONE, ONE, "parts", waiver=node.waiver)

    def _finish(self, found: Progress, hope: Decimal | int) -> Progress:
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
        branches = {Status.MET: node.then, Status.NOT_MET: node.otherwise}
        is_known = condition.status in branches
        taken = [branches[condition.status]] if is_known else list(branches.values())
        children = [self.node(child_address(address, p), p) for p in taken if p is not None]
        # What asks for nothing is met. Not knowing the branch, only what both say is known.
        said = {child.status for child in children} | ({Status.MET} if None in taken else set())
        status = said.pop() if len(said) == 1 else Status.UNKNOWN
        have = Decimal(int(status is Status.MET))
        return Progress(address, node, status, have, ONE, "parts", children=(condition, *children))

    def _group(self, address: str, group: Group) -> Progress:
        pool = self.pools.get(address)
        below = ((child_address(address, part), part) for part in group.parts)
        if pool is None:
            children = tuple(self.node(at, part) for at, part in below)
        else:
            children = self._leaves(pool, below)
        statuses = [child.status for child in children]
        met = statuses.count(Status.MET)
        hope, need = met + statuses.count(Status.UNKNOWN), group.needed
        have = Decimal(min(met, need))
        status = kleene(met, hope, need)
        found = Progress(address, group, status, have, Decimal(need), "parts", (), (), children)
        return self._finish(found, hope) if group.clauses else found

    def _leaves(self, pool: Pool, below: Iterable[tuple[str, Requirement]]) -> tuple[Progress, ...]:
        """Return the progress at the parts of a group that is one pool, an atom each."""
        asked: dict[int, list[Look]] = {}
        for look in self.judge.held.looks(pool):
            asked.setdefault(id(look.atom), []).append(look)
        return tuple(
            self.blank[at]
            if self.blank and id(atom) not in asked
            else self._leaf(at, part, pool, asked.get(id(atom), ()))
            for (at, part), atom in zip(below, pool.atoms, strict=True)
        )

    def _amount(self, address: str, node: Amount) -> Progress:
        pool = self.pools[address]
        fits = self.judge.placed[address]
        have = self.judge.credited(pool)
        unused = self._unused(pool, self.judge.held.looks(pool))
        if not node.of:
            unused = [held for held in unused if held.reason is not Unused.OTHER_KIND]
        counted = tuple([fit.fact for fit in fits])
        hope = have + self._hope(pool)
        found = Progress(
            address,
            node,
            kleene(have, hope, pool.need),
            min(have, pool.need),
            pool.need,
            pool.unit,
            counted,
            tuple(unused),
        )
        return self._finish(found, hope)

    def _hope(self, pool: Pool) -> Decimal:
        """Return what might still count if all that is not known turned out well."""
        if all(fit.is_sure for fit in self.candidates[pool.address]):
            return ZERO
        placed = {fit.item for fit in self.judge.placed[pool.address]}
        best: dict[object, Decimal] = {}
        for fit in self.candidates[pool.address]:
            if not fit.is_sure and not fit.barriers and fit.item not in placed:
                best[fit.item] = max(best.get(fit.item, Decimal(0)), fit.amount)
        return sum(best.values(), Decimal(0))

    def _single(self, address: str, leaf: Single) -> Progress:
        pool = self.pools[address]
        found = self._leaf(address, leaf, pool, self.judge.held.looks(pool))
        is_doubtful = found.status is Status.UNKNOWN
        return self._finish(found, found.have + is_doubtful) if leaf.clauses else found

    def _leaf(self, address: str, leaf: Requirement, pool: Pool, looks: Sequence[Look]) -> Progress:
        """Return the progress at one achievement of a pool; ``looks`` are about it."""
        mine = {look.fact.id for look in looks}
        placed = (fit.fact for fit in self.judge.placed[pool.address])
        # By exception something else may count, where the pool asks for nothing else.
        is_alone = pool.address == address
        counted = tuple(fact for fact in placed if is_alone or fact.id in mine)[:1]
        unused = self._unused(pool, looks)
        if counted:
            unused = [held for held in unused if held.reason is not Unused.NOT_NEEDED]
        surplus = any(held.reason is Unused.NOT_NEEDED for held in unused)
        doubt = any(held.reason in DOUBTFUL for held in unused)
        met = 1 if counted or surplus else 0
        status = kleene(met, met + doubt, 1)
        have = ONE if met else ZERO
        return Progress(address, leaf, status, have, ONE, "items", counted, tuple(unused))

    def _unused(self, pool: Pool, looks: Sequence[Look]) -> list[HeldFact]:
        if not looks:
            return []
        placed = self.judge.placed[pool.address]
        facts, items = {fit.fact.id for fit in placed}, {fit.item for fit in placed}
        rest = [it for it in looks if it.fact.id not in facts and it.item not in items]
        if not rest:
            return []
        fits = {fit.fact.id: fit for fit in self.candidates[pool.address]}
        found: dict[str, HeldFact] = {}
        for look in rest:
            if look.fact.id not in found:
                found[look.fact.id] = self._why(pool, look, fits.get(look.fact.id))
        return sorted(found.values(), key=lambda held: preference(held.fact))

    def _why(self, pool: Pool, look: Look, fit: Fit | None) -> HeldFact:
        reason, barriers = look.reason, look.barriers
        if reason is None and (barriers or (fit is not None and fit.barriers)):
            return HeldFact(look.fact, Unused.BARRED, barriers)
        if reason is None:
            is_used = fit is not None and fit.item[1] in self.users and not pool.is_overlay
            reason = Unused.USED_ELSEWHERE if is_used else Unused.NOT_NEEDED
            if fit is not None and not fit.is_sure:
                reason = Unused.DATA_MISSING
        return HeldFact(look.fact, reason, barriers)


_BUILDERS: dict[type[Requirement], Callable[..., Progress]] = {
    Waived: View._waived,
    Choice: View._choice,
    AllOf: View._group,
    AnyOf: View._group,
    AtLeast: View._group,
    Amount: View._amount,
    Completed: View._single,
    Earned: View._single,
    Attested: View._single,
}
"""What shows a requirement; everything else is given beforehand."""


def _touched(judge: Judge) -> set[str]:
    """Return the addresses at which, or below which, something is asked about."""
    found: set[str] = set()
    for pool in pools_of(judge.root):
        if judge.held.looks(pool):
            address = pool.address
            while address not in found:
                found.add(address)
                address = address.rpartition("/")[0] or ROOT
    return found


@lru_cache(maxsize=4096)
def blank_tree(compiled: Compiled) -> Mapping[str, Progress]:
    """Return the progress at every address of a plain tree when nothing is held."""
    nothing: dict[str, tuple[Fit, ...]] = {pool.address: () for pool in pools_of(compiled.root)}
    judge = Judge(compiled.root, nothing, Held(Asked(date.min), {}, {}))
    tree = View(judge, nothing, {}).node(compiled.root.address, compiled.node)
    found = {progress.address: progress for progress in tree.walk()}
    for progress in found.values():
        object.__setattr__(progress, "kept", {})
    return found


def kleene(met: Decimal | int, hope: Decimal | int, need: Decimal | int) -> Status:
    """Combine by Kleene's rules: enough for sure, enough if the unknown hold, or not enough."""
    if met >= need:
        return Status.MET
    return Status.UNKNOWN if hope >= need else Status.NOT_MET
