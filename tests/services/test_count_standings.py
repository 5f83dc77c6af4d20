"""Standings of a whole institution: those of its learners one by one, on both databases."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random

import pytest
from sqlalchemy import select

from lti_tool.errors import NotFoundError
from lti_tool.persistence.awards import Award, AwardRevocation
from lti_tool.persistence.base import Database
from lti_tool.persistence.completions import Completion, add_withdrawal
from lti_tool.persistence.crowds import stream_crowds
from lti_tool.persistence.snapshots import load_records, load_rules
from lti_tool.services.count_standings import count_standings
from lti_tool.services.import_oulad import import_oulad
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.sources.oulad import Fact, Reading
from stacking_rules import roll_up
from stacking_rules.cohort.plan import Plan

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
LEARNERS = 60
KEYS = ("small", "large", "other", "both", "short")
STACKS = """quoin: 2
achievements:
  a: {name: A, credits: 2}
  b: {name: B, credits: 3}
  c: {name: C, credits: 4}
stacks:
- key: small
  title: Small
  requires: {all: [{completed: a, grade: 50}, b]}
- key: large
  title: Large
  requires: {all: [{award: small}, {credits: 6, of: [b, c], use: overlay}]}
- key: other
  title: Other
  requires: {at_least: 1, of: [b]}
- key: both
  title: Both
  requires: {all: [{award: small}, {award: other}]}
- key: short
  title: Short
  lasts: {months: 1}
  requires: {any: [c]}
"""


@pytest.fixture
def institution(database: Database) -> int:
    """An institution whose learners have completed a few things, with what followed."""
    found = open_institution(database, key="u", name="U", now=NOW)
    publish_stacks(database, institution_key="u", text=STACKS, actor="test", now=NOW)
    some, reading = Random(1), Reading(achievements={key: key.upper() for key in "abcd"})
    for number in range(LEARNERS):
        reading.facts[f"l{number}"] = [
            Fact(f"l{number}", key, date(2026, 1, some.randint(1, 28)), f"{number}-{index}",
                 Decimal(some.choice([40, 50, 90])) if some.random() < 0.6 else None)
            for index, key in enumerate(some.choices("abcd", k=4))
        ]  # fmt: skip
    import_oulad(database, institution_id=found, reading=reading, now=NOW)
    with database.writing() as session:
        rows = session.scalars(select(Completion.id).order_by(Completion.id)).all()
        for row in rows[::9]:
            add_withdrawal(session, row, "a slip", None, NOW)
        award = session.scalars(select(Award)).first()
        assert award is not None
        session.add(AwardRevocation(award_id=award.id, reason="x", actor="test", recorded_at=NOW))
    return found


@pytest.mark.parametrize("size", [4, 1000])
def test_they_are_those_of_the_learners_one_by_one(
    database: Database, institution: int, size: int
) -> None:
    told: list[int] = []
    found = count_standings(database, institution_key="u", now=NOW, size=size, advance=told.append)
    expected: dict[str, Counter[str]] = {key: Counter() for key in KEYS}
    with database.reading() as session:
        rules = load_rules(session, institution)
        ids = sorted(set(session.scalars(select(Completion.learner_id))))
        for record in load_records(session, ids).values():
            progress = roll_up(
                rules.stacks,
                record,
                as_of=NOW.date(),
                known_on=NOW,
                credits_of=rules.credits_of,
            ).progress
            for key, one in progress.items():
                expected[key][one.status.value] += 1
    assert {key: +Counter(each) for key, each in found.items()} == expected
    assert expected["small"].keys() >= {"met", "not-met", "unknown"}
    assert sum(told) == LEARNERS


def test_most_learners_are_settled_by_sums(database: Database, institution: int) -> None:
    with database.reading() as session:
        rules = load_rules(session, institution)
        (crowd,) = stream_crowds(
            session, institution, as_of=NOW.date(), known_on=NOW, size=LEARNERS
        )
    _, left = Plan(rules.stacks, crowd.columns, as_of=NOW.date()).sweep()
    assert 0 < (left > 0).sum() < LEARNERS


def test_of_other_institutions_nobody_is_counted(database: Database, institution: int) -> None:
    open_institution(database, key="other", name="Other", now=NOW)
    publish_stacks(database, institution_key="other", text=STACKS, actor="test", now=NOW)
    assert count_standings(database, institution_key="other", now=NOW) == {}
    with pytest.raises(NotFoundError):
        count_standings(database, institution_key="nobody", now=NOW)
