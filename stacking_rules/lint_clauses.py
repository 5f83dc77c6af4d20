"""Clauses that contradict each other or their requirement, and numbers that differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from stacking_rules import clauses as kinds
from stacking_rules.findings import ERROR, INFO, WARNING, Finding, Spot
from stacking_rules.implications import follows
from stacking_rules.requirements import Amount, Choice, LearnerIs, Limit, NoneOf, Requirement
from stacking_rules.selection import Test


def printed_numbers(spot: Spot) -> Iterator[Finding]:
    """Find a printed number that its formula does not give, and shares that are no whole number."""
    for clause in spot.node.clauses:
        if not isinstance(clause, kinds.Least) or clause.share is None or clause.base_need is None:
            continue
        exact = clause.share * Fraction(clause.base_need)
        if clause.printed is not None and exact != Fraction(clause.printed):
            yield spot.finding(
                WARNING,
                "printed-number",
                clause=clause,
                printed=clause.printed,
                share=clause.share,
                need=clause.base_need,
                exact=decimal_text(exact),
            )
        elif clause.printed is None and exact.denominator > 1 and not clause.rounded:
            yield spot.finding(WARNING, "fraction", clause=clause, exact=decimal_text(exact))


def decimal_text(number: Fraction) -> str:
    """Return an exact number as people write it: 22.5, or 10/3 where it never ends."""
    text = str(number)
    bottom = number.denominator
    for prime in (2, 5):
        while bottom % prime == 0:
            bottom //= prime
    if bottom > 1:
        return text
    return format(Decimal(number.numerator) / Decimal(number.denominator), "f")


def beyond_limits(spot: Spot) -> Iterator[Finding]:
    """Find amounts that a limit beside them forbids."""
    node = spot.node
    if any(isinstance(clause, kinds.Carry) for clause in node.clauses):
        return  # What is carried over counts beside what the limits look at.
    limits = [c for c in node.clauses if isinstance(c, kinds.Cap | kinds.Most | kinds.Best)]
    wanted: list[tuple[kinds.Clause | None, Decimal, str, Test | None]] = [
        (c, c.need, c.unit, c.where) for c in node.clauses if isinstance(c, kinds.Least)
    ]
    wanted += [
        (c, Decimal(c.need), "items", c.where)
        for c in node.clauses
        if isinstance(c, kinds.Distinct)
    ]
    own = node.where if isinstance(node, Amount) else None
    if isinstance(node, Amount):
        wanted.append((None, node.need, node.unit, None))
    for clause in limits:
        for about, need, unit, where in wanted:
            most = _limit_in(clause, unit)
            if most < need and _binds(clause, own, where, is_sum=about is None):
                at = about or clause
                yield spot.finding(
                    ERROR, "unsatisfiable", "limit", clause=at, most=most, need=need, unit=unit
                )


def _limit_in(clause: kinds.Clause, unit: str) -> Decimal:
    if isinstance(clause, kinds.Best):
        return Decimal(clause.count) if unit == "items" else Decimal("Infinity")
    if isinstance(clause, kinds.Cap | kinds.Most) and clause.unit == unit:
        return clause.limit
    return Decimal("Infinity")


def _binds(clause: kinds.Clause, own: Test | None, where: Test | None, *, is_sum: bool) -> bool:
    """Return whether ``clause`` limits all of what is asked for.

    A cap drops from the sum what exceeds it; of what counts it leaves as much as there is.
    """
    if isinstance(clause, kinds.Cap) and not is_sum:
        return False
    limited = getattr(clause, "where", None)
    return follows(own, limited) or follows(where, limited)


def portions(spot: Spot) -> Iterator[Finding]:
    """Find a least share that is larger than the largest share of the same."""
    found = [c for c in spot.node.clauses if isinstance(c, kinds.Portion)]
    for least in found:
        for most in found:
            is_same = (least.where, least.unit) == (most.where, most.unit)
            if is_same and most.is_most and not least.is_most and most.share < least.share:
                yield spot.finding(
                    ERROR,
                    "conflicting-limits",
                    clause=least,
                    need=least.share,
                    most=most.share,
                )


def windows(spot: Spot) -> Iterator[Finding]:
    """Find windows in which nothing can lie."""
    terms = len(spot.stack.definitions.terms)
    for clause in spot.node.clauses:
        if not isinstance(clause, kinds.Window) or clause.span is not None:
            continue
        if not clause.terms:
            yield spot.finding(ERROR, "empty-window", clause=clause)
        elif not terms:
            yield spot.finding(ERROR, "empty-window", "no-terms", clause=clause)


def means(spot: Spot) -> Iterator[Finding]:
    """Find a mean above the best grade of its scale."""
    scales = spot.stack.definitions.scales
    for clause in spot.node.clauses:
        if isinstance(clause, kinds.Mean) and clause.scale in scales:
            best = scales[clause.scale].points[-1]
            if clause.target > best:
                yield spot.finding(
                    ERROR,
                    "mean-above-scale",
                    clause=clause,
                    target=clause.target,
                    best=best,
                    scale=clause.scale,
                )


def openings(spot: Spot) -> Iterator[Finding]:
    """Find what is closed on every day on which it could matter."""
    stack = spot.stack
    severity, code = (ERROR, "unsatisfiable") if spot.is_needed else (WARNING, "dead-option")
    for clause in spot.node.clauses:
        if not isinstance(clause, kinds.Open):
            continue
        if clause.until <= stack.since:
            since, until = stack.since, clause.until
            yield spot.finding(severity, code, "ended", clause=clause, since=since, until=until)
        elif stack.binding.policy == "latest" and clause.since >= stack.until:
            since, until = clause.since, stack.until
            yield spot.finding(severity, code, "too-late", clause=clause, since=since, until=until)
        for above in spot.scope[:-1]:
            if any(_are_apart(clause, other) for other in above.node.clauses):
                yield spot.finding(
                    ERROR, "unsatisfiable", "closed", clause=clause, at=above.address
                )


def _are_apart(clause: kinds.Open, other: kinds.Clause) -> bool:
    if not isinstance(other, kinds.Open):
        return False
    return clause.until <= other.since or other.until <= clause.since


def undone(spot: Spot) -> Iterator[Finding]:
    """Find what something further that a learner takes can undo."""
    if is_undone(spot.node):
        yield spot.finding(INFO, "non-monotone")
    for clause in spot.node.clauses:
        if is_undone(clause):
            yield spot.finding(INFO, "non-monotone", "mean", clause=clause)


def is_undone(what: Requirement | kinds.Clause) -> bool:
    """Return whether something further can undo a requirement or clause that is met.

    A mean over what counts is none of these: what would lower it need not count.
    """
    if isinstance(what, Choice):
        return not isinstance(what.condition, LearnerIs)
    if isinstance(what, kinds.Mean):
        return what.over == "attempted"
    return isinstance(what, NoneOf | Limit)


def sharing(every: Iterable[Spot]) -> Iterator[Finding]:
    """Find rules on sharing that contradict each other, or share nothing."""
    seen: list[tuple[Spot, kinds.Share]] = []
    for spot in every:
        for clause in spot.node.clauses:
            if not isinstance(clause, kinds.Share):
                continue
            if _is_within(clause.first, clause.second) or _is_within(clause.second, clause.first):
                yield spot.finding(ERROR, "conflicting-shares", "itself", clause=clause)
            other = next((c for _, c in seen if _overlap(c, clause)), None)
            if other is not None:
                yield spot.finding(ERROR, "conflicting-shares", clause=clause, other=other.id)
            seen.append((spot, clause))


def _overlap(one: kinds.Share, other: kinds.Share) -> bool:
    def meet(first: str, second: str) -> bool:
        return _is_within(first, second) or _is_within(second, first)

    straight = meet(one.first, other.first) and meet(one.second, other.second)
    return straight or (meet(one.first, other.second) and meet(one.second, other.first))


def _is_within(inner: str, outer: str) -> bool:
    return inner == outer or inner.startswith(f"{outer.rstrip('/')}/")


CHECKS = (
    printed_numbers,
    beyond_limits,
    portions,
    windows,
    means,
    openings,
    undone,
)
