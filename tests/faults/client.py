"""A client of the signed API that repeats what was not acknowledged, as an LMS does."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import timedelta
from typing import Any

from tests.faults.oracle import Event, Fact
from tests.faults.steps import Tool, report
from tests.faults.world import COMPETENCIES, Grades, item

REFUSAL = "database-unavailable"


class Client:
    """Reports completions of its own people; ``events`` is what was acknowledged.

    A refusal has to be a clear one: 503 as a problem document, with a time to come back.
    """

    def __init__(self, tool: Tool, name: str, grades: Grades) -> None:
        self.tool, self.name, self.grades = tool, name, grades
        self.random = random.Random(name)
        self.events: list[Event] = []
        self.answers: Counter[int] = Counter()

    def facts(self, count: int) -> list[Fact]:
        """Draw facts of today."""
        on = self.tool.now.date()
        return [
            Fact(
                f"{self.name}-{self.random.randint(0, 30)}",
                self.random.choice(COMPETENCIES),
                on,
                self.grades(),
            )
            for _ in range(count)
        ]

    def tell(self, *, patience: float = 60.0, pause: float = 0.005) -> None:
        """Report a batch, again and again until it is acknowledged."""
        facts, items = self.draw()
        end = time.monotonic() + patience
        while not self.try_once(facts, items):
            assert time.monotonic() < end, f"never acknowledged: {self.answers}"
            time.sleep(pause)

    def draw(self) -> tuple[list[Fact], list[dict[str, Any]]]:
        """Draw a batch: facts, and how they are told."""
        self.tool.now += timedelta(seconds=1)
        facts = self.facts(self.random.randint(1, 3))
        return facts, [item(self.tool.now, f.person, f.competency, f.grade) for f in facts]

    def try_once(self, facts: list[Fact], items: list[dict[str, Any]]) -> bool:
        """Report a batch once; note it if it is acknowledged."""
        said = report(self.tool, items)
        self.answers[said["status"]] += 1
        if said["status"] == 503:
            assert said["document"]["code"] == REFUSAL
            return False
        assert said["status"] == 200, said
        statuses = {one["status"] for one in said["document"]["results"]}
        assert statuses <= {"recorded", "repeated"}, said
        self.events.append(Event(self.tool.now, tuple(facts)))
        return True
