"""Histories as they come from an LMS: told twice, out of order, late, corrected."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from lti_tool.persistence.base import Database
from tests.faults.oracle import Event, Fact
from tests.faults.scale import say, scaled
from tests.faults.steps import Tool, report, withdraw
from tests.faults.world import COMPETENCIES, ISSUER, Grades, differences, prepare

HISTORIES = scaled(300, 100_000)
BATCH = 200
WINDOW = 400
"""So many messages are shuffled among each other."""


@dataclass(frozen=True)
class Message:
    """A message of the LMS about a fact; ``is_wrong`` tells something else under a known key."""

    fact: Fact
    item: dict[str, Any]
    is_wrong: bool = False


class Sender:
    """An LMS that tells histories in its own way."""

    def __init__(self, now: datetime, seed: int) -> None:
        self.now, self.random, self.grades = now, random.Random(seed), Grades()

    def histories(self) -> Iterator[list[Message]]:
        """Make the messages of each learner."""
        for number in range(HISTORIES):
            count = self.random.randint(1, 5)
            yield [self._message(f"learner{number}") for _ in range(count)]

    def _message(self, person: str) -> Message:
        day = self.now - timedelta(days=self.random.choice((0, 0, 1, 7, 400)))
        grade = self.grades()
        fact = Fact(person, self.random.choice(COMPETENCIES), day.date(), grade)
        item = {
            "key": str(uuid4()),
            "issuer": ISSUER,
            "subject": person,
            "competency": fact.competency,
            "completed_at": day.isoformat(timespec="seconds"),
            "grade": str(grade),
        }
        return Message(fact, item)

    def told(self) -> Iterator[list[Message]]:
        """Yield batches: some messages up to ten times, all of a window in any order."""
        window: list[Message] = []
        for messages in self.histories():
            for message in messages:
                window += [message] * self.random.choice((1, 1, 1, 2, 10))
                if self.random.random() < 0.1:
                    wrong = {**message.item, "competency": "python", "evidence": [{"text": "x"}]}
                    window.append(Message(message.fact, wrong, is_wrong=True))
            if len(window) >= WINDOW:
                yield from self._batches(window)
                window = []
        yield from self._batches(window)

    def _batches(self, window: list[Message]) -> Iterator[list[Message]]:
        self.random.shuffle(window)
        for start in range(0, len(window), BATCH):
            yield window[start : start + BATCH]


@pytest.mark.timeout(7200)
def test_told_twice_out_of_order_late_or_corrected_the_end_equals_a_replay(
    database: Database,
) -> None:
    now = datetime.now(UTC)
    tool, sender = Tool(prepare(database, now)), Sender(now, seed=8)
    events: list[Event] = []
    counts = {"messages": 0, "recorded": 0, "repeated": 0, "refused": 0, "withdrawn": 0}
    for batch in sender.told():
        tool.now += timedelta(seconds=sender.random.choice((1, 60, 3600)))
        results = report(tool, [message.item for message in batch])["document"]["results"]
        facts = []
        for message, result in zip(batch, results, strict=True):
            counts["messages"] += 1
            counts[result["status"]] += 1
            if result["status"] == "recorded":
                facts.append(_as_recorded(message))
        events.append(Event(tool.now, tuple(facts)))
        if facts and sender.random.random() < 0.5:
            wrong = sender.random.choice(facts)
            withdraw(tool, wrong.person, wrong.competency, wrong.on.isoformat())
            events.append(Event(tool.now, withdrawn=(wrong.person, wrong.competency, wrong.on)))
            counts["withdrawn"] += 1
    difference = differences(database, events)
    tool.database.dispose()
    engine = database.engine.dialect.name
    say(f"{engine}: histories {HISTORIES}, {counts}")
    assert counts["recorded"] > HISTORIES
    assert counts["refused"] > 0
    assert not difference, str(difference)


def _as_recorded(message: Message) -> Fact:
    """Return the fact that was stored: whichever of two came first under a key."""
    return replace(message.fact, competency=message.item["competency"])
