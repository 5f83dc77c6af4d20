"""How large made-up items are: sizes that add up to what is needed."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from stacking_rules import clauses as kinds
from stacking_rules.clauses import Clause
from stacking_rules.leaves import Place
from stacking_rules.rule_changes import HALF


def share_of(clause: Clause, place: Place) -> Decimal:
    """Return how much of what counts at ``place`` a clause speaks of, in the unit of the place."""
    match clause:
        case kinds.Least(need=need, unit=place.unit):
            return need
        case kinds.Cap(limit=limit, unit=place.unit) | kinds.Most(limit=limit, unit=place.unit):
            return limit
        case kinds.Portion(share=share, unit=place.unit):
            return place.need * share.numerator / share.denominator
    return Decimal(0)


def split(place: Place, need: Decimal, least: int = 1, most: int = 4) -> list[Decimal]:
    """Return sizes of ``least`` to ``most`` items that add up to ``need``, even ones rather."""
    if need <= 0:
        return []
    several = [c.need for c in place.clauses if isinstance(c, kinds.Distinct)]
    several += [
        int(c.need) for c in place.clauses if isinstance(c, kinds.Least) and c.unit == "items"
    ]
    if place.unit == "items":
        return [Decimal(1)] * max(int(need.to_integral_value(ROUND_CEILING)), *several, 1)
    limits = [c.count for c in place.clauses if isinstance(c, kinds.Best)]
    most = min([most, *limits, len(place.keys) or most])
    least = max([least, *several])
    step = HALF if place.unit == "credits" else Decimal(1)
    counts = [n for n in (4, 3, 2, 1) if least <= n <= max(most, least)] or [least]
    even = [n for n in counts if need % n == 0 and n > 1]
    whole = [n for n in counts if need >= n]
    count = (even or whole or [least])[0]
    even_size = (need / count / step).to_integral_value(ROUND_FLOOR) * step
    sizes = [even_size] * count
    for index in range(int((need - sum(sizes, Decimal(0))) / step)):
        sizes[index] += step
    sizes[0] = need - sum(sizes[1:], Decimal(0))
    return [one for one in sizes if one > 0]
