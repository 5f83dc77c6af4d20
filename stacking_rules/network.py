"""A counting network: the status of many stacks at once, for one learner after the other.

Rules that thresholds alone decide, in which no item fits two places, are joined into one network:
a completion makes atoms true, atoms add to pools, and a pool or gate that reaches its need adds
to the gates above it, up to the awards, which are atoms again. Everything else, and every record
that leaves something open, is handed to ``roll_up``, whose answers these are in any case.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import combinations, product

from stacking_rules.facts import Completion, Fact, LearnerRecord, is_valid
from stacking_rules.progress import Status
from stacking_rules.rollup import in_award_order, roll_up
from stacking_rules.selection import Anchor, Recent
from stacking_rules.solving import Decide
from stacking_rules.spans import Span, earliest
from stacking_rules.stacks import Stack
from stacking_rules.thresholds import Atom, Gate, Pool, Threshold, compile_stack, pools_of

Feed = tuple[int, Decimal | None, str, Span | None, tuple[int, ...], tuple[int, ...]]
"""(number of the atom, grade, scale, how recent, pools that count it, pools that take credits)."""

_TODAY = Anchor("asked")


@dataclass(slots=True)
class _Wiring:
    """The network while it is built: what each counter needs, and what it feeds."""

    needs: list[Decimal] = field(default_factory=list)
    above: list[list[int]] = field(default_factory=list)
    awards: dict[int, str] = field(default_factory=dict)

    def counter(self, need: Decimal | int) -> int:
        self.needs.append(Decimal(need))
        self.above.append([])
        return len(self.needs) - 1


class Network:
    """The stacks of an institution, ready to be asked for one learner after the other."""

    def __init__(
        self, stacks: Sequence[Stack], *, credits_of: Mapping[str, Decimal] | None = None
    ) -> None:
        """Join ``stacks``; ``CircularStackError`` if awards need each other."""
        self.stacks = in_award_order(stacks)
        self.credits_of = credits_of
        self.keys = [stack.key for stack in self.stacks]
        self.is_simple = len(set(self.keys)) == len(self.keys) and all(map(_is_simple, stacks))
        self.below = _parts_below(self.stacks)
        self.is_simple = self.is_simple and _share_no_parts(self.stacks, self.below)
        if not self.is_simple:
            return
        wiring = _Wiring()
        atoms: dict[tuple[str, Atom], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for stack in self.stacks:
            root = _wire(wiring, compile_stack(stack).root, atoms)
            wiring.awards[root] = stack.key
        self.needs, self.above, self.awards = wiring.needs, wiring.above, wiring.awards
        self.earned = {
            key: tuple(pools)
            for (key, atom), (pools, _) in atoms.items()
            if atom.kinds[0] == "award"
        }
        self.feeds = _feeds(atoms)
        self.looked_at = frozenset(key for stack in self.stacks for key in _looked_at(stack))

    def statuses(
        self,
        record: LearnerRecord,
        *,
        as_of: date,
        known_on: datetime,
        solver: Decide | None = None,
    ) -> dict[str, Status]:
        """Return the status of every stack, by key, as ``roll_up`` would."""
        met = self._met(record, as_of, known_on) if self.is_simple else None
        if met is None:
            found = roll_up(
                self.stacks,
                record,
                as_of=as_of,
                known_on=known_on,
                credits_of=self.credits_of,
                solver=solver,
            )
            return {key: progress.status for key, progress in found.progress.items()}
        return {key: Status.MET if key in met else Status.NOT_MET for key in self.keys}

    def _met(self, record: LearnerRecord, as_of: date, known_on: datetime) -> set[str] | None:
        """Return the keys of the stacks that are met; None where the record leaves things open."""
        if record.waivers or record.pins or record.declined:
            return None
        if any(award.counted for award in record.awards) and self._is_bound(record):
            return None
        counts = list(self.needs)
        run = _Run(self, counts)
        # Of the needs as they were: what the first ones fire must not fire again.
        for index, need in enumerate(self.needs):
            if need <= 0:
                run.fire(index)
        for award in record.awards:
            if award.recorded_at <= known_on and is_valid(award, as_of):
                run.earn(award.achievement)
        is_clear = self._count(record.completions, as_of, known_on, run)
        return run.met if is_clear else None

    def _is_bound(self, record: LearnerRecord) -> bool:
        """Return whether an award has debited facts, or counted what is no part of its stack."""
        facts: tuple[Fact, ...] = (*record.completions, *record.awards)
        names = {fact.id: fact.achievement for fact in facts}
        return any(
            award.is_banked
            or any(
                names.get(part) not in self.below.get(award.achievement, ())
                for part in award.counted
            )
            for award in record.awards
            if award.counted
        )

    def _count(
        self, completions: Sequence[Completion], as_of: date, known_on: datetime, run: _Run
    ) -> bool:
        """Let the completions count; False where one does not say what is asked."""
        feeds, looked_at, attempts = self.feeds, self.looked_at, _Attempts()
        for fact in completions:
            here = feeds.get(fact.achievement)
            if here is None or not _counts(fact, as_of, known_on):
                continue
            if fact.state != "done" or fact.credit_kind:
                return False
            passed = []
            for feed in here:
                answer = _passes(feed, fact, as_of)
                if answer is None:
                    return False
                if answer:
                    passed.append(feed[0])
                    run.take(feed, fact.credits)
            if fact.achievement in looked_at and not attempts.one_stands(fact, passed):
                return False
        return True


class _Attempts:
    """Notices where no attempt at what is looked at, too, serves as well as the others do.

    One attempt stands for its item: where another would serve elsewhere, it is no sum any more.
    """

    __slots__ = ("best",)

    def __init__(self) -> None:
        self.best: dict[str, tuple[set[int], Decimal]] = {}

    def one_stands(self, fact: Completion, atoms_passed: Sequence[int]) -> bool:
        """Return whether one attempt at what ``fact`` is about passes all that any of them does."""
        before = self.best.get(fact.achievement)
        passed = set(atoms_passed)
        if before is None:
            self.best[fact.achievement] = passed, fact.credits
            return True
        atoms, worth = before
        if passed >= atoms and fact.credits >= worth:
            self.best[fact.achievement] = passed, fact.credits
            return True
        return passed <= atoms and fact.credits <= worth


def _passes(feed: Feed, fact: Completion, as_of: date) -> bool | None:
    _, floor, scale, span, _, _ = feed
    if span is not None and fact.completed_on < earliest(span, as_of):
        return False
    if floor is None:
        return True
    grade = fact.grade
    return None if grade is None or grade.scale != scale else grade.value >= floor


class _Run:
    """The counters of one learner: what is still missing at each pool and gate."""

    __slots__ = ("counts", "held", "met", "network", "seen")

    def __init__(self, network: Network, counts: list[Decimal]) -> None:
        self.network, self.counts = network, counts
        self.met: set[str] = set()
        self.held: set[str] = set()
        self.seen: dict[int, Decimal] = {}

    def take(self, feed: Feed, worth: Decimal) -> None:
        """Let an atom count: once as an item, with the most credits of its attempts."""
        number, _, _, _, pools, credit_pools = feed
        before = self.seen.get(number)
        if before is None:
            for pool in pools:
                self.counts[pool] -= 1
                if not self.counts[pool]:
                    self.fire(pool)
        elif before >= worth:
            return
        self.seen[number] = worth
        added = worth if before is None else worth - before
        for pool in credit_pools:
            left = self.counts[pool]
            self.counts[pool] = left - added
            if 0 < left <= added:
                self.fire(pool)

    def fire(self, index: int) -> None:
        """Tell what stands above that a counter has reached its need."""
        network, counts = self.network, self.counts
        key = network.awards.get(index)
        if key is not None:
            self.met.add(key)
            self.earn(key)
        for gate in network.above[index]:
            counts[gate] -= 1
            if not counts[gate]:
                self.fire(gate)

    def earn(self, key: str) -> None:
        """Let an award count where it is asked for, once."""
        if key not in self.held:
            self.held.add(key)
            for pool in self.network.earned.get(key, ()):
                self.counts[pool] -= 1
                if not self.counts[pool]:
                    self.fire(pool)


def _counts(fact: Completion, as_of: date, known_on: datetime) -> bool:
    return (
        fact.completed_on <= as_of
        and fact.recorded_at <= known_on
        and (fact.valid_until is None or as_of < fact.valid_until)
        and (fact.withdrawn_at is None or fact.withdrawn_at > known_on)
    )


def _is_simple(stack: Stack) -> bool:
    """Return whether thresholds alone decide ``stack``, and no item fits two places in it."""
    compiled, said = compile_stack(stack), stack.definitions
    texts = said.achievements.values()
    is_usual = not (
        compiled.given
        or stack.renewal
        or stack.lasts
        or said.equivalent
        or said.accepted
        or said.tables
        or stack.repeats != "best"
        or stack.issue != "automatic"
        or any(text.repeatable > 1 or text.quantum is not None for text in texts)
    )
    return compiled.is_plain and is_usual and _is_apart(list(pools_of(compiled.root)))


def _parts_below(stacks: Sequence[Stack]) -> dict[str, set[str]]:
    """Return by stack all achievements that it, or an award that it needs, may count."""
    below: dict[str, set[str]] = {}
    for stack in stacks:
        needed = {a.achievement or "" for p in pools_of(compile_stack(stack).root) for a in p.atoms}
        below[stack.key] = set().union(needed, *(below.get(key, set()) for key in needed))
    return below


def _share_no_parts(stacks: Sequence[Stack], below: Mapping[str, set[str]]) -> bool:
    """Return whether awards that are needed together never count the same achievement.

    An achievement that two awards have counted would count twice in what asks for both.
    """
    return not any(
        first != second and below.get(first, {first}) & below.get(second, {second})
        for stack in stacks
        for first, second in _needed_together(compile_stack(stack).root)
    )


def _needed_together(node: Threshold) -> Iterator[tuple[str, str]]:
    """Yield pairs of awards that one way of meeting ``node`` may count together."""
    if isinstance(node, Pool):
        keys = [atom.achievement or "" for atom in node.atoms if atom.kinds == ("award",)]
        yield from combinations(keys, 2) if node.need > 1 and not node.is_overlay else ()
    elif isinstance(node, Gate):
        for part in node.parts:
            yield from _needed_together(part)
        if node.need > 1:
            awards = [set(_awards(part)) for part in node.parts]
            for ours, theirs in combinations(awards, 2):
                yield from product(ours, theirs)


def _awards(node: Threshold) -> Iterator[str]:
    for pool in pools_of(node):
        if not pool.is_overlay:
            yield from (a.achievement or "" for a in pool.atoms if a.kinds == ("award",))


def _looked_at(stack: Stack) -> Iterator[str]:
    """Yield what an overlay asks about that counts at another place of the stack as well."""
    pools = pools_of(compile_stack(stack).root)
    places = Counter(key for pool in pools for key in {atom.achievement for atom in pool.atoms})
    for pool in pools:
        if pool.is_overlay:
            keys = (atom.achievement or "" for atom in pool.atoms)
            yield from (key for key in keys if places[key] > 1)


def _is_apart(pools: Sequence[Pool]) -> bool:
    used: set[str | None] = set()
    for pool in pools:
        keys = {atom.achievement for atom in pool.atoms}
        if not all(_is_simple_atom(atom, pool.unit) for atom in pool.atoms):
            return False
        if not pool.is_overlay and not used.isdisjoint(keys):
            return False
        used |= set() if pool.is_overlay else keys
    return True


def _is_simple_atom(atom: Atom, unit: str) -> bool:
    if atom.achievement is None or atom.factor != 1:
        return False
    if atom.kinds == ("award",):
        return unit == "items" and atom.where is None
    if atom.kinds != ("completion",):
        return False
    match atom.where:
        case None:
            return True
        case Recent("on", _, anchor):
            return anchor == _TODAY
    return False


def _wire(
    wiring: _Wiring,
    node: Threshold,
    atoms: dict[tuple[str, Atom], tuple[list[int], list[int]]],
) -> int:
    """Add ``node`` and all below it; return the number of its counter."""
    if isinstance(node, Pool):
        counter = wiring.counter(node.need)
        for atom in node.atoms:
            feeds = atoms[atom.achievement or "", atom]
            feeds[node.unit == "credits"].append(counter)
        return counter
    if not isinstance(node, Gate):
        raise TypeError(f"{node.address} is not a threshold")
    counter = wiring.counter(node.need)
    for part in node.parts:
        wiring.above[_wire(wiring, part, atoms)].append(counter)
    return counter


def _feeds(
    atoms: Mapping[tuple[str, Atom], tuple[list[int], list[int]]],
) -> dict[str, tuple[Feed, ...]]:
    found: dict[str, list[Feed]] = defaultdict(list)
    for number, ((key, atom), (pools, credit_pools)) in enumerate(atoms.items()):
        if atom.kinds[0] == "award":
            continue
        floor = None if atom.grade is None else atom.grade.value
        scale = "" if atom.grade is None else atom.grade.scale
        span = atom.where.span if isinstance(atom.where, Recent) else None
        feed = (number, floor, scale, span, tuple(pools), tuple(credit_pools))
        found[key].append(feed)
    return {key: tuple(feeds) for key, feeds in found.items()}
