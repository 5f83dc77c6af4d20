"""A ledger with many awards whose credentials are promised, and a worker that issues them."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from lti_tool.awarding import NewCompletion
from lti_tool.config import Config
from lti_tool.credentials.element_text import Description, read_descriptions
from lti_tool.persistence import schema
from lti_tool.persistence.catalog import list_achievements
from lti_tool.persistence.credentials import Credential
from lti_tool.persistence.learners import ensure_learners
from lti_tool.services.describe_achievements import describe_achievements
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.record_completions import record_completions
from lti_tool.web.parts import build_parts
from lti_tool.worker import build_handlers, run

STACKS = """
quoin: 2
achievements:
  sql: {name: SQL foundations, credits: 2.5}
stacks:
- {key: basics, title: Data basics, requires: {all: [sql]}}
"""
DESCRIBED = Path(__file__).resolve().parents[1] / "docs" / "achievements.yaml"
"""What an award says of itself here: the European elements, all of them."""

AT_ONCE = 500
LONGEST_WAIT = 60.0


def description() -> Description:
    """Return the description that every award of a measurement has."""
    return read_descriptions(DESCRIBED.read_text("utf-8"))[0]


class Ledger:
    """One institution on SQLite, as ``quoin serve`` has it."""

    def __init__(self, folder: Path) -> None:
        url = f"sqlite:///{folder / 'bench.sqlite3'}"
        self.parts = build_parts(Config(url, "https://quoin.example.edu", b"k" * 32))
        schema.upgrade(self.parts.database)
        now = datetime.now(UTC)
        self.institution = open_institution(self.parts.database, key="u", name="U", now=now)
        publish_stacks(self.parts.database, institution_key="u", text=STACKS, actor="b", now=now)
        describe_achievements(
            self.parts.database,
            institution_key="u",
            descriptions=[Description("basics", description().elements)],
            pictures={},
            actor="b",
            now=now,
        )
        with self.parts.database.reading() as session:
            found = {a.key: a.id for a in list_achievements(session, self.institution)}
        self.achievement, self.made = found["sql"], 0

    def award(self, count: int) -> list[int]:
        """Let so many learners complete what an award asks for; return their internal ids."""
        ids: list[int] = []
        for start in range(0, count, AT_ONCE):
            ids += self._award(min(AT_ONCE, count - start))
        return ids

    def _award(self, count: int) -> list[int]:
        now = datetime.now(UTC)
        subjects = [f"l{self.made + n}" for n in range(count)]
        self.made += count
        with self.parts.database.writing() as session:
            ids = list(ensure_learners(session, self.institution, "b", subjects, now).values())
        entries = [
            NewCompletion(learner, self.achievement, now.date(), "bench", f"{learner}")
            for learner in ids
        ]
        record_completions(
            self.parts.database,
            institution_id=self.institution,
            entries=entries,
            actor="bench",
            now=now,
        )
        return ids

    def work(self, stop: threading.Event) -> None:
        """Issue what is promised until ``stop`` is set."""
        handlers = build_handlers(self.parts.database, self.parts.platforms, self.parts.signing)
        run(
            self.parts.database,
            handlers,
            clock=lambda: datetime.now(UTC),
            stop=stop,
            poll_seconds=0.2,
        )

    def wait_for_one(self) -> float:
        """Make one award and return the seconds until its credential can be downloaded."""
        began = time.perf_counter()
        (learner,) = self.award(1)
        while time.perf_counter() - began < LONGEST_WAIT:
            with self.parts.database.reading() as session:
                query = select(Credential.id).where(Credential.learner_id == learner)
                if session.scalar(query) is not None:
                    break
            time.sleep(0.02)
        return time.perf_counter() - began

    def count(self) -> int:
        """Return how many credentials are issued."""
        with self.parts.database.reading() as session:
            return session.scalar(select(func.count(Credential.id))) or 0
