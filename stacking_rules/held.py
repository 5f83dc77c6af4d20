"""What a learner has, item by item, and what of it fits a pool.

An item is an achievement, award or attestation that the learner holds; all attempts at it, and
all that is declared the same, are one item.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from stacking_rules.clauses import Carry, Grace
from stacking_rules.facts import Award, Fact, LearnerRecord, Value, Waiver, is_valid
from stacking_rules.progress import Unused
from stacking_rules.selection import Asked, Test, passes, values_at
from stacking_rules.solving import Decide
from stacking_rules.spans import Span, add, end_of_year
from stacking_rules.stacks import Stack
from stacking_rules.thresholds import Atom, Pool

Item = tuple[str, str]
"""(kind of fact, key of the achievement; with "#2" for the second of several that may count)."""

Pairs = tuple[tuple[Item, Fact], ...]
Named = Mapping[tuple[str, str], Pairs]
OfKind = Mapping[str, Pairs]

DOUBTFUL = (Unused.GRADE_MISSING, Unused.OTHER_SCALE, Unused.DATA_MISSING, Unused.PENDING)
"""Reasons that are no proof: the fact might count if more were known."""


LEDGER = "/ledger"
"""The address of the rule that what another award has redeemed for good does not count."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A fact that fits a pool and what it adds there.

    ``barriers`` are the clauses (their addresses) that keep it out; it counts when there are
    none. ``is_sure`` is false where something is not known that would keep it out.
    """

    item: Item
    fact: Fact
    amount: Decimal
    barriers: tuple[str, ...] = ()
    is_sure: bool = True


Candidates = Mapping[str, tuple[Fit, ...]]
"""Pool address -> what fits it, in the published order of preference."""


def preference(fact: Fact) -> tuple[date, str]:
    """Return the published order of equal facts: the earliest first, then the stable id."""
    return fact.on, fact.id


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

    def asked_about(self, atom: Atom) -> Iterator[tuple[Item, Fact]]:
        """Yield what ``atom`` asks about, whether it counts or not."""
        for kind in atom.kinds:
            if atom.achievement is None:
                yield from self.of_kind.get(kind, ())
            else:
                yield from self.named.get((kind, atom.achievement), ())

    def asked_in(self, pool: Pool) -> Iterator[tuple[Item, Fact, Atom]]:
        """Yield what the atoms of ``pool`` ask about, in no order that means something."""
        if len(self.named) < len(pool.index):
            for key, pairs in self.named.items():
                atom = pool.index.get(key)
                if atom is not None:
                    for item, fact in pairs:
                        yield item, fact, atom
            return
        for atom in pool.atoms:
            for item, fact in self.asked_about(atom):
                yield item, fact, atom

    def fits(self, pool: Pool) -> tuple[Fit, ...]:
        """Return what fits ``pool``: each fact once, refused ones left out."""
        found: dict[str, Fit] = {}
        for item, fact, atom in self._considered(pool):
            reason, barriers = self.judge(pool, atom, fact)
            if reason is None or reason in DOUBTFUL:
                amount = self.amount(fact, pool.unit, pool.scale)
                is_sure = reason is None and amount is not None
                worth = pool.need if amount is None else amount * atom.factor
                fit = Fit(item, fact, worth, barriers, is_sure)
                known = found.get(fact.id)
                if known is None or _rank(fit) < _rank(known):
                    found[fact.id] = fit
        fits = sorted(found.values(), key=lambda fit: preference(fit.fact))
        fits += self._carried(pool)
        return tuple(piece for fit in fits for piece in self._pieces(fit, pool))

    def _carried(self, pool: Pool) -> Iterator[Fit]:
        """Yield what the learner's own award carries over from the last cycle."""
        if not any(isinstance(clause, Carry) for _, clause in pool.clauses):
            return
        for item, fact in self.named.get(("award", self.stack_key), ()):
            if isinstance(fact, Award) and fact.carried:
                yield Fit((item[0], f"{item[1]}#carried"), fact, fact.carried)

    def _considered(self, pool: Pool) -> Iterator[tuple[Item, Fact, Atom]]:
        yield from self.asked_in(pool)
        if not self.waivers:
            return
        for waiver in self._waivers(pool.address, ("substitute", "force")):
            for item, fact in (pair for pairs in self.of_kind.values() for pair in pairs):
                if waiver.fact in (fact.id, fact.achievement):
                    yield item, fact, Atom(None)

    def _waivers(self, address: str, kinds: tuple[str, ...]) -> Iterator[Waiver]:
        for waiver in self.waivers:
            is_here = address == waiver.at or address.startswith(f"{waiver.at.rstrip('/')}/")
            if waiver.kind in kinds and is_here:
                yield waiver

    def _pieces(self, fit: Fit, pool: Pool) -> Iterator[Fit]:
        """Yield the parts into which a splittable item may go, or the whole."""
        text = self.asked.definitions.achievements.get(fit.fact.achievement)
        quantum = text.quantum if text is not None else None
        if quantum is None or pool.unit != "credits" or fit.amount <= quantum:
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
        for waiver in self._waivers(pool.address, ("exclude", "force", "substitute")):
            if waiver.fact in (fact.id, fact.achievement):
                return (Unused.EXCLUDED if waiver.kind == "exclude" else None), ()
        if fact.state in ("in-progress", "planned") and not self.is_optimistic:
            return Unused.NOT_DONE, ()
        answer = True if atom.where is None else passes(atom.where, fact, self.asked)
        graded = self._grade_refusal(atom, fact)
        is_in_time = self._is_in_time(pool, fact)
        if not is_in_time and pool.grace is None:
            return Unused.EXPIRED, ()
        if answer is False:
            return Unused.OTHER_KIND, ()
        if graded is Unused.BELOW_GRADE:
            return graded, ()
        barriers = [LEDGER] if self._is_debited(fact) else []
        if not is_in_time and pool.grace is not None:
            barriers.append(pool.grace[0])
        passed = {at: passes(clause.where, fact, self.asked) for at, clause in pool.filters}
        barriers += [at for at, found in passed.items() if found is False]
        return graded or self._doubt(fact, (answer, *passed.values())), tuple(barriers)

    def _doubt(self, fact: Fact, answers: Iterable[bool | None]) -> Unused | None:
        if fact.state == "pending":
            return Unused.PENDING
        return Unused.DATA_MISSING if None in answers else None

    def _is_in_time(self, pool: Pool, fact: Fact) -> bool:
        if is_valid(fact, self.asked.as_of) or fact.valid_until is None:
            return True
        if pool.grace is None:
            return not pool.must_be_valid
        return self.asked.as_of < grace_end(pool.grace[1], fact.valid_until)

    def _grade_refusal(self, atom: Atom, fact: Fact) -> Unused | None:
        if atom.grade is None or fact.kind != "completion":
            return None
        if fact.grade is None:
            return Unused.GRADE_MISSING
        value = self.asked.definitions.value_on(fact.grade, atom.grade.scale, fact.on)
        if value is None:
            return Unused.OTHER_SCALE
        return None if value >= atom.grade.value else Unused.BELOW_GRADE

    def _is_debited(self, fact: Fact) -> bool:
        return any(award.is_banked for award in self.asked.uses.get(fact.id, ()))

    def amount(self, fact: Fact, unit: str, scale: str) -> Decimal | None:
        """Return what ``fact`` adds in ``unit``; None where it is not known."""
        if unit == "items":
            return Decimal(1)
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


