"""Facts made up for a rule: enough that it can be met, of as many sorts as it tells apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal

from stacking_rules import clauses as kinds
from stacking_rules.facts import Attestation, Award, Completion, Fact, Grade, Value
from stacking_rules.leaves import Place, is_below, limits_of, places, values_by
from stacking_rules.requirements import Requirement
from stacking_rules.satisfy import USED, Goal, Inventor, Said, Sketch
from stacking_rules.selection import OneOf, Test
from stacking_rules.stacks import Stack
from stacking_rules.weaken_days import Shift

MOST = 40
"""How many facts are offered for one place at most."""
GAP = timedelta(days=10)
HALF = Decimal("0.5")


@dataclass(slots=True)
class Offer:
    """Makes up facts for ``rule``, which stands at ``address``.

    With ``is_wide`` there is more than enough, of every sort; without, what looks sufficient.
    What is offered at ``scope`` is moved to other days by ``shift``.
    """

    stack: Stack
    address: str
    rule: Requirement
    inventor: Inventor
    is_wide: bool = False
    scope: str = ""
    shift: Shift | None = None
    left: dict[str, Decimal | int] = field(default_factory=dict)
    facts: dict[tuple[str, str], list[Fact]] = field(default_factory=dict)
    used: dict[str, list[str]] = field(default_factory=dict)

    def make(self) -> list[Fact]:
        """Return the facts, and the awards that have used them."""
        found, first = places(self.address, self.rule), True
        for place in sorted(found, key=lambda p: (p.is_overlay, len(p.keys) or 99)):
            is_moved = self.shift is not None and is_below(place.address, self.scope)
            for sketch, size in self._sorts(place, found):
                fact = self._fact(place, sketch, size)
                if is_moved and self.shift is not None:
                    fact, first = self.shift(fact, first), False
                self._take(fact, sketch)
        return [*(fact for facts in self.facts.values() for fact in facts), *self._users()]

    # -- what to ask of them -------------------------------------------------------------------

    def _sorts(self, place: Place, others: Sequence[Place]) -> Iterator[tuple[Sketch, Decimal]]:
        """Yield what facts at ``place`` say, with their sizes."""
        must: list[Goal] = [(test, True) for test in place.must]
        wishes = self._wishes(place, others)
        parts = self._parts(place, must, wishes)
        keys = list(self._keys(place))
        number = 0
        for goals, sizes in parts:
            for size in sizes:
                key = keys[number % len(keys)] if keys else ""
                sketch = self._sketch(place, [*must, *goals], wishes, key, number)
                number += 1
                if sketch is not None:
                    yield sketch, size
                if number >= MOST:
                    return
            if self.is_wide:
                number = 0 if keys else number

    def _keys(self, place: Place) -> Iterator[str]:
        """Yield the achievements that may count at ``place``, unused ones first."""
        free = [key for key in place.keys if (place.kind, key) not in self.facts]
        if place.is_overlay:
            free.sort(key=lambda key: key not in free)
        yield from (*free, *(key for key in place.keys if key not in free))

    def _sketch(
        self, place: Place, must: list[Goal], wishes: list[Goal], key: str, number: int
    ) -> Sketch | None:
        fixed: dict[str, Said] = {"kind": place.kind}
        if key:
            fixed["achievement"] = key
            text = self.stack.definitions.achievements.get(key)
            fixed |= {} if text is None else {n: v[0] for n, v in text.attributes}
        for clause in place.clauses:
            if isinstance(clause, kinds.Distinct):
                values = self._values(clause.by, clause.need)
                must = [*must, (OneOf(clause.by, (values[number % len(values)],)), True)]
            elif isinstance(clause, kinds.Same):
                must = [*must, (OneOf(clause.by, self._values(clause.by, 1)), True)]
        return self.inventor.invent(must, wishes, fixed)

    def _values(self, name: str, count: int) -> tuple[Value, ...]:
        known = [v for v in self.inventor.options.get(name, []) if isinstance(v, str)]
        told = [v for v in known if v not in ("other", "known")]
        return tuple(told[:count]) or values_by(name, count)

    def _wishes(self, place: Place, others: Sequence[Place]) -> list[Goal]:
        bad, good, even = [], [], []
        for clause in place.clauses:
            where = getattr(clause, "where", None)
            if where is None or isinstance(clause, kinds.Filter | kinds.Carry):
                continue
            is_bad = isinstance(clause, kinds.Cap | kinds.Most) or getattr(clause, "is_most", False)
            (bad if is_bad else good).append((where, not is_bad))
        for test in limits_of(self.stack.requires):
            bad.append((test, False))
        for other in others:
            if other.address != place.address:
                is_shared = other.is_overlay or place.is_overlay
                even += [(test, is_shared) for test in (*other.must, *_inner(other))]
        rest = [(test, False) for test in self.inventor.tests]
        return [*bad, *good, *sorted(even, key=lambda goal: not goal[1]), *rest]

    # -- how many, and how large ---------------------------------------------------------------

    def _parts(
        self, place: Place, must: list[Goal], wishes: list[Goal]
    ) -> list[tuple[list[Goal], list[Decimal]]]:
        """Return (goals, sizes) of the facts to offer at ``place``."""
        apart = self._apart(place, must, wishes)
        sizes = split(place, place.need)
        found: list[tuple[list[Goal], list[Decimal]]] = []
        rest = place.need
        for clause, where in apart:
            mine = self._claim(clause, place, sizes)
            if mine:
                found.append(([(where, True)], mine))
                rest -= sum(mine, Decimal(0))
        avoided = [(where, False) for _, where in apart]
        base = split(place, rest) if found else sizes
        found.append((avoided, base))
        return self._wide(place, found) if self.is_wide else found

    def _apart(
        self, place: Place, must: list[Goal], wishes: list[Goal]
    ) -> list[tuple[kinds.Clause, Test]]:
        """Return the clauses for which other facts are needed than for the rest of ``place``."""
        base = self._sketch(place, must, wishes, "", 0) or {}
        limited = {
            c.where for c in place.clauses if isinstance(c, kinds.Most | kinds.Cap) and c.where
        }
        found: list[tuple[kinds.Clause, Test]] = []
        for clause in place.clauses:
            where = getattr(clause, "where", None)
            is_least = isinstance(clause, kinds.Least | kinds.Portion | kinds.Distinct)
            if where is None or not is_least or getattr(clause, "is_most", False):
                continue
            is_edge = clause.id.startswith("edge")
            if is_edge or where in limited or self.inventor.passes(where, base) is not True:
                found.append((clause, where))
        return found

    def _claim(self, clause: kinds.Clause, place: Place, sizes: list[Decimal]) -> list[Decimal]:
        """Return the sizes of what ``place`` gives to a clause: each clause is served once."""
        if isinstance(clause, kinds.Least) and clause.unit == "items" and place.unit != "items":
            left = self.left.get(clause.id, int(clause.need))
            mine = sizes[:left]
            self.left[clause.id] = left - len(mine)
            return mine
        need = _share(clause, place) or Decimal(int(place.unit == "items"))
        owed = Decimal(self.left.get(clause.id, need))
        mine = split(place, min(owed, place.need) if place.unit == "items" else owed)
        self.left[clause.id] = owed - sum(mine, Decimal(0))
        return mine

    def _wide(
        self, place: Place, lean: list[tuple[list[Goal], list[Decimal]]]
    ) -> list[tuple[list[Goal], list[Decimal]]]:
        """Return more of everything: every clause met and not, and sizes that fit exactly."""
        sizes = lean[-1][1] or [Decimal(1)]
        many = sizes[:1] * (len(place.keys) or len(sizes) + 2)
        found = [*lean, ([], many)]
        for clause in place.clauses:
            where = getattr(clause, "where", None)
            if where is not None:
                size = _share(clause, place) or sizes[0]
                found += [([(where, want)], [size] * min(len(many), 3)) for want in (True, False)]
        return found

    # -- facts ---------------------------------------------------------------------------------

    def _take(self, fact: Fact, sketch: Sketch) -> None:
        here = self.facts.setdefault((fact.kind, fact.achievement), [])
        if any(replace(known, id="") == replace(fact, id="") for known in here):
            return
        if here and not self.is_wide:
            return
        fact = replace(fact, id=f"{fact.id}.{len(here) + 1}") if here else fact
        here.append(fact)
        used = sketch.get(USED)
        for name in used if isinstance(used, tuple) else ():
            self.used.setdefault(name, []).append(fact.id)

    def _users(self) -> Iterator[Award]:
        own = {self.stack.key, *self.stack.supersedes}
        facts = {fact.id: fact for here in self.facts.values() for fact in here}
        for name, ids in self.used.items():
            key = f"earlier-{name}" if name in own or name.isdigit() else name
            on = max(facts[i].on for i in ids)
            yield Award(
                f"award-{key}",
                key,
                on,
                _instant(on),
                attributes=(("type", (name,)),),
                counted=tuple(ids),
            )

    def _fact(self, place: Place, sketch: Sketch, size: Decimal) -> Fact:
        count = sum(len(here) for here in self.facts.values())
        key = str(sketch.get("achievement") or f"item-{count + 1}")
        on = _day(sketch, "on") or self.inventor.day + place.rank * GAP
        recorded = _instant(_day(sketch, "recorded") or on)
        told = {n: v for n, v in sketch.items() if n not in _BUILT_IN and v is not None}
        attributes = tuple((name, (value,)) for name, value in told.items())
        name, text = key, self.stack.definitions.achievements.get(key)
        worth = sketch.get("credits")
        known = text.credits if text is not None and text.credits else size
        credits_each = worth if isinstance(worth, Decimal) else known
        if place.kind == "attestation":
            return Attestation(name, key, on, recorded, attributes=attributes)  # type: ignore[arg-type]
        if place.kind == "award":
            return Award(name, key, on, recorded, credits_each, attributes=attributes)  # type: ignore[arg-type]
        return Completion(
            name,
            key,
            on,
            recorded,
            credits_each,
            self._grade(place, sketch),
            started_on=_day(sketch, "started") or on,
            attributes=attributes,  # type: ignore[arg-type]
        )

    def _grade(self, place: Place, sketch: Sketch) -> Grade | None:
        grade = sketch.get("grade")
        scale = place.scale()
        if isinstance(grade, Grade):
            return grade
        found = [] if scale is None else self.inventor.grades(scale, Decimal(0))
        return found[0] if found and isinstance(found[0], Grade) else None


_BUILT_IN = ("achievement", "kind", "credits", "on", "started", "recorded", "grade", USED)


def _inner(place: Place) -> list[Test]:
    wheres = [getattr(c, "where", None) for c in place.node.clauses if not isinstance(c, kinds.Cap)]
    return [where for where in wheres if where is not None]


def _share(clause: kinds.Clause, place: Place) -> Decimal:
    """Return how much of what counts at ``place`` a clause speaks of, in the unit of the place."""
    if isinstance(clause, kinds.Least) and clause.unit == place.unit:
        return clause.need
    if isinstance(clause, kinds.Cap | kinds.Most) and clause.unit == place.unit:
        return clause.limit
    if isinstance(clause, kinds.Portion) and clause.unit == place.unit:
        return place.need * clause.share.numerator / clause.share.denominator
    return Decimal(0)


def split(place: Place, need: Decimal) -> list[Decimal]:
    """Return sizes of items that add up to ``need`` at ``place``, few and even ones."""
    if need <= 0:
        return []
    several = [c.need for c in place.clauses if isinstance(c, kinds.Distinct)]
    several += [
        int(c.need) for c in place.clauses if isinstance(c, kinds.Least) and c.unit == "items"
    ]
    if place.unit == "items":
        return [Decimal(1)] * max(int(need.to_integral_value(ROUND_CEILING)), *several, 1)
    limits = [c.count for c in place.clauses if isinstance(c, kinds.Best)]
    most = min([4, *limits, len(place.keys) or 4])
    least = max([1, *several])
    step = HALF if place.unit == "credits" else Decimal(1)
    counts = [n for n in (4, 3, 2, 1) if least <= n <= max(most, least)] or [least]
    even = [n for n in counts if need % n == 0 and n > 1]
    count = (even or counts)[0]
    size = (need / count / step).to_integral_value(ROUND_CEILING) * step
    sizes = [size] * count
    sizes[-1] = need - size * (count - 1)
    return [one for one in sizes if one > 0]


def _day(sketch: Sketch, name: str) -> date | None:
    said = sketch.get(name)
    return None if said is None else date.fromisoformat(str(said))


def _instant(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
