"""SIGKILL at named points of the use cases that write: nothing lost, nothing doubled."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from lti_tool.persistence.base import Database
from lti_tool.services.verify_audit import verify_audit
from tests.faults.found import list_undone
from tests.faults.oracle import Event, Fact
from tests.faults.scale import say, scaled
from tests.faults.world import COMPETENCIES, World, open_course, stacks_text, subject_of

KILLS = scaled(12, 1000)
LEARNERS = 12
CRUCIAL = ("before-", "after-", "signing")
TIMES_OF_ONE_STEP = 2
"""So often at most a step is killed before it may go through."""


class Run:
    """Draws steps and the points at which they die, until enough have died."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)
        self.known: dict[str, dict[str, None]] = defaultdict(dict)
        self.killed: Counter[tuple[str, str]] = Counter()
        self.course = [subject_of(f"learner{n}") for n in range(LEARNERS)]
        self.strangers = [f"stranger{n}" for n in range(KILLS // 6 + 3)]
        self.recorded: list[Fact] = []
        self.grade = 60

    def insist(self, step: str, **arguments: Any) -> Any:
        """Let a step die, and repeat it until it is acknowledged."""
        for _ in range(self.random.randint(1, TIMES_OF_ONE_STEP)):
            point = self._choose(step)
            found = self.world.order(step, point, **arguments)
            if "killed" not in found:
                self.known[step].update(dict.fromkeys(found["passed"]))
                return found["answer"]
            self.killed[step, point.partition("#")[0] if point else ""] += 1
        found = self.world.order(step, **arguments)
        self.known[step].update(dict.fromkeys(found["passed"]))
        return found["answer"]

    def _choose(self, step: str) -> str | None:
        """Prefer points where nothing has died yet; commits, sending and signing to statements."""
        names = {point.partition("#")[0] for point in self.known[step]}
        if not names:
            return None
        fresh = sorted(name for name in names if not self.killed[step, name])
        crucial = sorted(name for name in names if name.startswith(CRUCIAL))
        is_crucial = crucial and self.random.random() < 0.6
        # Some points are passed so rarely that waiting for them would keep all others waiting.
        is_fresh = fresh and self.random.random() < 0.3
        name = self.random.choice(fresh if is_fresh else crucial if is_crucial else sorted(names))
        # The first time is reached by most runs, the seventh by few.
        known = [point for point in self.known[step] if point.startswith(f"{name}#")]
        return f"{name}#1" if self.random.random() < 0.6 else self.random.choice(known)

    def fact(self, *, people: list[str], is_graded: bool) -> Fact:
        """Draw a fact."""
        person = self.random.choice(people)
        competency = self.random.choice(COMPETENCIES)
        grade = self.world.grade()
        return Fact(person, competency, self.world.now.date(), grade, is_graded)

    def note(self, *facts: Fact, **more: Any) -> None:
        """Note what was acknowledged."""
        self.world.events.append(Event(self.world.now, facts, **more))
        self.recorded += facts

    def report(self) -> None:
        """Several completions by the signed API, in one batch."""
        count = self.random.randint(1, 4)
        facts = [self.fact(people=self.strangers, is_graded=False) for _ in range(count)]
        items = [self.world.told(fact.person, fact.competency, fact.grade) for fact in facts]
        said = self.insist("report", items=items)
        assert said["status"] == 200, said
        results = {one["status"] for one in said["document"]["results"]}
        assert results <= {"recorded", "repeated"}, said
        self.note(*facts)

    def record(self) -> None:
        """A teacher's form."""
        fact = self.fact(people=self.course, is_graded=True)
        self.insist("record", **self._told(fact), person=fact.person, form=str(uuid4()))
        self.note(fact)

    def attest(self) -> None:
        """One competency for several people."""
        people = self.random.sample(self.course, 3)
        fact = self.fact(people=people, is_graded=True)
        self.insist("attest", **self._told(fact), people=people, form=str(uuid4()))
        told = (fact.competency, fact.on, fact.grade, True)
        self.note(*(Fact(person, *told) for person in people))

    def _told(self, fact: Fact) -> dict[str, str]:
        return {
            "competency": fact.competency,
            "grade": str(fact.grade),
            "on": fact.on.isoformat(),
        }

    def load(self) -> None:
        """A table with a row for everybody."""
        drawn = self.fact(people=self.course, is_graded=True)
        told = [(p, drawn.competency, drawn.on, self.world.grade(), True) for p in self.course]
        facts = [Fact(*one) for one in told]
        rows = [f"{f.person},{f.competency},{f.on},{f.grade}" for f in facts]
        sheet = self.insist("stage", text="\n".join(["learner,competency,date,grade", *rows]))
        assert self.insist("import_rows", sheet=sheet) == 0
        self.note(*facts)

    def judge(self) -> None:
        """Evidence that is handed in and accepted."""
        fact, form = self.fact(people=self.course, is_graded=True), str(uuid4())
        self.insist("submit", person=fact.person, competency=fact.competency, form=form)
        self.insist("decide", form=form, grade=str(fact.grade))
        self.note(fact)

    def undo(self) -> None:
        """Withdraw something; take back what rests on it where a person is asked."""
        if not self.recorded:
            return
        fact = self.random.choice(self.recorded)
        told = (fact.person, fact.competency, fact.on)
        on = fact.on.isoformat()
        self.insist("withdraw", person=fact.person, competency=fact.competency, on=on)
        self.note(withdrawn=told)
        # Credentials first: what is revoked before is not issued.
        self.world.drain()
        for stack in ("basics", "breadth"):
            if self.insist("revoke", person=fact.person, stack=stack):
                self._note_revoked(fact.person, stack)

    def _note_revoked(self, person: str, stack: str) -> None:
        known = [e for e in self.world.events if e.revoked == (person, stack)]
        if not known:
            self.note(revoked=(person, stack))

    def publish(self) -> None:
        """Another version of the stacks; what follows from it alone is for the sweep."""
        self.grade = 110 - self.grade
        self.insist("publish", text=stacks_text(self.grade))
        self.note(stacks=stacks_text(self.grade))

    def sweep(self) -> None:
        """A look at everybody."""
        self.insist("sweep")
        self.note(is_sweep=True)

    def work(self) -> None:
        """The worker: credentials and transcripts signed, scores sent."""
        self.insist("work")

    def others(self) -> None:
        """What changes no fact: roster, keys, the chain of the audit trail."""
        self.insist(self.random.choice(("roster", "rotate", "seal")))


STEPS: tuple[tuple[Callable[[Run], None], int], ...] = (
    (Run.report, 5),
    (Run.record, 5),
    (Run.attest, 2),
    (Run.load, 1),
    (Run.judge, 2),
    (Run.undo, 1),
    (Run.publish, 1),
    (Run.sweep, 1),
    (Run.work, 10),
    (Run.others, 1),
)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_killed_at_any_point_nothing_is_lost_and_nothing_doubled(
    database: Database, tmp_path: Path
) -> None:
    with open_course(database, tmp_path, learners=LEARNERS) as world:
        run = Run(world, seed=8)
        steps = [step for step, weight in STEPS for _ in range(weight)]
        while run.killed.total() < KILLS:
            run.random.choice(steps)(run)
            world.wait(timedelta(seconds=run.random.choice((1, 2, 61, 600))))
        world.drain()
        world.order("seal")
        difference = world.differences()
        undone = list_undone(database)
        audit = verify_audit(database, now=world.now)
    tell(run, database)
    assert not difference, str(difference)
    assert not undone
    assert audit.holds


def tell(run: Run, database: Database) -> None:
    """Print what was done."""
    engine = database.engine.dialect.name
    events = len(run.world.events)
    facts = sum(len(event.facts) for event in run.world.events)
    say(f"{engine}: kills {run.killed.total()}, events {events}, facts {facts}")
    steps: dict[str, Counter[str]] = defaultdict(Counter)
    for (step, point), count in run.killed.items():
        steps[step][point] += count
    for step, points in sorted(steps.items()):
        say(f"  {step}: {points.total()} at {len(points)} kinds of points, {dict(points)}")
