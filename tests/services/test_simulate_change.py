"""A change simulated, then published and swept: what was said is what happens, on both engines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from sqlalchemy import select

from lti_tool.errors import InvalidInputError, NotFoundError, StackTextError
from lti_tool.persistence.awards import Award, AwardRevocation
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Stack
from lti_tool.persistence.learners import Learner
from lti_tool.services.import_oulad import import_oulad
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.simulate_change import Simulated, simulate_change
from lti_tool.services.sweep_time import sweep_institution
from lti_tool.sources.oulad import Fact, Reading
from stacking_rules.cohort.simulating import EFFECTS, Effect, Outcome

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
LEARNERS = 80
BEFORE = """quoin: 2
achievements:
  a: {name: A, credits: 2}
  b: {name: B, credits: 3}
  c: {name: C, credits: 4}
  d: {name: D, credits: 1}
stacks:
- key: small
  title: Small
  requires: {all: [{completed: a, grade: 50}, b]}
- key: large
  title: Large
  requires: {all: [{award: small}, {credits: 6, of: [b, c], use: overlay, id: depth}]}
- key: short
  title: Short
  lasts: {months: 1}
  requires: {any: [c]}
- key: picky
  title: Picky
  requires: {all: [{items: 2, of: [a, b, c, d], id: two, best: {credits: 7}}, {none: [d]}]}
"""
AFTER = {
    "a grade": BEFORE.replace("grade: 50", "grade: 80").replace("any: [c]", "any: [c, d]"),
    "fewer": BEFORE.replace("credits: 6", "credits: 3").replace("grade: 50", "grade: 45"),
    "another part": BEFORE.replace("{completed: a, grade: 50}, b", "c, d"),
    "what is worth": BEFORE.replace("items: 2", "items: 1").replace("none: [d]", "none: [a]"),
    "a new one": BEFORE + "- {key: fresh, title: Fresh, requires: {all: [d, {award: short}]}}\n",
}
BEFORE, AFTER = (
    BEFORE.replace(", best: {credits: 7}", ""),
    {name: text.replace(", best: {credits: 7}", "") for name, text in AFTER.items()},
)


@pytest.fixture
def institution(database: Database) -> int:
    """An institution with awards, some of them ended or taken back."""
    found = open_institution(database, key="u", name="U", now=NOW)
    publish_stacks(database, institution_key="u", text=BEFORE, actor="test", now=NOW)
    some, reading = Random(4), Reading(achievements={key: key.upper() for key in "abcd"})
    for number in range(LEARNERS):
        reading.facts[f"l{number}"] = [
            Fact(f"l{number}", key, date(2026, some.choice([1, 6]), some.randint(1, 28)),
                 f"{number}-{index}",
                 Decimal(some.choice([40, 50, 70, 90])) if some.random() < 0.8 else None)
            for index, key in enumerate(some.choices("abcd", k=some.randint(1, 4)))
        ]  # fmt: skip
    import_oulad(database, institution_id=found, reading=reading, now=NOW)
    with database.writing() as session:
        for award in session.scalars(select(Award).order_by(Award.id)).all()[::7]:
            session.add(
                AwardRevocation(award_id=award.id, reason="x", actor="test", recorded_at=NOW)
            )
    return found


def awards(database: Database) -> set[tuple[str, str, int]]:
    """Return every award: stack, learner, number."""
    with database.reading() as session:
        query = (
            select(Stack.key, Learner.uuid, Award.number)
            .join(Stack, Stack.id == Award.stack_id)
            .join(Learner, Learner.id == Award.learner_id)
        )
        return {(key, str(uuid), number) for key, uuid, number in session.execute(query)}


def sweep(database: Database, now: datetime) -> None:
    while not sweep_institution(database, institution_key="u", now=now, anew=False).is_finished:
        pass


def simulated(database: Database, text: str) -> tuple[Simulated, dict[tuple[str, str], Effect]]:
    """Return the answer, and the effect on each learner for whom anything changes."""
    effects: dict[tuple[str, str], Effect] = {}

    def keep(learners: Sequence[str], outcomes: list[Outcome]) -> None:
        for one in outcomes:
            for number, effect in enumerate(one.effects.tolist()):
                if effect:
                    effects[one.key, learners[number]] = EFFECTS[effect]

    found = simulate_change(
        database, institution_key="u", text=text, now=NOW + timedelta(hours=1), names=2, keep=keep
    )
    return found, effects


@pytest.mark.parametrize("name", AFTER)
def test_exactly_the_gainers_get_awards_and_nobody_loses_one(
    database: Database, institution: int, name: str
) -> None:
    assert institution
    sweep(database, NOW)
    before = awards(database)
    found, effects = simulated(database, AFTER[name])
    assert awards(database) == before, "nothing is written"
    later = NOW + timedelta(hours=1)
    publish_stacks(database, institution_key="u", text=AFTER[name], actor="test", now=later)
    sweep_institution(database, institution_key="u", now=later, anew=True)
    sweep(database, later)
    after = awards(database)
    assert after >= before
    gained = {(key, learner) for key, learner, _ in after - before}
    assert gained == {who for who, effect in effects.items() if effect is Effect.GAINS}
    assert len(gained) == sum(one.effects[Effect.GAINS] for one in found.totals.values())
    assert gained or any(one.effects[Effect.KEEPS] for one in found.totals.values())


def test_everybody_is_counted_once_and_examples_are_people(
    database: Database, institution: int
) -> None:
    assert institution
    found, effects = simulated(database, AFTER["a grade"])
    for key, total in found.totals.items():
        assert sum(total.effects.values()) == LEARNERS
        for example in total.examples:
            uuid, _ = found.people[example.learner]
            assert effects[key, str(uuid)] is example.effect
        for effect, by_address in total.requirements.items():
            assert max(by_address.values()) <= total.effects[effect] <= sum(by_address.values())
    kept = found.totals["small"]
    assert kept.effects[Effect.KEEPS]
    assert kept.requirements[Effect.KEEPS] == {"/a": kept.effects[Effect.KEEPS]}
    assert all(e.why for e in kept.examples if e.effect is Effect.KEEPS)


def test_what_is_wrong_is_refused(database: Database, institution: int) -> None:
    assert institution
    circle = BEFORE.replace("all: [{completed: a, grade: 50}, b]", "all: [{award: large}]")
    for text, error in (
        (circle, InvalidInputError),
        ("quoin: 2\nstacks:\n- {key: X}\n", StackTextError),
        (BEFORE + BEFORE.split("stacks:\n")[1].replace("  title", "  version: 2\n  title"),
         InvalidInputError),
    ):  # fmt: skip
        with pytest.raises(error):
            simulated(database, text)
    with pytest.raises(NotFoundError):
        simulate_change(database, institution_key="x", text=BEFORE, now=NOW, names=0)
    with pytest.raises(InvalidInputError):
        simulate_change(database, institution_key="u", text=BEFORE, only="x", now=NOW, names=0)
