"""Learners made from a rule: some who just qualify, and near-misses, one for each clause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from stacking_rules import clauses as kinds
from stacking_rules.facts import Award, LearnerRecord
from stacking_rules.focus import branches
from stacking_rules.held import LEDGER
from stacking_rules.leaves import is_below
from stacking_rules.made_records import (
    Maker,
    Wanted,
    ask,
    facts_of,
    is_met,
    minimal,
    with_facts,
)
from stacking_rules.progress import Status
from stacking_rules.relax import relax
from stacking_rules.requirements import Choice, Requirement
from stacking_rules.rule_changes import Change
from stacking_rules.rule_mutants import mutants
from stacking_rules.stacks import RENEWAL, ROOT, Stack
from stacking_rules.thresholds import compile_tree, nodes_of, pools_of
from stacking_rules.weaken import weaker, without_clause

NEAREST = 8
"""How many other addresses are tried as the one that fails together with an address."""
EDGES = 12
"""For how many stricter rules somebody is sought who would no longer qualify."""


@dataclass(frozen=True, slots=True)
class Qualifier:
    """A learner who meets the rule on ``as_of``, and would not without any of the facts."""

    record: LearnerRecord
    as_of: date


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A learner who misses at ``address`` alone, and would qualify after the ``change``."""

    address: str
    change: Change
    record: LearnerRecord
    as_of: date


@dataclass(frozen=True, slots=True)
class Pair:
    """Addresses of which none fails alone: ``record`` misses what ``change`` is about with them."""

    addresses: tuple[str, ...]
    change: Change
    record: LearnerRecord
    as_of: date


