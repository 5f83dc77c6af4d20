"""Makes a learner who just meets a rule: more than enough is offered, the needless left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from stacking_rules.evaluate import Inquiry, inquire, meets
from stacking_rules.facts import Attestation, Award, Completion, Fact, LearnerRecord
from stacking_rules.focus import avoided, positive
from stacking_rules.invent_learner import invent_learner
from stacking_rules.leaves import hints_of, tests_of
from stacking_rules.made_facts import instant
from stacking_rules.offers import Offer
from stacking_rules.requirements import Requirement
from stacking_rules.satisfy import Inventor
from stacking_rules.selection import Asked, Test
from stacking_rules.stacks import RENEWAL, ROOT, Stack
from stacking_rules.weaken_days import Shift

KNOWN_ON = datetime(9999, 1, 1, tzinfo=UTC)
BACK = timedelta(days=200)
Predicate = Callable[[LearnerRecord], bool]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A rule that somebody is to meet, on a day; facts at ``scope`` are moved by ``shift``."""

    rule: Requirement
    as_of: date
    scope: str = ""
    shift: Shift | None = None
    is_shared: bool = False


@dataclass(slots=True)
class Maker:
    """Makes learners for one of the trees of ``stack``, the one at ``root``."""

    stack: Stack
    root: str
    tests: list[Test] = field(default_factory=list)
    hints: list[Test] = field(default_factory=list)
    inventors: dict[object, Inventor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Collect what the whole stack may ask of a fact."""
        trees = [self.stack.requires]
        if self.stack.renewal is not None:
            trees.append(self.stack.renewal.requires)
        self.tests = [test for tree in trees for test in tests_of(ROOT, tree)]
        self.hints = [test for tree in trees for test in hints_of(ROOT, tree)]

    def with_rule(self, rule: Requirement) -> Stack:
        """Return the stack with ``rule`` as the tree at the root."""
        if self.root == ROOT or self.stack.renewal is None:
            return replace(self.stack, requires=rule, renewal=None)
        return replace(self.stack, renewal=replace(self.stack.renewal, requires=rule))

    def just_meets(self, wanted: Wanted, *, is_quick: bool = False) -> Iterator[LearnerRecord]:
        """Yield learners who meet the rule: with what looks sufficient, then with nothing needless.

        The later ones are chosen from more than enough, where the first was of no use; not with
        ``is_quick``.
        """
        stack = self.with_rule(wanted.rule)
        for is_wide in (False,) if is_quick else (False, True):
            record = self._offered(wanted, is_wide=is_wide)
            if not is_wide and is_met(stack, record, wanted.as_of):
                yield record
            chosen = self._chosen(wanted, record)
            if chosen is not None and is_met(stack, chosen, wanted.as_of):
                yield minimal(chosen, lambda r: is_met(stack, r, wanted.as_of))

    def _offered(self, wanted: Wanted, *, is_wide: bool) -> LearnerRecord:
        own = self._own_award(wanted.as_of)
        inventor = self._inventor(wanted, own)
        offer = Offer(
            self.stack,
            self.root,
            wanted.rule,
            inventor,
            is_wide,
            wanted.scope,
            wanted.shift,
            wanted.is_shared,
            avoided(wanted.rule),
        )
        return with_facts(LearnerRecord(learner=inventor.asked.learner), [*own, *offer.make()])

    def _inventor(self, wanted: Wanted, own: tuple[Fact, ...]) -> Inventor:
        asked = Asked(wanted.as_of, self.stack.definitions, facts=own)
        learner = invent_learner(wanted.rule, [self.stack.requires], self.tests, asked)
        key = (learner, wanted.as_of)
        if key not in self.inventors:
            asked = replace(asked, learner=learner)
            self.inventors[key] = Inventor(asked, self.tests, self.hints, self._day(wanted.as_of))
        return self.inventors[key]

    def _day(self, as_of: date) -> date:
        terms = [term.first for term in self.stack.definitions.terms if term.first <= as_of]
        return terms[-1] if terms else as_of - BACK

    def _own_award(self, as_of: date) -> tuple[Fact, ...]:
        """Return the learner's own award where the rule is about keeping it."""
        if self.root != RENEWAL:
            return ()
        on, until = as_of - timedelta(days=300), as_of + timedelta(days=60)
        return (Award("own", self.stack.key, on, instant(on), valid_until=until),)

    def _chosen(self, wanted: Wanted, record: LearnerRecord) -> LearnerRecord | None:
        """Return what of the offer is chosen where nothing is forbidden; None if not enough."""
        stack = self.with_rule(positive(wanted.rule))
        if not is_met(stack, record, wanted.as_of):
            return None
        if wanted.shift is not None:
            return record
        found = ask(stack, record, wanted.as_of)
        counted = {fact.id for node in found.progress.walk() for fact in node.counted}
        kept = [
            fact
            for fact in facts_of(record)
            if fact.id in counted or fact.id == "own" or (isinstance(fact, Award) and fact.counted)
        ]
        fewer = with_facts(record, kept)
        return fewer if is_met(stack, fewer, wanted.as_of) else record


def ask(stack: Stack, record: LearnerRecord, as_of: date) -> Inquiry:
    """Return the evaluation of ``record`` as of a day, with all that is ever known."""
    return inquire(stack, record, as_of=as_of, known_on=KNOWN_ON)


def is_met(stack: Stack, record: LearnerRecord, as_of: date) -> bool:
    """Return whether ``record`` meets ``stack``."""
    return meets(stack, record, as_of=as_of, known_on=KNOWN_ON)


def minimal(record: LearnerRecord, holds: Predicate) -> LearnerRecord:
    """Leave out one fact after the other while ``holds`` is true of the rest."""
    before: LearnerRecord | None = None
    while before != record:  # Where facts can also do harm, one may become needless late.
        before = record
        for fact in reversed(facts_of(record)):
            fewer = without(record, fact)
            if holds(fewer):
                record = fewer
    return record


def without(record: LearnerRecord, fact: Fact) -> LearnerRecord:
    """Return ``record`` without ``fact``."""
    name = fact.kind, fact.id
    return with_facts(record, [f for f in facts_of(record) if (f.kind, f.id) != name])


def facts_of(record: LearnerRecord) -> list[Fact]:
    """Return all that a learner has."""
    return [*record.completions, *record.awards, *record.attestations]


def with_facts(record: LearnerRecord, facts: Iterable[Fact]) -> LearnerRecord:
    """Return ``record`` with ``facts`` instead; awards name only facts that are there."""
    found = list(facts)
    ids = {fact.id for fact in found}
    return replace(
        record,
        completions=tuple(f for f in found if isinstance(f, Completion)),
        awards=tuple(
            replace(f, counted=tuple(i for i in f.counted if i in ids))
            for f in found
            if isinstance(f, Award)
        ),
        attestations=tuple(f for f in found if isinstance(f, Attestation)),
    )
