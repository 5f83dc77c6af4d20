"""The oracle: what must be there after a list of acknowledged events, by a pure replay.

It knows the rules engine and nothing of the tool: no database, no use case. Facts are told apart
by what they say; every fact of a run has a grade of its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from lti_tool.stack_text import read_document
from stacking_rules import Award, Completion, Grade, LearnerRecord, Stack, roll_up

NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Fact:
    """A completion as it was told; ``is_graded`` where its grade goes to the gradebook."""

    person: str
    competency: str
    on: date
    grade: Decimal
    is_graded: bool = False


@dataclass(frozen=True)
class Event:
    """Something that was acknowledged: facts, or the withdrawal of all of a competency and day.

    ``stacks`` are those of a text that was published, ``revoked`` is whose award of which stack
    was taken back, ``is_sweep`` a look at everybody.
    """

    at: datetime
    facts: tuple[Fact, ...] = ()
    withdrawn: tuple[str, str, date] | None = None
    stacks: str = ""
    revoked: tuple[str, str] | None = None
    is_sweep: bool = False


@dataclass(frozen=True)
class HeldAward:
    """An award as it can be told apart: ``counted`` are grades and keys of what counted."""

    person: str
    stack: str
    number: int
    awarded_on: date
    counted: frozenset[str]
    is_revoked: bool = False


@dataclass
class State:
    """All that is compared. ``scores`` is what stands last in the gradebook, in percent."""

    facts: Counter[tuple[Fact, bool]] = field(default_factory=Counter)
    awards: Counter[HeldAward] = field(default_factory=Counter)
    credentials: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    transcripts: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    scores: dict[tuple[str, str], Decimal] = field(default_factory=dict)


@dataclass
class _Person:
    completions: list[Completion] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    awards: list[Award] = field(default_factory=list)
    numbers: Counter[str] = field(default_factory=Counter)


class Replay:
    """Takes the events one after the other, and says what must be there.

    ``placed`` are stacks whose award is a column of the course. ``names`` are the ids that facts
    have in the ledger, by person and grade: of two facts that fit alike the lesser id counts.
    """

    def __init__(
        self,
        text: str,
        *,
        placed: Collection[str] = (),
        names: Mapping[tuple[str, str], str] | None = None,
    ) -> None:
        self.people: dict[str, _Person] = defaultdict(_Person)
        self.stacks: dict[str, Stack] = {}
        self.versions: Counter[str] = Counter()
        self.placed, self.names = placed, names or {}
        self.scores: dict[tuple[str, str], Decimal] = {}
        self._publish(text)

    def take(self, events: Iterable[Event]) -> Replay:
        """Take these events."""
        for event in events:
            self._take(event)
        return self

    def _take(self, event: Event) -> None:
        if event.stacks:
            self._publish(event.stacks)
        for fact in event.facts:
            self._add(fact, event.at)
        if event.withdrawn:
            self._withdraw(*event.withdrawn, event.at)
        if event.revoked:
            self._revoke(*event.revoked)
        graded = {fact.person for fact in event.facts if fact.is_graded}
        touched = sorted(self.people) if event.is_sweep else {f.person for f in event.facts}
        for person in touched:
            self._award(person, event.at, is_in_course=person in graded)

    def _publish(self, text: str) -> None:
        for stack in read_document(text).stacks:
            known = self.stacks.get(stack.key)
            if known is None or replace(known, version=stack.version) != stack:
                self.versions[stack.key] += 1
                self.stacks[stack.key] = replace(stack, version=self.versions[stack.key])

    def _add(self, fact: Fact, at: datetime) -> None:
        person = self.people[fact.person]
        person.facts.append(fact)
        name = self._name(fact)
        made = Completion(name, fact.competency, fact.on, at, grade=Grade(fact.grade))
        person.completions.append(made)
        if fact.is_graded:
            self.scores[fact.person, fact.competency] = fact.grade

    def _name(self, fact: Fact) -> str:
        return self.names.get((fact.person, str(fact.grade)), str(fact.grade))

    def _withdraw(self, name: str, competency: str, on: date, at: datetime) -> None:
        person = self.people[name]
        person.completions = [
            replace(one, withdrawn_at=at)
            if (one.achievement, one.completed_on) == (competency, on) and not one.withdrawn_at
            else one
            for one in person.completions
        ]

    def _revoke(self, name: str, stack: str) -> None:
        awards = self.people[name].awards
        last = max(n for n, award in enumerate(awards) if award.achievement == stack)
        awards[last] = replace(awards[last], recorded_at=NEVER)

    def _award(self, name: str, at: datetime, *, is_in_course: bool) -> None:
        person = self.people[name]
        record = LearnerRecord(tuple(person.completions), tuple(person.awards))
        found = roll_up(
            tuple(self.stacks.values()),
            record,
            as_of=at.date(),
            known_on=at,
            award_id=lambda key: f"{key}#{person.numbers[key] + 1}",
        )
        for new in found.new_awards:
            counted = tuple(str(note["id"]) for note in new.receipt["counted"])
            person.numbers[new.stack.key] += 1
            person.awards.append(replace(new.award, recorded_at=at, counted=counted))
            if is_in_course and new.stack.key in self.placed:
                self.scores[name, new.stack.key] = Decimal(100)

    def state(self) -> State:
        """Return what must be there now."""
        found = State(scores=dict(self.scores))
        for name, person in self.people.items():
            for fact, made in zip(person.facts, person.completions, strict=True):
                found.facts[replace(fact, is_graded=False), made.withdrawn_at is not None] += 1
            grades = {self._name(fact): str(fact.grade) for fact in person.facts}
            for award in person.awards:
                key, _, number = award.id.partition("#")
                counted = frozenset(grades.get(one, one.partition("#")[0]) for one in award.counted)
                is_revoked = award.recorded_at == NEVER
                held = HeldAward(name, key, int(number), award.awarded_on, counted, is_revoked)
                found.awards[held] += 1
                found.credentials[name, key, int(number)] += 1
                if any("#" in one for one in award.counted):
                    found.transcripts[name, key, int(number)] += 1
        return found


@dataclass(frozen=True)
class Difference:
    """What is wrong with a database: ``lost``, there more than once, or there and not expected."""

    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    different: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.lost or self.doubled or self.different)

    def __str__(self) -> str:
        parts = []
        for name in ("lost", "doubled", "different"):
            found: Sequence[str] = getattr(self, name)
            parts.append(f"{len(found)} {name}")
            parts += [f"    {one}" for one in found[:10]]
        return "\n".join(parts)


def compare(expected: State, found: State, *, with_scores: bool = True) -> Difference:
    """Return how a database differs from what must be there."""
    lost: list[str] = []
    doubled: list[str] = []
    different: list[str] = []
    for name in ("facts", "awards", "credentials", "transcripts"):
        wanted: Counter[object] = getattr(expected, name)
        there: Counter[object] = getattr(found, name)
        lost += [f"{name}: {one}" for one in wanted - there]
        for one in there - wanted:
            (doubled if one in wanted else different).append(f"{name}: {one}")
    if with_scores:
        for key, score in expected.scores.items():
            if key not in found.scores:
                lost.append(f"score: {key} {score}")
            elif abs(found.scores[key] - score) > Decimal("0.0001"):
                different.append(f"score: {key} {found.scores[key]} is not {score}")
        different += [f"score: {key}" for key in found.scores.keys() - expected.scores.keys()]
    return Difference(tuple(lost), tuple(doubled), tuple(different))
