"""Which fact counts toward which pool: no item counts twice inside one award.

Whether a stack can be met is decided exactly: by thresholds and augmenting paths where they are
enough (``plain``), and by a bounded search otherwise. A search that reaches its bound says so; it
never says "no".
"""

from __future__ import annotations

from dataclasses import dataclass

from stacking_rules.encode import encode
from stacking_rules.facts import Award
from stacking_rules.held import Candidates, Held
from stacking_rules.plain import (
    Fitting,
    decide_plain,
    fewest,
    fill_up,
    in_published_order,
    is_contended,
    is_met,
    one_fit,
    place_best,
    place_free,
    total,
)
from stacking_rules.problems import Placement
from stacking_rules.refine import refine
from stacking_rules.relax import relax
from stacking_rules.search import Budget, SearchExhaustedError
from stacking_rules.thresholds import Threshold, pools_of


@dataclass(frozen=True, slots=True)
class Allocation:
    """The chosen placement: what counts in which pool.

    ``is_possible`` says whether it meets the root, None where the search stopped at its limit.
    ``at_fault`` are the addresses that would have to give way where it does not.
    """

    placed: Placement
    is_possible: bool | None
    at_fault: tuple[str, ...] = ()


def allocate(
    root: Threshold,
    candidates: Candidates,
    held: Held,
    *,
    is_plain: bool,
    pins: frozenset[tuple[str, str]] = frozenset(),
) -> Allocation:
    """Place what is held so that ``root`` is met if that is possible at all.

    Where it is not possible, place it so that what is missing can still be filled, as much as
    possible first. ``is_plain``: no clause binds what counts. ``pins`` are (address, id of the
    fact) that are wished for. Ties as in docs/stack-format.md.
    """
    fitting = _plain_fits(root, candidates) if is_plain else None
    if fitting is not None and not pins:
        if not is_contended(root, fitting):
            free = place_free(root, fitting)
            return Allocation(free, is_possible=is_met(root, free))
        found = decide_plain(root, fitting)
        if found is not None:
            return _settled(root, fitting, is_possible=is_met(root, found))
    try:
        problem = encode(root, candidates, held)
        taken = problem.solve(Budget())
        if taken is not None:
            placed = problem.placement(refine(problem, taken, pins))
            return Allocation(_with_rest(placed, root, fitting), is_possible=True)
    except SearchExhaustedError:
        relaxed = relax(root, candidates, held)
        return Allocation(relaxed.placed, is_possible=None)
    if fitting is not None:
        return Allocation(place_best(root, fitting), is_possible=False)
    relaxed = relax(root, candidates, held)
    return Allocation(relaxed.placed, is_possible=False, at_fault=relaxed.at_fault)


def _settled(root: Threshold, fitting: Fitting, *, is_possible: bool) -> Allocation:
    """Return the placement where thresholds alone have decided."""
    if is_possible:
        return Allocation(in_published_order(root, fitting), is_possible=is_possible)
    return Allocation(place_best(root, fitting), is_possible=False)


def decide(root: Threshold, candidates: Candidates, held: Held, *, is_plain: bool) -> Allocation:
    """Return whether ``root`` can be met, and one placement that meets it: no ties, no reasons.

    Arguments as in ``allocate``; where the answer is no, nothing is placed.
    """
    fitting = _plain_fits(root, candidates) if is_plain else None
    found = None if fitting is None else decide_plain(root, fitting)
    if found is not None:
        is_possible = is_met(root, found)
        return Allocation(found if is_possible else {}, is_possible=is_possible)
    try:
        problem = encode(root, candidates, held)
        taken = problem.solve(Budget())
    except SearchExhaustedError:
        return Allocation({}, is_possible=None)
    if taken is None:
        return Allocation({}, is_possible=False)
    return Allocation(problem.placement(taken), is_possible=True)


def _plain_fits(root: Threshold, candidates: Candidates) -> Fitting | None:
    """Return what would count where; None if one place binds another beyond "nothing twice"."""
    return None if _have_common_parts(candidates) else one_fit(root, candidates)


def _have_common_parts(candidates: Candidates) -> bool:
    """Return whether two awards that fit have counted the same fact."""
    seen: dict[str, str] = {}
    for fits in candidates.values():
        for fit in fits:
            if isinstance(fit.fact, Award):
                for part in fit.fact.counted:
                    if seen.setdefault(part, fit.fact.id) != fit.fact.id:
                        return True
    return False


def can_be_met(root: Threshold, candidates: Candidates, held: Held) -> bool | None:
    """Return whether ``root`` could be met if all that is not known turned out well."""
    try:
        return encode(root, candidates, held, is_hopeful=True).solve(Budget()) is not None
    except SearchExhaustedError:
        return None


def _with_rest(placed: Placement, root: Threshold, fitting: Fitting | None) -> Placement:
    """Fill parts that are not needed with what is left over, where no clause could forbid it."""
    if fitting is None:
        return placed
    kept = {
        pool.address: fewest(pool, placed[pool.address])
        for pool in pools_of(root)
        if total(placed[pool.address]) >= pool.need
    }
    return fill_up(kept, root, fitting)
