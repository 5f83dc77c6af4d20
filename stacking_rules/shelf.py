"""A learner's facts, put in order once for all stacks that see them the same way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from stacking_rules.facts import Award, Fact, LearnerRecord
from stacking_rules.held import Held, Item, Named, OfKind, preference
from stacking_rules.selection import Asked
from stacking_rules.stacks import Stack


@dataclass(frozen=True, slots=True)
class Shelf:
    """What was put in order already, for one learner, one day and one instant.

    Awards may be added to the record in between, never taken away.
    """

    known: dict[int, tuple[Fact, ...]] = field(default_factory=dict)
    named: dict[int, frozenset[tuple[str, str]]] = field(default_factory=dict)
    ordered: dict[object, tuple[Named, OfKind]] = field(default_factory=dict)

    def facts(self, record: LearnerRecord, as_of: date, known_on: datetime) -> tuple[Fact, ...]:
        """Return what is known of the learner (see ``LearnerRecord.known``)."""
        size = len(record.awards)
        if size not in self.known:
            self.known[size] = record.known(as_of=as_of, known_on=known_on)
        return self.known[size]

    def names(self, facts: tuple[Fact, ...]) -> frozenset[tuple[str, str]]:
        """Return (kind, achievement) of each of ``facts``, as they came from here."""
        size = len(facts)
        if size not in self.named:
            self.named[size] = frozenset((fact.kind, fact.achievement) for fact in facts)
        return self.named[size]


def hold(
    stack: Stack,
    facts: tuple[Fact, ...],
    record: LearnerRecord,
    as_of: date,
    shelf: Shelf | None = None,
) -> Held:
    """Return what ``facts`` (known by ``as_of``) are for ``stack``; a ``shelf`` is used again."""
    uses = uses_of(stack, facts) if record.awards else {}
    asked = Asked(as_of, stack.definitions, record.learner, facts, uses)
    own = id(stack.definitions) if stack.definitions.orders_facts else 0
    ordered = {} if shelf is None else shelf.ordered
    key = (stack.repeats, len(facts), own)
    if key not in ordered:
        before = None if own else ordered.get((stack.repeats, len(facts) - 1, own))
        found = None if before is None else _with_award(before, record, facts)
        ordered[key] = found or _in_order(stack, facts)
    return Held(asked, *ordered[key], stack.credit_kind, stack.key)


def _with_award(
    before: tuple[Named, OfKind], record: LearnerRecord, facts: tuple[Fact, ...]
) -> tuple[Named, OfKind] | None:
    """Return what was in order ``before``, with the last award; None where it is not the news."""
    named, of_kind = before
    award = record.awards[-1] if record.awards else None
    if award not in facts or award is None or ("award", award.achievement) in named:
        return None
    item: Item = ("award", award.achievement)
    pair = (item, award)
    return {**named, item: (pair,)}, {**of_kind, "award": (*of_kind.get("award", ()), pair)}


def _in_order(stack: Stack, facts: tuple[Fact, ...]) -> tuple[Named, OfKind]:
    definitions = stack.definitions
    by_item: dict[Item, list[Fact]] = defaultdict(list)
    names: dict[str, frozenset[str]] = {}
    is_simple = not definitions.equivalent and not definitions.accepted
    for fact in facts:
        key = fact.achievement
        if not is_simple:
            key, names[fact.id] = definitions.names_of(fact)
        by_item[fact.kind, key].append(fact)
    named: dict[tuple[str, str], list[tuple[Item, Fact]]] = defaultdict(list)
    of_kind: dict[str, list[tuple[Item, Fact]]] = defaultdict(list)
    for item, group in by_item.items():
        for part, fact in _attempts(stack, item, group):
            of_kind[item[0]].append((part, fact))
            for name in (item[1],) if is_simple else names[fact.id]:
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
