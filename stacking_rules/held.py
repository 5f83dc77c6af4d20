"""What a learner has, item by item, and what of it fits a pool.

An item is an achievement, award or attestation that the learner holds; all attempts at it, and
all that is declared the same, are one item.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from stacking_rules.clauses import Carry, Grace
from stacking_rules.facts import Award, Fact, Grade, Value, Waiver, is_valid
from stacking_rules.progress import Unused
from stacking_rules.selection import Asked, Test, passes, values_at
from stacking_rules.solving import Decide
from stacking_rules.spans import Span, add, end_of_year
from stacking_rules.thresholds import Atom, Pool

Item = tuple[str, str]
"""(kind of fact, key of the achievement; with "#2" for the second of several that may count)."""

Pairs = tuple[tuple[Item, Fact], ...]
Named = Mapping[tuple[str, str], Pairs]
OfKind = Mapping[str, Pairs]

DOUBTFUL = (Unused.GRADE_MISSING, Unused.OTHER_SCALE, Unused.DATA_MISSING, Unused.PENDING)
"""Reasons that are no proof: the fact might count if more were known."""


ZERO, ONE = Decimal(0), Decimal(1)

LEDGER = "/ledger"
"""The address of the rule that what another award has redeemed for good does not count."""


class Fit(NamedTuple):
    """A fact that fits a pool and what it adds there.

    ``barriers`` are the clauses (their addresses) that keep it out; it counts when there are
    none. ``is_sure`` is false where something is not known that would keep it out.
    """

    item: Item
    fact: Fact
    amount: Decimal
    barriers: tuple[str, ...] = ()
    is_sure: bool = True


class Look(NamedTuple):
    """A fact that a pool asks about by ``atom``: why it does not count, and what keeps it out.

    ``reason`` is None where it counts, as far as no barrier does; DOUBTFUL ones are no proof.
    """

    item: Item
    fact: Fact
    atom: Atom
    reason: Unused | None
    barriers: tuple[str, ...] = ()


Candidates = Mapping[str, tuple[Fit, ...]]
"""Pool address -> what fits it, in the published order of preference."""


def preference(fact: Fact) -> tuple[date, str]:
    """Return the published order of equal facts: the earliest first, then the stable id."""
    return fact.on, fact.id


Rank = tuple[int, date, str]


def rank(fact: Fact) -> Rank:
    """Return the published order of what may count: valid longest, the earliest, the id."""
    until = fact.valid_until or date.max
    return -until.toordinal(), fact.on, fact.id


@dataclass(frozen=True, slots=True)
class Held:
    """What the learner has on the day asked for: by name, the items and their facts.

    ``solver`` is asked where the search for what counts where stops.
    """

    asked: Asked
    named: Named
    of_kind: OfKind
    credit_kind: str = ""
    stack_key: str = ""
    waivers: tuple[Waiver, ...] = ()
    is_optimistic: bool = False
    solver: Decide | None = None
    _looks: dict[int, tuple[Pool, tuple[Look, ...]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _fits: dict[int, tuple[Pool, tuple[Fit, ...]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """What was looked at already, by the identity of the pool (kept, so that it stays one)."""

    def looks(self, pool: Pool) -> tuple[Look, ...]:
        """Return everything that ``pool`` asks about, whether it counts or not, judged once."""
        known = self._looks.get(id(pool))
        if known is None:
            looks = tuple([self._look(pool, *asked) for asked in self.asked_in(pool)])
            known = self._looks[id(pool)] = (pool, looks)
        return known[1]

    def _look(self, pool: Pool, item: Item, fact: Fact, atom: Atom) -> Look:
        return Look(item, fact, atom, *self.judge(pool, atom, fact))

    def asked_in(self, pool: Pool) -> Iterator[tuple[Item, Fact, Atom]]:
        """Yield what the atoms of ``pool`` ask about, in no order that means something."""
        named, index = self.named, pool.index
        if len(named) < len(index):
            for name in named:
                if name in index:
                    for item, fact in named[name]:
                        yield item, fact, index[name]
            return
        for atom in pool.atoms:
            key = atom.achievement
            for kind in atom.kinds:
                pairs = self.of_kind.get(kind, ()) if key is None else named.get((kind, key), ())
                for item, fact in pairs:
                    yield item, fact, atom

    def fits(self, pool: Pool) -> tuple[Fit, ...]:
        """Return what fits ``pool``: each fact once, refused ones left out."""
        known = self._fits.get(id(pool))
        if known is None:
            known = self._fits[id(pool)] = (pool, self._fitting(pool))
        return known[1]

    def _fitting(self, pool: Pool) -> tuple[Fit, ...]:
        looks = self.looks(pool)
        if self.waivers:
            looks += tuple(self._let_in(pool))
        if not looks and not pool.clauses:
            return ()
        found: dict[str, Fit] = {}
        for look in looks:
            if look.reason is None or look.reason in DOUBTFUL:
                fit = self._fit(pool, look)
                known = found.get(look.fact.id)
                if known is None or _rank(fit) < _rank(known):
                    found[look.fact.id] = fit
        fits = sorted(found.values(), key=_in_order) if len(found) > 1 else [*found.values()]
        if pool.clauses:
            fits += self._carried(pool)
        if pool.unit != "credits" or not self.asked.definitions.splits:
            return tuple(fits)
        return tuple(piece for fit in fits for piece in self._pieces(fit))

    def _fit(self, pool: Pool, look: Look) -> Fit:
        amount = ONE if pool.unit == "items" else self.amount(look.fact, pool.unit, pool.scale)
        is_sure = look.reason is None and amount is not None
        factor = look.atom.factor
        worth = pool.need if amount is None else amount if factor == 1 else amount * factor
        return Fit(look.item, look.fact, worth, look.barriers, is_sure)

    def _carried(self, pool: Pool) -> Iterator[Fit]:
        """Yield what the learner's own award carries over from the last cycle."""
        if not any(isinstance(clause, Carry) for _, clause in pool.clauses):
            return
        for item, fact in self.named.get(("award", self.stack_key), ()):
            if isinstance(fact, Award) and fact.carried:
                yield Fit((item[0], f"{item[1]}#carried"), fact, fact.carried)

    def _let_in(self, pool: Pool) -> Iterator[Look]:
        """Yield what counts in ``pool`` by exception, whatever it asks about."""
        for waiver in self._waivers(pool.address, ("substitute", "force")):
            for item, fact in (pair for pairs in self.of_kind.values() for pair in pairs):
                if waiver.fact in (fact.id, fact.achievement):
                    yield self._look(pool, item, fact, Atom(None))

    def _waivers(self, address: str, kinds: tuple[str, ...]) -> Iterator[Waiver]:
        for waiver in self.waivers:
            is_here = address == waiver.at or address.startswith(f"{waiver.at.rstrip('/')}/")
            if waiver.kind in kinds and is_here:
                yield waiver

    def _pieces(self, fit: Fit) -> Iterator[Fit]:
        """Yield the parts into which a splittable item may go, or the whole."""
        text = self.asked.definitions.achievements.get(fit.fact.achievement)
        quantum = text.quantum if text is not None else None
        if quantum is None or fit.amount <= quantum:
            yield fit
            return
        left, number = fit.amount, 1
        while left > 0:
            piece = quantum if left >= 2 * quantum else left
            name = (fit.item[0], f"{fit.item[1]}#{number}")
            yield Fit(name, fit.fact, piece, fit.barriers, fit.is_sure)
            left, number = left - piece, number + 1

    def judge(self, pool: Pool, atom: Atom, fact: Fact) -> tuple[Unused | None, tuple[str, ...]]:
        """Return why ``fact`` does not count in ``pool`` (None if it may), and what keeps it out.

        A sure no comes before what is not known.
        """
        if self.waivers:
            for waiver in self._waivers(pool.address, ("exclude", "force", "substitute")):
                if waiver.fact in (fact.id, fact.achievement):
                    return (Unused.EXCLUDED if waiver.kind == "exclude" else None), ()
        if fact.state in ("in-progress", "planned") and not self.is_optimistic:
            return Unused.NOT_DONE, ()
        is_in_time = fact.valid_until is None or self._is_in_time(pool, fact.valid_until)
        if not is_in_time and pool.grace is None:
            return Unused.EXPIRED, ()
        answer = True if atom.where is None else passes(atom.where, fact, self.asked)
        if answer is False:
            return Unused.OTHER_KIND, ()
        graded = None if atom.grade is None else self._grade_refusal(atom.grade, fact)
        if graded is Unused.BELOW_GRADE:
            return graded, ()
        barriers = () if pool.grace is None or is_in_time else (pool.grace[0],)
        return self._barred(pool, fact, graded or _doubt(fact, answer), barriers)

    def _barred(
        self, pool: Pool, fact: Fact, doubt: Unused | None, barriers: tuple[str, ...]
    ) -> tuple[Unused | None, tuple[str, ...]]:
        """Return what is doubtful about ``fact``, and all that keeps it out of ``pool``."""
        if self.asked.uses and self._is_debited(fact):
            barriers = (LEDGER, *barriers)
        for at, clause in pool.filters:
            answer = passes(clause.where, fact, self.asked)
            if answer is False:
                barriers = (*barriers, at)
            doubt = doubt or _doubt(fact, answer)
        return doubt, barriers

    def _is_in_time(self, pool: Pool, valid_until: date) -> bool:
        if self.asked.as_of < valid_until:
            return True
        if pool.grace is None:
            return not pool.must_be_valid
        return self.asked.as_of < grace_end(pool.grace[1], valid_until)

    def _grade_refusal(self, floor: Grade, fact: Fact) -> Unused | None:
        if fact.kind != "completion":
            return None
        if fact.grade is None:
            return Unused.GRADE_MISSING
        value = self.asked.definitions.value_on(fact.grade, floor.scale, fact.on)
        if value is None:
            return Unused.OTHER_SCALE
        return None if value >= floor.value else Unused.BELOW_GRADE

    def _is_debited(self, fact: Fact) -> bool:
        return any(award.is_banked for award in self.asked.uses.get(fact.id, ()))

    def amount(self, fact: Fact, unit: str, scale: str) -> Decimal | None:
        """Return what ``fact`` adds in ``unit``; None where it is not known."""
        if unit == "items":
            return ONE
        if unit == "credits":
            if not fact.credit_kind:
                return fact.credits
            return self.asked.definitions.credits_of(fact, self.credit_kind)
        return self.grade(fact, scale)

    def grade(self, fact: Fact, scale: str) -> Decimal | None:
        """Return the grade of ``fact`` as points on ``scale``; None without any."""
        if fact.grade is None or (fact.grade.is_rank and fact.grade.scale == scale):
            return None
        return self.asked.definitions.value_on(fact.grade, scale, fact.on)

    def standing(self, keys: tuple[str, ...], *, every: bool = False) -> Iterator[Fact]:
        """Yield the completions that stand for their items: valid, done, the best attempt each.

        ``keys`` choose achievements (none: all); with ``every`` all attempts are yielded.
        """
        groups: dict[Item, list[Fact]] = defaultdict(list)
        for item, fact in self.of_kind.get("completion", ()):
            is_asked = not keys or item[1] in keys or fact.achievement in keys
            if is_asked and fact.state == "done" and is_valid(fact, self.asked.as_of):
                groups[item].append(fact)
        for facts in groups.values():
            if every:
                yield from facts
            else:
                yield max(facts, key=lambda f: f.grade.value if f.grade else Decimal(-(10**9)))

    def is_doubtful(self, candidates: Candidates) -> bool:
        """Return whether something among ``candidates`` might count if more were known."""
        return any(not fit.is_sure for fits in candidates.values() for fit in fits)

    def passes(self, test: Test | None, fact: Fact) -> bool | None:
        """Return whether ``fact`` passes ``test`` (None: every fact does)."""
        return True if test is None else passes(test, fact, self.asked)

    def values(self, name: str, fact: Fact) -> tuple[Value, ...]:
        """Return what ``fact`` says of ``name``, nothing if it does not."""
        return values_at(fact, name, self.asked) or ()


def _doubt(fact: Fact, answer: object) -> Unused | None:
    """Return what is not known of a fact that may count: ``answer`` is that of its tests."""
    if fact.state == "pending":
        return Unused.PENDING
    return Unused.DATA_MISSING if answer is None else None


def _in_order(fit: Fit) -> tuple[date, str]:
    return preference(fit.fact)


def _rank(fit: Fit) -> tuple[bool, int, Decimal]:
    return not fit.is_sure, len(fit.barriers), -fit.amount


def grace_end(clause: Grace, valid_until: date) -> date:
    """Return the first day on which what was valid before ``valid_until`` no longer counts."""
    if clause.to_year_end:
        return add(end_of_year(valid_until), Span(days=1))
    return add(valid_until, clause.span)
