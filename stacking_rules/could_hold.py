"""Everything that could ever be held for a rule: one fact for each option that it lists.

A fact has the credits and attributes that its achievement declares; all else about it (its day,
its grade, what is not declared) is left open, and so is every test that looks at that. What even
such a learner cannot meet, no learner meets whose facts are as they are declared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import combinations

from stacking_rules.definitions import AchievementText, Definitions, Substitution
from stacking_rules.facts import HUNDRED, Attestation, Award, Completion, Fact, LearnerRecord
from stacking_rules.held import Held
from stacking_rules.selection import AllTests, AnyTest, Compare, NotTest, OneOf, Test
from stacking_rules.shelf import hold
from stacking_rules.stacks import Stack
from stacking_rules.thresholds import Pool

DAY = date(2000, 1, 1)
RECORDED = datetime(2000, 1, 1, tzinfo=UTC)
DEPENDS = ("credits", "on", "started", "recorded", "grade", "uses", "used_in")
"""Built-in names that no declaration decides."""
UNKNOWN = OneOf("\0", ("",))
"""A test on what no fact says: its answer is unknown."""


def everything(stack: Stack, pools: Iterable[Pool]) -> Held:
    """Return one fact for everything that the ``pools`` of ``stack`` list or that counts for it."""
    definitions = widest(stack.definitions)
    asked = {
        (kind, atom.achievement)
        for pool in pools
        for atom in pool.atoms
        for kind in atom.kinds
        if atom.achievement is not None
    }
    known = {*definitions.achievements, *(key for _, key in asked), *_named(definitions)}
    facts = [
        fact
        for kind in sorted({kind for kind, _ in asked})
        for key in sorted(known)
        for fact in _facts(kind, key, definitions)
        if not asked.isdisjoint((kind, name) for name in definitions.names_of(fact)[1])
    ]
    # Attempts are of no interest here: each item is held once, as well as can be.
    open_stack = replace(stack, definitions=definitions, repeats="best")
    return hold(open_stack, tuple(facts), LearnerRecord(), DAY)


def _named(definitions: Definitions) -> Iterator[str]:
    for same in definitions.equivalent:
        yield from same.keys
    for entry in definitions.accepted:
        yield from (entry.given, entry.wanted)


def _facts(kind: str, key: str, definitions: Definitions) -> Iterator[Fact]:
    text = definitions.achievements.get(key, AchievementText(key, key))
    if kind == "award":
        yield Award(f"{kind}:{key}", key, DAY, RECORDED)
    elif kind == "attestation":
        yield Attestation(f"{kind}:{key}", key, DAY, RECORDED)
    else:
        for number in range(text.repeatable):
            yield Completion(
                f"{kind}:{key}#{number}",
                key,
                DAY,
                RECORDED,
                text.credits,
                attributes=text.attributes,
            )


def credits_are_known(fact: Fact, definitions: Definitions) -> bool:
    """Return whether the document says what ``fact`` is worth."""
    if fact.kind == "attestation":
        return True
    text = definitions.achievements.get(fact.achievement)
    return fact.kind == "completion" and text is not None and text.credits > Decimal(0)


def widest(definitions: Definitions) -> Definitions:
    """Return ``definitions`` under which everything counts that counts on some day.

    Achievements that are always the same stay one item; what is the same, or accepted, on some
    days only is accepted, and stays an item of its own.
    """
    if not definitions.orders_facts:
        return definitions
    ever = replace(
        definitions,
        equivalent=tuple(
            replace(e, since=date.min, until=date.max) for e in definitions.equivalent
        ),
    )
    classes = {key: _same_as(key, ever) for key in _named(ever)}
    pairs = {pair for keys in classes.values() for pair in combinations(sorted(keys), 2)}
    steps = {*pairs, *((second, first) for first, second in pairs)}
    for entry in definitions.accepted:
        steps |= {(given, entry.wanted) for given in classes[entry.given]}
    accepted = tuple(Substitution(given, wanted) for given, wanted in sorted(steps))
    return replace(definitions, equivalent=surest(definitions).equivalent, accepted=accepted)


def surest(definitions: Definitions) -> Definitions:
    """Return ``definitions`` under which only that counts which counts on every day."""
    every = (date.min, date.max)
    return replace(
        definitions,
        equivalent=tuple(e for e in definitions.equivalent if (e.since, e.until) == every),
        accepted=tuple(e for e in definitions.accepted if (e.since, e.until) == every),
    )


def _same_as(key: str, definitions: Definitions) -> frozenset[str]:
    named = Completion("", key, DAY, RECORDED)
    bare = replace(definitions, accepted=())
    return bare.names_of(named)[1]


def left_open(test: Test | None, definitions: Definitions) -> Test | None:
    """Return ``test`` with all that no declaration decides left open: there it is unknown."""
    match test:
        case None:
            return None
        case AllTests(tests):
            return AllTests(tuple(left_open(part, definitions) or part for part in tests))
        case AnyTest(tests):
            return AnyTest(tuple(left_open(part, definitions) or part for part in tests))
        case NotTest(inner):
            return NotTest(left_open(inner, definitions) or inner)
        case OneOf(name) | Compare(name) if name not in DEPENDS:
            return test if _is_decided(test, definitions) else UNKNOWN
    return UNKNOWN


def _is_decided(test: OneOf | Compare, definitions: Definitions) -> bool:
    if isinstance(test, OneOf):
        return True
    is_dated = any((t.since, t.until) != (date.min, date.max) for t in definitions.levels)
    is_converted = test.name == "level" and test.scale != HUNDRED
    return isinstance(test.value, str | Decimal) and not (is_converted and is_dated)
