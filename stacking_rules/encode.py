"""From a settled threshold and what fits it to choices under linear conditions.

Every clause becomes conditions of the one form that ``search`` decides (docs/decisions/0005).
Where something is not known, the *sure* problem takes it at its worst and the *hopeful* one at
its best: if the first can be solved the answer is yes, if not even the second, it is no.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import chain, combinations

from stacking_rules import clauses as kinds
from stacking_rules.bind import Scopes
from stacking_rules.held import Candidates, Fit, Held
from stacking_rules.problems import (
    BASE_COST,
    CLAUSE_COST,
    PLACE,
    SWITCH,
    Literal,
    Problem,
    Use,
    is_member,
)
from stacking_rules.sharing import no_waste, nothing_twice, one_attempt
from stacking_rules.thresholds import Gate, Pool, Threshold, nodes_of, pools_of


def encode(
    root: Threshold,
    candidates: Candidates,
    held: Held,
    *,
    is_hopeful: bool = False,
    is_relaxed: bool = False,
) -> Problem:
    """Return the problem whose solutions are the ways to meet ``root``.

    With ``is_relaxed`` every clause and amount may be switched off, at a cost.
    """
    problem = Problem(held, is_hopeful, is_relaxed)
    for pool in pools_of(root):
        problem.by_pool[pool.address] = []
        for fit in candidates[pool.address]:
            if _may_count(problem, fit):
                _add_use(problem, pool, fit)
    _node(problem, root, [])
    scopes = Scopes(problem, root)
    for node in nodes_of(root):
        for address, clause in node.clauses:
            scopes.add(node, address, clause)
    nothing_twice(problem, root)
    one_attempt(problem)
    if not is_relaxed:
        no_waste(problem, root)
    return problem


def _may_count(problem: Problem, fit: Fit) -> bool:
    if fit.barriers and not problem.is_relaxed:
        return False
    return fit.is_sure or problem.is_hopeful


def _add_use(problem: Problem, pool: Pool, fit: Fit) -> None:
    weight = -int(fit.amount.scaleb(6))
    choice = problem.choice(PLACE, prefer=True, rank=weight)
    use = Use(choice, pool, fit)
    problem.uses.append(use)
    problem.by_pool[pool.address].append(use)
    for address in fit.barriers:
        ((switch, _),) = problem.switch_off(address, CLAUSE_COST)
        problem.require([(switch, Decimal(1)), (choice, Decimal(-1))], 0)


# -- amounts and groups ---------------------------------------------------------------------


def _node(problem: Problem, node: Threshold, void: list[Literal]) -> None:
    problem.voids[node.address] = void
    if isinstance(node, Pool):
        _pool(problem, node, void)
        return
    if not isinstance(node, Gate):
        raise TypeError(f"{node.address} has to be settled before it is allocated")
    if not node.parts:
        off = problem.switch_off(node.address, BASE_COST) if node.need else []
        problem.require([], node.need, [*void, *off])
        return
    if node.need == len(node.parts):
        for part in node.parts:
            _node(problem, part, void)
        return
    switches = [problem.choice(SWITCH, prefer=False, rank=-i) for i in range(len(node.parts))]
    for part, switch in zip(node.parts, switches, strict=True):
        _node(problem, part, [*void, (switch, False)])
    problem.require([(switch, Decimal(1)) for switch in switches], node.need, void)


def _pool(problem: Problem, pool: Pool, void: list[Literal]) -> None:
    uses = problem.by_pool[pool.address]
    terms = [(use.choice, use.fit.amount) for use in uses]
    # What stands in a part that is not claimed would only be taken away from others.
    for switch, value in void:
        if not value:
            many = [(switch, Decimal(len(uses))), *((u.choice, Decimal(-1)) for u in uses)]
            problem.require(many, 0)
    off = [*void, *_base_switch(problem, pool)]
    caps = [(at, clause) for at, clause in pool.clauses if isinstance(clause, kinds.Cap)]
    summed = [(at, cap) for at, cap in caps if cap.unit == pool.unit]
    inside = {
        at: {
            use.choice for use in uses if is_member(problem, cap.where, use.fit.fact, is_limit=True)
        }
        for at, cap in summed
    }
    for chosen in _subsets(summed):
        capped = set().union(*(inside[at] for at, _ in chosen))
        rest = [(choice, amount) for choice, amount in terms if choice not in capped]
        switches = [lit for at, _ in chosen for lit in problem.switch_off(at, CLAUSE_COST)]
        allowed = sum((cap.limit for _, cap in chosen), Decimal(0))
        problem.require(rest, pool.need - allowed, [*off, *switches])


def _base_switch(problem: Problem, pool: Pool) -> list[Literal]:
    if not problem.is_relaxed:
        return []
    held = sum((use.fit.amount for use in problem.by_pool[pool.address]), Decimal(0))
    short = max(Decimal(0), pool.need - held)
    return problem.switch_off(pool.address, BASE_COST * (1 + int(short)))


def _subsets(
    caps: Sequence[tuple[str, kinds.Cap]],
) -> Iterator[tuple[tuple[str, kinds.Cap], ...]]:
    return chain.from_iterable(combinations(caps, n) for n in range(len(caps) + 1))
