"""A served tool in which everybody has something to see: a campus in the middle of its year."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import select

from lti_tool.awarding import NewCompletion
from lti_tool.cli.processes import listen
from lti_tool.cli.server import create_server
from lti_tool.credentials.recognition.pool import CheckingPool
from lti_tool.mailing import Mailer
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Institution, list_achievements
from lti_tool.persistence.courses import Context
from lti_tool.persistence.learners import Learner
from lti_tool.persistence.wallet_offers import Way
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.record_completions import record_completions
from tests.cases.world import CasesWorld
from tests.recognising.world import RecognitionWorld
from tests.web.test_class_list import fill
from tests.web.world import Person

FIRST = """
quoin: 2
achievements: {aid: {name: First aid, credits: 1}}
stacks:
- {key: safety, title: Laboratory safety, requires: {all: [aid]}, lasts: {months: 2}}
"""
RULES = """
quoin: 2
achievements:
  aid: {name: First aid, credits: 1}
  lifting: {name: Safe lifting, credits: 1}
  law: {name: Data protection law, credits: 2.5, description: "Whose data, for what, how long."}
  risk: {name: Risk assessment, credits: 2.5}
  audit: {name: Preparing an audit, credits: 5}
  crypto: {name: Encryption in practice, credits: 2.5}
  backup: {name: Planning for recovery, credits: 2.5}
  project: {name: Capstone project, credits: 7.5}
stacks:
- key: safety
  title: Laboratory safety
  lasts: {months: 2}
  requires: {all: [aid, {at_least: 1, of: [lifting, risk]}]}
- key: steward
  title: Data steward
  description: Looks after data that are about people.
  requires:
    all:
    - {completed: law, grade: 60}
    - {award: safety}
    - {title: Going deeper, id: depth, at_least: 2, of: [risk, audit, crypto]}
    - {title: Volume, id: size, credits: 12, of: [audit, crypto, backup, project]}
- {key: officer, title: Data protection officer, requires: {all: [{award: steward}, project]}}
"""
LONG = "María del Carmen Fernández-Villanueva de la Santísima Trinidad y Todos los Santos"
CLASS = (
    "Ada Okafor", "Ben Achterberg", "Chloé Lefèvre", "Dmitri Sokolov", "Elif Yüksel",
    "Farah Haddad", "Goran Petrović", "Hana Suzuki", "Ibrahim Diallo", "Jonas Lindqvist",
    "Kamala Iyer", "Lucas Oliveira", "Mei Chen", "Noor Rahimi", "Olga Nowak", "Piotr Zieliński",
    "Quynh Tran", "Rosa Jiménez", "Sven Bakker", "Tomás Ó Briain", "Uma Patel", "Viktor Novák",
    "Wanjiru Kamau", "Yusuf Demir",
)  # fmt: skip
NAMES = {
    "Maria": "María Fernández Soto",
    "Amara": "Amara Nwosu",
    "Nwosu": "Chidi Nwosu",
    "Ada": "Ada Lindgren",
    "Zoe": "Zoë Marchetti",
    "Student": "Sam Rivera",
    "Ines": "Inês Carvalho",
    "Grace": "Grace Mutua",
}


class Campus(RecognitionWorld, CasesWorld):
    """Two institutions, a course of nearly thirty, and an issuer elsewhere.

    Amara holds awards of which one ends soon; something of hers waits, something is waived. Zoe
    has nothing at all. Chidi has handed in credentials of another university.
    """

    local = ""

    def __init__(
        self, database: Database, now: datetime, pool: CheckingPool, origin: str = ""
    ) -> None:
        if origin:
            self.origin = origin
        super().__init__(database, now, pool)
        mailer = Mailer("127.0.0.1", 1, "quoin@harbour.example", is_tls=False)
        self.parts = replace(self.parts, mailer=mailer)
        self.app.extensions["quoin"] = self.parts
        self.newcomer = self.come_as("zoe")
        self.preview = self.come_as("student", purpose="preview")
        self.mentor = self.come_as("grace", role="mentor", mentees=[self.learner.learner_id])
        self.privacy = self.come_as(
            "ingrid",
            is_instructor=True,
            role="administrator",
            purpose="privacy",
            subject_id=self.newcomer.learner_id,
        )
        self._publish()
        self._fill_course()
        self._name_everybody()

    def complete_by(
        self, person: Person, key: str, *, days_ago: int, grade: str | None = "80"
    ) -> None:
        """Let somebody of the first course have completed something."""
        with self.database.reading() as session:
            found = {a.key: a.id for a in list_achievements(session, self.institution)}
        entry = NewCompletion(
            person.learner_id,
            found[key],
            self.now.date() - timedelta(days=days_ago),
            "teacher",
            f"{person.learner_id}:{key}",
            grade=Decimal(grade) if grade else None,
            context_id=self.context_of("harbour"),
        )
        record_completions(
            self.database,
            institution_id=self.institution,
            entries=[entry],
            actor="test",
            now=self.now,
        )

    def work_off(self) -> None:
        """Let the worker pass until nothing is due."""
        while self.work():
            pass

    def _publish(self) -> None:
        for text, days in ((FIRST, 90), (RULES, 0)):
            at = self.now - timedelta(days=days)
            publish_stacks(
                self.database, institution_key="harbour", text=text, actor="test", now=at
            )
            if days:
                self.complete_by(self.learner, "aid", days_ago=40, grade=None)
        with self.database.writing() as session:
            found = session.get_one(Institution, self.institution)
            found.name, found.wallet_ways = "Harbour University", [str(way) for way in Way]
            session.get_one(Institution, self._institutions["hill"]).name = "Hill College"

    def _fill_course(self) -> None:
        both = {"sql": date(2026, 3, 1), "charts": date(2026, 4, 10)}
        facts: dict[str, dict[str, date]] = dict.fromkeys(CLASS[:7], both)
        facts |= {name: {"sql": date(2026, 5, 1)} for name in CLASS[7:18]}
        facts |= {name: {} for name in (*CLASS[18:], LONG, "فريد الحداد")}
        fill(self, facts)
        with self.database.writing() as session:
            for context in session.scalars(select(Context)):
                context.roster_synced_at = self.now

    def _name_everybody(self) -> None:
        with self.database.writing() as session:
            for learner in session.scalars(select(Learner)):
                learner.name = NAMES.get(learner.name or "", learner.name)


@contextmanager
def served(
    database: Database, now: datetime, pool: CheckingPool, origin: str = ""
) -> Iterator[Campus]:
    """Serve a campus at a free port of loopback (``campus.local``).

    That is its public address, too, where ``origin`` names no other.
    """
    apps: list[Any] = []
    # The port is known before the application that has to know it.
    server = create_server(cast(Any, lambda *call: apps[0](*call)), listen(0), threads=4)
    local = f"http://127.0.0.1:{server.effective_port}"
    campus = Campus(database, now, pool, origin or local)
    campus.local = local
    apps.append(campus.app)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield campus
    finally:
        server.task_dispatcher.shutdown()
        server.trigger.pull_trigger(server.close)
        thread.join(10)
