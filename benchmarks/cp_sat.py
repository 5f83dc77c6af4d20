"""A second decision on planted instances: CP-SAT on what they mean, not on how we encode it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ortools.sat.python import cp_model

from benchmarks.harness import InvalidRunError
from benchmarks.planted import Instance
from stacking_rules import Completion
from stacking_rules import clauses as kinds
from stacking_rules.thresholds import Pool

SCALE = 10
"""Amounts, grades and targets are halves at the finest: ten times that is whole."""


def is_possible(instance: Instance) -> bool:
    """Return whether ``instance`` can be met, as CP-SAT proves it in one thread."""
    model = cp_model.CpModel()
    uses = {
        (fit.fact.id, address): model.new_bool_var("")
        for address, fits in instance.candidates.items()
        for fit in fits
    }
    for pool in instance.gate.parts:
        if isinstance(pool, Pool):
            model.add(_credited(model, pool, instance, uses) >= _whole(pool.need))
    clauses = [clause for _, clause in instance.gate.clauses]
    shares = [clause for clause in clauses if isinstance(clause, kinds.Share)]
    _count_once(model, uses, shares)
    for clause in clauses:
        if isinstance(clause, kinds.Mean):
            model.add(_above(clause, instance, uses) >= 0)
    return _solve(model)


def _solve(model: cp_model.CpModel) -> bool:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = 60
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.INFEASIBLE):
        raise InvalidRunError("CP-SAT did not decide an instance in a minute")
    return bool(status != cp_model.INFEASIBLE)


def _credited(model: Any, pool: Pool, instance: Instance, uses: dict[Any, Any]) -> Any:
    """Return what counts in ``pool``: of what its cap is about, no more than the cap."""
    fits = instance.candidates[pool.address]
    caps = [clause for _, clause in pool.clauses if isinstance(clause, kinds.Cap)]
    inside = [f for f in fits if caps and f.fact.values("transferred") == (True,)]
    outside = [fit for fit in fits if fit not in inside]
    counted = sum(_whole(f.amount) * uses[f.fact.id, pool.address] for f in outside)
    for cap in caps:
        capped = model.new_int_var(0, _whole(cap.limit), "")
        model.add(capped <= sum(_whole(f.amount) * uses[f.fact.id, pool.address] for f in inside))
        counted += capped
    return counted


def _count_once(model: Any, uses: dict[Any, Any], shares: list[kinds.Share]) -> None:
    """Add "a fact counts in one place", or in both of a pair that may share some."""
    shared: dict[int, list[Any]] = {index: [] for index in range(len(shares))}
    for fact in {fact for fact, _ in uses}:
        places = {address: use for (other, address), use in uses.items() if other == fact}
        more = []
        for index, share in enumerate(shares):
            if share.first in places and share.second in places:
                both = model.new_bool_var("")
                model.add(both <= places[share.first])
                model.add(both <= places[share.second])
                shared[index].append(both)
                more.append(both)
        model.add(sum(places.values()) <= 1 + sum(more))
    for index, share in enumerate(shares):
        if share.items is not None:
            model.add(sum(shared[index]) <= int(share.items))


def _above(mean: kinds.Mean, instance: Instance, uses: dict[Any, Any]) -> Any:
    """Return by how much what counts is above the target, weighted by credits."""
    terms = []
    for address, fits in instance.candidates.items():
        for fit in fits:
            if isinstance(fit.fact, Completion) and fit.fact.grade is not None:
                above = _whole(fit.fact.grade.value - mean.target)
                terms.append(_whole(fit.fact.credits) * above * uses[fit.fact.id, address])
    return sum(terms)


def _whole(amount: Decimal) -> int:
    return int(amount * SCALE)
