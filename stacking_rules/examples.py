"""Learners made from a rule: some who just qualify, and near-misses, one for each clause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal

from stacking_rules import clauses as kinds
from stacking_rules.certificate import certify
from stacking_rules.evaluate import evaluate
from stacking_rules.facts import (
    Attestation,
    Award,
    Completion,
    Fact,
    Grade,
    Learner,
    LearnerRecord,
    Value,
)
from stacking_rules.progress import Status
from stacking_rules.reading import scale_bounds
from stacking_rules.requirements import (
    Amount,
    Attested,
    Completed,
    Earned,
    LearnerIs,
    Requirement,
)
from stacking_rules.satisfy import Wanted, avoid, satisfy
from stacking_rules.selection import Test, names_in
from stacking_rules.stacks import Stack

SPARE = 3
"""How many more synthetic items an open amount gets than it needs at the least."""
MOST = 12
OTHERS: tuple[Value, ...] = ("something else", False, True, Decimal(0), Decimal(10**6))
"""What an attribute is changed to in a near-miss."""
KNOWN_ON = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A learner who misses at ``address`` and nowhere else; ``edit`` says by what."""

    address: str
    edit: str
    record: LearnerRecord


@dataclass(frozen=True, slots=True)
class Examples:
    """Learners who qualify (without any of their facts they would not), and near-misses.

    ``without`` are the addresses for which no near-miss was found.
    """

    qualifiers: tuple[LearnerRecord, ...]
    near_misses: tuple[NearMiss, ...]
    without: tuple[str, ...]


def examples(stack: Stack, as_of: date) -> Examples:
    """Return examples for ``stack`` on ``as_of``; without qualifiers where none was found.

    Every example was evaluated: a qualifier is met, a near-miss is not, at its address alone.
    """
    generous = _generous(stack, as_of)
    if not _is_met(stack, generous, as_of):
        return Examples((), (), tuple(_asked(stack)))
    found = {_minimal(stack, generous, as_of, turned=turned): None for turned in (False, True)}
    misses: dict[str, NearMiss] = {}
    for record in found:
        for edit, changed in _edits(record):
            certificate = certify(stack, changed, as_of=as_of, known_on=KNOWN_ON)
            if certificate is not None and len(certificate.at_fault) == 1:
                (address,) = certificate.at_fault
                misses.setdefault(address, NearMiss(address, edit, changed))
    without = tuple(address for address in _asked(stack) if address not in misses)
    return Examples(tuple(found), tuple(misses.values()), without)


def _asked(stack: Stack) -> Iterator[str]:
    """Yield the addresses that a learner can fail at by what is held."""
    for address, node in stack.walk():
        if isinstance(node, Amount | Completed | Earned | Attested):
            yield address
    yield from (at for at, _, clause in stack.clauses() if not isinstance(clause, kinds.Carry))


def _is_met(stack: Stack, record: LearnerRecord, as_of: date) -> bool:
    return evaluate(stack, record, as_of=as_of, known_on=KNOWN_ON).status is Status.MET


def _minimal(stack: Stack, record: LearnerRecord, as_of: date, *, turned: bool) -> LearnerRecord:
    """Leave out one fact after the other while the stack stays met."""
    facts = _facts(record)
    for fact in reversed(facts) if turned else list(facts):
        fewer = _with(record, [other for other in facts if other is not fact])
        if _is_met(stack, fewer, as_of):
            record, facts = fewer, _facts(fewer)
    return record


def _facts(record: LearnerRecord) -> list[Fact]:
    return [*record.completions, *record.awards, *record.attestations]


def _with(record: LearnerRecord, facts: list[Fact]) -> LearnerRecord:
    return replace(
        record,
        completions=tuple(f for f in facts if isinstance(f, Completion)),
        awards=tuple(f for f in facts if isinstance(f, Award)),
        attestations=tuple(f for f in facts if isinstance(f, Attestation)),
    )


# -- who has more than enough ----------------------------------------------------------------


def _generous(stack: Stack, as_of: date) -> LearnerRecord:
    """Return a learner who has everything that the rule speaks of, later things later."""
    facts: dict[tuple[str, str], Fact] = {}
    learner: dict[str, tuple[object, ...]] = {}
    events: set[str] = set()
    day = as_of - timedelta(days=200)
    for address, node in stack.walk():
        around = _around(stack, address)
        for test in (getattr(node, "where", None), *around):
            events |= set() if test is None else set(names_in(test, is_learner=False))
        if isinstance(node, LearnerIs):
            for name, value in (satisfy([node.where], as_of) or {}).items():
                learner[name] = (*learner.get(name, ()), value)
        for number, (kind, key, wanted) in enumerate(_items(node, around, as_of)):
            day = min(day + timedelta(days=1), as_of)
            fact = _fact(stack, node, kind, key or f"item-{len(facts)}-{number}", wanted, day)
            facts.setdefault((kind, fact.achievement), fact)
    known = Learner(
        tuple((name, values) for name, values in learner.items()),  # type: ignore[misc]
        tuple((name, as_of - timedelta(days=300)) for name in sorted(events - {""})),
    )
    return _with(LearnerRecord(learner=known), list(facts.values()))


def _around(stack: Stack, address: str) -> list[Test | None]:
    """Return the filters that act at ``address``."""
    return [
        clause.where
        for _, node, clause in stack.clauses()
        if isinstance(clause, kinds.Filter) and f"{address}/".startswith(f"{node.rstrip('/')}/")
    ]


