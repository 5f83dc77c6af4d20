"""The same event by hand: bare rows by sqlite3 or psycopg, 20 stacks in recursive Python.

It writes what the use case writes, in one transaction: the completion, an audit line, and for each
award its row, the promise of its credential and a piece of news. It knows nothing of exceptions,
revocations, receipts, renewals, several institutions or another database.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import uuid4

import psycopg

from benchmarks import s1m
from benchmarks.event_world import World, now
from benchmarks.rule_peers import Facts, recursive
from lti_tool.awarding import NewCompletion

INSERTS = {
    "completions": (
        "uuid institution_id learner_id achievement_id grade scale credits is_recognised "
        "completed_on note source idempotency_key recorded_at"
    ),
    "audit_events": "uuid institution_id at actor action subject detail",
    "awards": (
        "uuid institution_id learner_id stack_id stack_version_id achievement_id number "
        "awarded_on receipt recorded_at"
    ),
    "deliveries": (
        "uuid kind key lane learner_id achievement_id payload is_bulk state due_at attempts "
        "last_answer created_at"
    ),
    "learner_news": "institution_id learner_id kind key state subject created_at",
}


class Peer:
    """One connection to the database that the tool has made."""

    def __init__(self, url: str, world: World) -> None:
        self.is_sqlite = url.startswith("sqlite:///")
        self.db: Any
        if self.is_sqlite:
            self.db = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
            for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL"):
                self.db.execute(f"PRAGMA {pragma}")
        else:
            self.db = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        self.ask: Callable[[Facts], set[str]] = recursive(s1m.stacks())
        self.world = world
        self.keys = {number: key for key, number in world.achievements.items()}
        self.credits = dict(self.db.execute("SELECT id, credits FROM achievements").fetchall())
        self.stacks: dict[str, tuple[int, int, int]] = {
            key: (stack, version, achievement)
            for key, stack, version, achievement in self.db.execute(
                "SELECT s.key, s.id, v.id, s.achievement_id FROM stacks s "
                "JOIN stack_versions v ON v.stack_id = s.id"
            )
        }
        at = now().replace(tzinfo=None) if self.is_sqlite else now()
        self.at = at.isoformat(sep=" ", timespec="microseconds")

    def record(self, event: NewCompletion) -> set[str]:
        """Store one completion and what follows; return the keys of the awards made."""
        db = self.db
        db.execute("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
        own = uuid4().hex
        self._insert("completions", self._completion(event, own))
        detail = json.dumps({"completions": [own]})
        who = self.world.institution_id
        audit = (uuid4().hex, who, self.at, "bench", "completions.recorded", "", detail)
        self._insert("audit_events", audit)
        rows = db.execute(
            self._text(
                "SELECT achievement_id, grade, completed_on, credits FROM completions "
                "WHERE learner_id = ?"
            ),
            (event.learner_id,),
        )
        facts: Facts = {}
        for achievement, grade, day, worth in rows:
            on = date.fromisoformat(day) if self.is_sqlite else day
            attempt = (int(grade), on.toordinal(), int(worth))
            facts.setdefault(self.keys[achievement], []).append(attempt)
        held = db.execute(
            self._text("SELECT stack_id FROM awards WHERE learner_id = ?"), (event.learner_id,)
        )
        known = {stack for (stack,) in held}
        made = {key for key in self.ask(facts) if self.stacks[key][0] not in known}
        for key in sorted(made):
            self._award(event.learner_id, key)
        db.execute("COMMIT")
        return made

    def close(self) -> None:
        """Close the connection."""
        self.db.close()

    def _text(self, text: str) -> str:
        return text if self.is_sqlite else text.replace("?", "%s")

    def _insert(self, table: str, values: Sequence[Any]) -> None:
        names = INSERTS[table].split()
        marks = ", ".join("?" * len(names))
        self.db.execute(
            self._text(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"),  # noqa: S608
            values,
        )

    def _completion(self, event: NewCompletion, own: str) -> tuple[Any, ...]:
        return (
            own,
            self.world.institution_id,
            event.learner_id,
            event.achievement_id,
            str(event.grade),
            "0-100",
            self.credits[event.achievement_id],
            False,
            event.completed_on.isoformat(),
            "",
            "bench",
            event.idempotency_key,
            self.at,
        )

    def _award(self, learner_id: int, key: str) -> None:
        stack, version, achievement = self.stacks[key]
        who, own = self.world.institution_id, uuid4().hex
        award = (own, who, learner_id, stack, version, achievement, 1, s1m.TODAY.isoformat())
        self._insert("awards", (*award, "{}", self.at))
        promise = (uuid4().hex, "credential", f"credential:{own}", f"credential:{own}", learner_id)
        payload = json.dumps({"award": own})
        rest = (achievement, payload, False, "pending", self.at, 0, "", self.at)
        self._insert("deliveries", (*promise, *rest))
        audit = (uuid4().hex, who, self.at, "bench", "awards.made", "", payload)
        self._insert("audit_events", audit)
        self._insert(
            "learner_news", (who, learner_id, "award", f"award:{own}", "made", key, self.at)
        )