def _rank(fit: Fit) -> tuple[bool, int, Decimal]:
    return not fit.is_sure, len(fit.barriers), -fit.amount


Shelf = dict[object, tuple[Named, OfKind]]
"""Facts put in order once, for all stacks that see them the same way."""


def hold(
    stack: Stack,
    facts: tuple[Fact, ...],
    record: LearnerRecord,
    as_of: date,
    shelf: Shelf | None = None,
) -> Held:
    """Return what ``facts`` (known by ``as_of``) are for ``stack``.

    A ``shelf`` may be used again for the same learner, dates and number of facts.
    """
    asked = Asked(as_of, stack.definitions, record.learner, facts, uses_of(stack, facts))
    own = id(stack.definitions) if stack.definitions.orders_facts else 0
    key = (stack.repeats, len(facts), own)
    if shelf is None or key not in shelf:
        found = _in_order(stack, facts)
        if shelf is not None:
            shelf[key] = found
    else:
        found = shelf[key]
    return Held(asked, *found, stack.credit_kind, stack.key)


def _in_order(stack: Stack, facts: tuple[Fact, ...]) -> tuple[Named, OfKind]:
    definitions = stack.definitions
    by_item: dict[Item, list[Fact]] = defaultdict(list)
    names: dict[str, frozenset[str]] = {}
    is_simple = not definitions.equivalent and not definitions.accepted
    for fact in facts:
        key = fact.achievement
        if is_simple:
            names[fact.id] = frozenset((key,))
        else:
            key, names[fact.id] = definitions.names_of(fact)
        by_item[fact.kind, key].append(fact)
    named: dict[tuple[str, str], list[tuple[Item, Fact]]] = defaultdict(list)
    of_kind: dict[str, list[tuple[Item, Fact]]] = defaultdict(list)
    for item, group in by_item.items():
        for part, fact in _attempts(stack, item, group):
            of_kind[item[0]].append((part, fact))
            for name in names[fact.id]:
                named[item[0], name].append((part, fact))
    return (
        {key: tuple(pairs) for key, pairs in named.items()},
        {key: tuple(pairs) for key, pairs in of_kind.items()},
    )


def _attempts(stack: Stack, item: Item, facts: list[Fact]) -> Iterator[tuple[Item, Fact]]:
    """Yield the attempts that may count under the stack's policy, each with its item."""
    facts.sort(key=preference)
    text = stack.definitions.achievements.get(item[1])
    if text is not None and text.repeatable > 1:
        for number, fact in enumerate(facts[: text.repeatable], 1):
            yield (item if number == 1 else (item[0], f"{item[1]}#{number}")), fact
        return
    if len(facts) > 1 and item[0] == "completion":
        done = [fact for fact in facts if fact.state == "done"]
        if stack.repeats == "none":
            return
        if done and stack.repeats in ("latest", "first"):
            facts = [done[-1 if stack.repeats == "latest" else 0]]
    for fact in facts:
        yield item, fact


def uses_of(stack: Stack, facts: Iterable[Fact]) -> dict[str, tuple[Award, ...]]:
    """Return by fact the awards that counted it: not this one, nor those that it supersedes."""
    given_back = {stack.key, *stack.supersedes}
    found: dict[str, tuple[Award, ...]] = {}
    for award in facts:
        if isinstance(award, Award) and award.achievement not in given_back:
            for fact_id in award.counted:
                found[fact_id] = (*found.get(fact_id, ()), award)
    return found


def grace_end(clause: Grace, valid_until: date) -> date:
    """Return the first day on which what was valid before ``valid_until`` no longer counts."""
    if clause.to_year_end:
        return add(end_of_year(valid_until), Span(days=1))
    return add(valid_until, clause.span)