def _items(
    node: Requirement, around: list[Test | None], as_of: date
) -> Iterator[tuple[str, str, Wanted]]:
    """Yield (kind, key or "", values) of what could serve at ``node``."""
    where = getattr(node, "where", None)
    if isinstance(node, Completed | Earned | Attested):
        kind = {Completed: "completion", Earned: "award"}.get(type(node), "attestation")
        yield kind, node.achievement, satisfy([where, *around], as_of) or {}
    if not isinstance(node, Amount):
        return
    parts = [c for c in node.clauses if isinstance(c, kinds.Least | kinds.Portion | kinds.Distinct)]
    tests = [[where, *around, part.where] for part in parts] or [[where, *around]]
    every = [where, *around, *(part.where for part in parts)]
    ways = [way for test in (every, *tests) if (way := satisfy(test, as_of)) is not None]
    limits = [c.where for c in node.clauses if isinstance(c, kinds.Cap | kinds.Most)]
    others = [
        avoid(test) for test in (*limits, *(part.where for part in parts)) if test is not None
    ]
    distinct = [part for part in parts if isinstance(part, kinds.Distinct)]
    for index, key in enumerate(node.of or [""] * _many(node) * max(1, len(ways))):
        wanted = dict(ways[index % len(ways)]) if ways else {}
        for part in distinct:
            wanted[part.by] = f"{part.by}-{index % part.need}"
        for other in others:
            wanted = other | wanted
        yield node.among[0], key, wanted


def _many(node: Amount) -> int:
    needs = [c.need for c in node.clauses if isinstance(c, kinds.Distinct)]
    least = int(node.need) if node.unit == "items" else 4
    return min(MOST, max([least, *needs]) + SPARE)


def _fact(
    stack: Stack, node: Requirement, kind: str, key: str, wanted: Mapping[str, object], day: date
) -> Fact:
    named = dict(wanted)
    key = str(named.pop("achievement", key))
    on = date.fromisoformat(str(named.pop("on", day.isoformat())))
    grade, worth = named.pop("grade", None), named.pop("credits", None)
    scale = named.pop("scale", None) if grade is not None else None
    named.pop("started", None)
    attributes = tuple((name, (value,)) for name, value in named.items())
    recorded = datetime(on.year, on.month, on.day, tzinfo=UTC)
    name = f"{kind}-{key}"
    if kind == "attestation":
        return Attestation(name, key, on, recorded, attributes=attributes)  # type: ignore[arg-type]
    credits_each = Decimal(str(worth)) if worth is not None else _credits(stack, node, key)
    if kind == "award":
        return Award(name, key, on, recorded, credits_each, attributes=attributes)  # type: ignore[arg-type]
    return Completion(
        name,
        key,
        on,
        recorded,
        credits_each,
        _grade(stack, node, grade, scale),
        started_on=on,
        attributes=attributes,  # type: ignore[arg-type]
    )


def _credits(stack: Stack, node: Requirement, key: str) -> Decimal:
    text = stack.definitions.achievements.get(key)
    if text is not None and text.credits:
        return text.credits
    if not isinstance(node, Amount) or node.unit != "credits":
        return Decimal(1)
    needs = [c.need for c in node.clauses if isinstance(c, kinds.Least) and c.unit == "credits"]
    items = min(4, len(node.of) or 4)
    halves = (max([node.need, *needs]) * 2 / items).to_integral_value(ROUND_CEILING)
    return max(Decimal(1), halves / 2)


def _grade(stack: Stack, node: Requirement, wanted: object, on_scale: object) -> Grade:
    """Return the best grade of the scale that is asked for."""
    asked = getattr(node, "grade", None)
    means = [c.scale for c in node.clauses if isinstance(c, kinds.Mean)]
    scale = getattr(node, "scale", "0-100")
    if asked is not None or means or on_scale is not None:
        scale = str(on_scale or (means[0] if asked is None else asked.scale))
    if scale in stack.definitions.scales:
        named = stack.definitions.scales[scale]
        return named.grade(named.grades[-1], scale) or Grade(Decimal(0), scale)
    best = scale_bounds(scale)[1]
    return Grade(best if wanted is None else max(best, Decimal(str(wanted))), scale)


# -- who misses by little -------------------------------------------------------------------------


def _edits(record: LearnerRecord) -> Iterator[tuple[str, LearnerRecord]]:
    """Yield (what was changed, the learner with it): one small change to one fact each."""
    facts = _facts(record)
    for index, fact in enumerate(facts):
        rest = [*facts[:index], *facts[index + 1 :]]
        for edit, changed in _changes(fact):
            yield f"{edit} {fact.achievement}", _with(record, [*rest, changed])
        yield f"without {fact.achievement}", _with(record, rest)
    for name in dict.fromkeys(name for fact in facts for name, _ in fact.attributes):
        for other in OTHERS:
            yield f"another {name} everywhere", _with(record, [_as(f, name, other) for f in facts])


def _as(fact: Fact, name: str, value: Value) -> Fact:
    """Return ``fact`` with another value of an attribute."""
    kept = tuple(pair for pair in fact.attributes if pair[0] != name)
    return replace(fact, attributes=((name, (value,)), *kept))


def _changes(fact: Fact) -> Iterator[tuple[str, Fact]]:
    if isinstance(fact, Completion):
        if fact.grade is not None and fact.grade.value > 0:
            for lower in (Decimal(1), fact.grade.value / 2, fact.grade.value):
                value = max(Decimal(0), fact.grade.value - lower)
                yield "lower grade in", replace(fact, grade=replace(fact.grade, value=value))
        if fact.credits:
            yield "half a credit less in", replace(fact, credits=fact.credits - Decimal("0.5"))
        for days in (1, 400, 4_000):
            earlier = fact.completed_on - timedelta(days=days)
            moved = replace(fact, completed_on=earlier, started_on=earlier)
            yield f"{days} days earlier", moved
    for name, _ in fact.attributes:
        for other in OTHERS:
            yield f"another {name} in", _as(fact, name, other)