@dataclass(frozen=True, slots=True)
class Without:
    """An address for which nobody was found; ``reason`` is the key of a sentence."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Examples:
    """Learners who qualify, near-misses, and what fails only together or was not found."""

    qualifiers: tuple[Qualifier, ...]
    near_misses: tuple[NearMiss, ...]
    pairs: tuple[Pair, ...]
    without: tuple[Without, ...]


def examples(stack: Stack, as_of: date) -> Examples:
    """Return examples for ``stack`` on ``as_of``.

    Every example was evaluated: a qualifier is met, a near-miss is not, at its address alone.
    """
    qualifiers: dict[object, Qualifier] = {}
    misses: list[NearMiss] = []
    pairs: list[Pair] = []
    without: list[Without] = []
    for root, tree in _trees(stack):
        maker = Maker(stack, root)
        record = _qualifier(maker, tree, as_of)
        if record is None:
            without += [Without(at, "no-qualifier") for at in asked(stack, root, tree)]
            continue
        qualifiers[_held(record)] = Qualifier(record, as_of)
        for address in asked(stack, root, tree):
            found = list(_missing(maker, tree, address, as_of))
            found = found or list(_paired(maker, tree, address, as_of))
            alone = [m for m in found if isinstance(m, NearMiss)]
            together = [m for m in found if isinstance(m, Pair)]
            misses += alone
            if not alone:
                pairs += together[:1]
                without += [] if together else [Without(address, "not-found")]
        misses += _redeemed(stack, record, as_of) if root == ROOT else ()
        for record in _other_ways(maker, tree, as_of):
            qualifiers.setdefault(_held(record), Qualifier(record, as_of))
        known = [one.record for one in qualifiers.values()]
        for record in _at_edges(maker, known, misses, as_of):
            qualifiers.setdefault(_held(record), Qualifier(record, as_of))
    return Examples(tuple(qualifiers.values()), tuple(misses), tuple(pairs), tuple(without))


def _held(record: LearnerRecord) -> object:
    """Return what tells learners apart: what they have, in whatever order."""
    return frozenset(facts_of(record)), record.learner


def first_qualifier(stack: Stack, as_of: date) -> LearnerRecord | None:
    """Return a learner who meets ``stack`` and would not with less; None if none is found."""
    return _qualifier(Maker(stack, ROOT), stack.requires, as_of)


def _trees(stack: Stack) -> Iterator[tuple[str, Requirement]]:
    yield ROOT, stack.requires
    if stack.renewal is not None:
        yield RENEWAL, stack.renewal.requires


def asked(stack: Stack, root: str, tree: Requirement) -> tuple[str, ...]:
    """Return the addresses of ``tree``, a rule of ``stack``, at which a learner can fail."""
    compiled = compile_tree(root, tree, stack.definitions)
    found: dict[str, None] = {}
    for node in nodes_of(compiled.root):
        found |= {at: None for at, clause in node.clauses if not isinstance(clause, kinds.Carry)}
    for pool in pools_of(compiled.root):
        if pool.need > 0:
            found[pool.address] = None
        found |= {at: None for at, _ in pool.filters}
        found |= {} if pool.grace is None else {pool.grace[0]: None}
    found |= {at: None for at, what in compiled.given if not isinstance(what, Choice)}
    return tuple(found)


def _qualifier(maker: Maker, tree: Requirement, as_of: date) -> LearnerRecord | None:
    """Return a learner who meets ``tree`` and would not with less, whichever way through it."""
    for rule in (tree, *branches(maker.root, tree)):
        for record in maker.just_meets(Wanted(rule, as_of)):
            if is_met(maker.stack, record, as_of):
                return minimal(record, lambda r: is_met(maker.stack, r, as_of))
    return None


def _redeemed(stack: Stack, record: LearnerRecord, as_of: date) -> Iterator[NearMiss]:
    """Yield the learner of ``record`` after another award has redeemed what counts."""
    if stack.consume != "bank" or not record.completions:
        return
    fact = record.completions[0]
    other = Award("redeemed", "redeemed", fact.on, fact.recorded_at, is_banked=True)
    other = replace(other, counted=(fact.id,))
    spent = with_facts(record, [*facts_of(record), other])
    if faults(stack, spent, as_of) == (LEDGER,):
        yield NearMiss(LEDGER, Change(LEDGER, "ledger"), spent, as_of)


def _other_ways(maker: Maker, tree: Requirement, as_of: date) -> Iterator[LearnerRecord]:
    """Yield who qualifies by each branch and each part of which not all are needed."""
    for rule in branches(maker.root, tree):
        for record in maker.just_meets(Wanted(rule, as_of), is_quick=True):
            if is_met(maker.stack, record, as_of):
                yield minimal(record, lambda r: is_met(maker.stack, r, as_of))
                break


def _at_edges(
    maker: Maker, known: list[LearnerRecord], misses: list[NearMiss], as_of: date
) -> Iterator[LearnerRecord]:
    """Yield who qualifies, and would no longer if the rule asked for a little more."""
    tried = 0
    for mutant in mutants(maker.stack):
        at = mutant.change.address
        near = [miss for miss in misses if miss.address == at]
        stack = mutant.stack

        def is_noticed(stack: Stack = stack, near: list[NearMiss] = near) -> bool:
            return any(not is_met(stack, record, as_of) for record in known) or any(
                is_met(stack, miss.record, miss.as_of) for miss in near
            )

        # Without a value that is another afterwards the rule only asks for less.
        is_weaker = mutant.change.kind in ("use", "count") or not mutant.change.after
        if is_weaker or is_noticed() or tried == EDGES or not is_below(at, maker.root):
            continue
        tried += 1
        found = _just_inside(maker, mutant.stack, at, as_of)
        if found is not None:
            known.append(found)
            yield found


def _just_inside(maker: Maker, stricter: Stack, address: str, as_of: date) -> LearnerRecord | None:
    """Return who just qualifies and misses ``stricter``, which asks for more at ``address``."""
    tree = dict(_trees(stricter))[maker.root]
    for found in _missing(Maker(stricter, maker.root), tree, address, as_of, is_quick=True):
        if found.as_of == as_of and is_met(maker.stack, found.record, as_of):
            record = minimal(found.record, lambda r: is_met(maker.stack, r, as_of))
            if not is_met(stricter, record, as_of):
                return record
    return None


def _missing(
    maker: Maker, tree: Requirement, address: str, as_of: date, *, is_quick: bool = False
) -> Iterator[NearMiss | Pair]:
    """Yield who meets a rule that asks less at ``address``, and not ``tree``."""
    for weak in weaker(maker.root, tree, address, as_of):
        on = weak.as_of or as_of
        pair: Pair | None = None
        wanted = Wanted(weak.rule, on, weak.scope, weak.shift, weak.is_shared)
        for record in maker.just_meets(wanted, is_quick=is_quick):
            at_fault = faults(maker.stack, record, on)
            if at_fault == (address,):
                yield NearMiss(address, weak.change, record, on)
                break
            if at_fault and pair is None:
                pair = Pair(tuple(dict.fromkeys((address, *at_fault))), weak.change, record, on)
        else:
            if pair is not None:
                yield pair


def _paired(
    maker: Maker, tree: Requirement, address: str, as_of: date
) -> Iterator[NearMiss | Pair]:
    """Yield who misses at ``address`` and one more, where nobody misses there alone."""
    others = [at for at in asked(maker.stack, maker.root, tree) if at != address]
    others.sort(key=lambda at: not are_near(at, address))
    for other in others[:NEAREST]:
        rest = without_clause(maker.root, tree, other)
        if rest is None:
            continue
        for found in _missing(maker, rest, address, as_of, is_quick=True):
            if set(faults(maker.stack, found.record, found.as_of)) == {address, other}:
                yield found
                return


def are_near(one: str, other: str) -> bool:
    """Return whether two addresses have the same one above them, or one has the other."""
    above = {at.rpartition("/")[0] or "/" for at in (one, other)}
    return len(above) == 1 or not above.isdisjoint((one, other))


def faults(stack: Stack, record: LearnerRecord, as_of: date) -> tuple[str, ...]:
    """Return the least that would have to give way; nothing where the stack is met or unknown."""
    found = ask(stack, record, as_of)
    if found.progress.status is not Status.NOT_MET:
        return ()
    return relax(found.root, found.candidates, found.held).at_fault
