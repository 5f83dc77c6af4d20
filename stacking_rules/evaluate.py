"""evaluate(stack, record): where one learner stands in one stack, node by node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from stacking_rules.allocate import (
    Allocation,
    Candidates,
    Fact,
    Item,
    allocate,
    is_met,
    preference,
    total,
    weight,
)
from stacking_rules.facts import Award, LearnerRecord
from stacking_rules.progress import HeldFact, Progress, Status, Unused
from stacking_rules.requirements import Amount, Group, NoneOf, Requirement, parts_of
from stacking_rules.selection import passes
from stacking_rules.stacks import ROOT, Stack, child_address
from stacking_rules.thresholds import (
    Atom,
    Pool,
    Threshold,
    atom_of,
    compile_requirement,
    compile_stack,
    pools_of,
    settle,
)


def evaluate(stack: Stack, record: LearnerRecord, *, as_of: date, known_on: datetime) -> Progress:
    """Return the progress of ``record`` toward ``stack``.

    ``as_of`` is the day for which is asked (facts of that day count), ``known_on`` (aware) the
    instant up to which facts were recorded. The same arguments give the same answer; the order
    of the facts does not matter.
    """
    held = _hold(record.at(as_of=as_of, known_on=known_on), as_of)
    return _evaluate(ROOT, stack.requires, compile_stack(stack), held)


def _evaluate(address: str, node: Requirement, compiled: Threshold, held: _Held) -> Progress:
    """Return the progress at ``node``, taken alone: nothing outside of it uses items up."""
    barred = {at: _bar(at, part, held) for at, part in _bars(address, node)}
    root = settle(compiled, {at: bar.status is Status.MET for at, bar in barred.items()})
    pools = {pool.address: pool for pool in pools_of(root)}
    sure = {address: held.fitting(pool) for address, pool in pools.items()}
    view = _View(pools, sure, held, allocate(root, sure), barred)
    progress = view.node(address, node)
    if progress.status is Status.MET or isinstance(node, NoneOf):
        return progress
    return replace(progress, status=_unmet_status(compiled, view))


def _bars(address: str, node: Requirement) -> Iterator[tuple[str, NoneOf]]:
    """Yield every "none of" that is not below another one, with its address."""
    if isinstance(node, NoneOf):
        yield address, node
        return
    for part in parts_of(node):
        yield from _bars(child_address(address, part), part)


def _bar(address: str, node: NoneOf, held: _Held) -> Progress:
    """Return the progress of a "none of": met only if every part is surely not."""
    places = [(child_address(address, part), part) for part in node.parts]
    children = tuple(
        _evaluate(at, part, compile_requirement(at, part), held) for at, part in places
    )
    statuses = [child.status for child in children]
    have, need = statuses.count(Status.NOT_MET), len(children)
    status = Status.NOT_MET if Status.MET in statuses else _kleene(have, need, need)
    return Progress(address, node, status, Decimal(have), Decimal(need), "parts", children=children)


def _unmet_status(compiled: Threshold, view: _View) -> Status:
    """Say whether "not met" is proved, or data or proof are missing."""
    hope = {at: bar.status is not Status.NOT_MET for at, bar in view.barred.items()}
    is_open = any(bar.status is Status.UNKNOWN for bar in view.barred.values())
    root = settle(compiled, hope)
    maybe = {
        address: _hopeful(pool, view.sure[address], view.held.doubtful(pool))
        for address, pool in view.pools.items()
    }
    if maybe != view.sure or is_open:
        hopeful = allocate(root, maybe)
        if not hopeful.is_decided or is_met(root, hopeful.placed, maybe):
            return Status.UNKNOWN
    return Status.NOT_MET if view.allocation.is_decided else Status.NOT_DECIDED


def _hopeful(
    pool: Pool, sure: Mapping[Item, Fact], doubtful: Mapping[Item, Fact]
) -> dict[Item, Fact]:
    """Return the facts that would count if what is missing turned out well."""
    found = dict(sure)
    for item, fact in doubtful.items():
        if item not in found or weight(pool, fact) > weight(pool, found[item]):
            found[item] = fact
    return found


DOUBTFUL = (Unused.GRADE_MISSING, Unused.OTHER_SCALE, Unused.DATA_MISSING)
"""Reasons that are no proof: the fact might count if more were known."""


@dataclass(frozen=True, slots=True)
class _Held:
    """What the learner has on the day asked for: item by item, the facts in published order."""

    facts: Mapping[Item, Sequence[Fact]]
    as_of: date

    def items_of(self, atom: Atom) -> list[Item]:
        """Return the held items that ``atom`` asks about."""
        if atom.achievement is None:
            return [item for item in self.facts if not item[0]]
        item = (atom.is_award, atom.achievement)
        return [item] if item in self.facts else []

    def fitting(self, pool: Pool) -> dict[Item, Fact]:
        """Return the items that surely fit ``pool``, each with the fact that counts there."""
        return self._chosen(pool, (None,))

    def doubtful(self, pool: Pool) -> dict[Item, Fact]:
        """Return the items that might fit if the missing data were known."""
        return self._chosen(pool, DOUBTFUL)

    def refusal(self, atom: Atom, fact: Fact) -> Unused | None:
        """Return why ``fact`` does not count for ``atom``, None if it does; a sure no first."""
        answer = True if atom.where is None else passes(atom.where, fact, self.as_of)
        if answer is False:
            return Unused.OTHER_KIND
        graded = _grade_refusal(atom, fact)
        return Unused.DATA_MISSING if graded is None and answer is None else graded

    def _chosen(self, pool: Pool, answers: Sequence[Unused | None]) -> dict[Item, Fact]:
        """Return the facts with one of ``answers``; of attempts that with most credits."""
        found: dict[Item, Fact] = {}
        for atom in pool.atoms:
            for item in self.items_of(atom):
                facts = [fact for fact in self.facts[item] if self.refusal(atom, fact) in answers]
                if facts:
                    found[item] = max(facts, key=lambda fact: weight(pool, fact))
        return found


def _hold(record: LearnerRecord, as_of: date) -> _Held:
    held: dict[Item, list[Fact]] = {}
    for completion in record.completions:
        held.setdefault((False, completion.achievement), []).append(completion)
    for award in record.awards:
        held.setdefault((True, award.achievement), []).append(award)
    for facts in held.values():
        facts.sort(key=preference)
    return _Held(held, as_of)


def _grade_refusal(atom: Atom, fact: Fact) -> Unused | None:
    if atom.grade is None or isinstance(fact, Award):
        return None
    if fact.grade is None:
        return Unused.GRADE_MISSING
    if fact.grade.scale != atom.grade.scale:
        return Unused.OTHER_SCALE
    return None if fact.grade.value >= atom.grade.value else Unused.BELOW_GRADE


@dataclass(frozen=True, slots=True)
class _View:
    """Builds the Progress tree from an allocation."""

    pools: Mapping[str, Pool]
    sure: Candidates
    held: _Held
    allocation: Allocation
    barred: Mapping[str, Progress]

    def node(self, address: str, requirement: Requirement) -> Progress:
        if isinstance(requirement, NoneOf):
            return self.barred[address]
        if isinstance(requirement, Group):
            return self._group(address, requirement)
        if isinstance(requirement, Amount):
            return self._amount(address, requirement)
        return self._single(address, requirement, self.pools[address])

    def _group(self, address: str, group: Group) -> Progress:
        pool = self.pools.get(address)
        children = tuple(
            self.node(child_address(address, part), part)
            if pool is None
            else self._single(child_address(address, part), part, pool)
            for part in group.parts
        )
        statuses = [child.status for child in children]
        met = statuses.count(Status.MET)
        hope = met + statuses.count(Status.UNKNOWN)
        status = _kleene(met, hope, group.needed)
        have = Decimal(min(met, group.needed))
        return Progress(
            address, group, status, have, Decimal(group.needed), "parts", children=children
        )

    def _amount(self, address: str, node: Amount) -> Progress:
        pool = self.pools[address]
        placed = {item: self.sure[address][item] for item in self.allocation.placed[address]}
        have = total(pool, placed.values())
        unused = tuple(
            held
            for atom in pool.atoms
            for item in self.held.items_of(atom)
            for held in self._unused(atom, item, pool)
            if node.of or held.reason is not Unused.OTHER_KIND
        )
        hope = total(pool, _hopeful(pool, placed, self.held.doubtful(pool)).values())
        status = _kleene(have, hope, node.need)
        have, counted = min(have, node.need), tuple(placed.values())
        return Progress(address, node, status, have, node.need, node.unit, counted, unused)

    def _single(self, address: str, leaf: Requirement, pool: Pool) -> Progress:
        atom = atom_of(leaf)
        item = (atom.is_award, atom.achievement or "")
        is_placed = item in self.allocation.placed[pool.address]
        counted = (self.sure[pool.address][item],) if is_placed else ()
        unused = tuple(self._unused(atom, item, pool))
        surplus = any(u.reason is Unused.NOT_NEEDED for u in unused)
        doubt = any(u.reason in DOUBTFUL for u in unused)
        met = 1 if counted or surplus else 0
        status = _kleene(met, met + doubt, 1)
        return Progress(address, leaf, status, Decimal(met), Decimal(1), "items", counted, unused)

    def _unused(self, atom: Atom, item: Item, pool: Pool) -> list[HeldFact]:
        if item in self.allocation.placed[pool.address]:
            return []
        fitting = self.sure[pool.address].get(item)
        if fitting is not None:
            return [HeldFact(fitting, self._why_spare(item, pool))]
        facts = self.held.facts.get(item, ())
        held = ((fact, self.held.refusal(atom, fact)) for fact in facts)
        return [HeldFact(fact, reason) for fact, reason in held if reason is not None]

    def _why_spare(self, item: Item, pool: Pool) -> Unused:
        users = [p.address for p in self.pools.values() if not p.is_overlay]
        is_elsewhere = any(item in self.allocation.placed[address] for address in users)
        return Unused.USED_ELSEWHERE if is_elsewhere and not pool.is_overlay else Unused.NOT_NEEDED


def _kleene(met: Decimal | int, hope: Decimal | int, need: Decimal | int) -> Status:
    """Combine by Kleene's rules: enough for sure, enough if the unknown hold, or not enough."""
    if met >= need:
        return Status.MET
    return Status.UNKNOWN if hope >= need else Status.NOT_MET
