"""A student with something of everything: held, open, waiting, ending, in long words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from threading import Thread
from typing import Any
from uuid import uuid4

from werkzeug.serving import make_server

from lti_tool.awarding import NewCompletion
from lti_tool.mailing import Mailer
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import list_achievements
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.record_completions import record_completions
from lti_tool.services.submit_evidence import submit_evidence
from tests.web.world import World

AWARD = "Zusatzqualifikation Datenschutzgrundverordnung und Informationssicherheitsmanagement"
STEP = "Rechtsgrundlagen der Verarbeitung personenbezogener Beschäftigtendaten im Hochschulbereich"
FIRST = """
quoin: 2
achievements:
  aid: {name: First aid, credits: 1}
  lifting: {name: Safe lifting, credits: 1}
stacks:
- {key: safety, title: Laboratory safety, requires: {all: [aid]}, lasts: {months: 2}}
"""
RULES = f"""
quoin: 2
achievements:
  sql: {{name: "{STEP}", credits: 2.5}}
  charts: {{name: Darstellungsformen, credits: 2.5}}
  law: {{name: "Rechtsgrundlagen", credits: 2.5}}
  risk: {{name: "Risikoabschätzungsverfahren", credits: 2.5}}
  audit: {{name: "Auditvorbereitungsgespräche", credits: 5}}
  crypto: {{name: "Verschlüsselungsverfahren", credits: 2.5}}
  backup: {{name: "Wiederherstellungsplanung", credits: 2.5}}
  project: {{name: "Abschlussprojekt", credits: 7.5}}
  aid: {{name: First aid, credits: 1}}
  lifting: {{name: Safe lifting, credits: 1}}
stacks:
- key: safety
  title: Laboratory safety
  lasts: {{months: 2}}
  requires: {{all: [aid, {{at_least: 1, of: [lifting, risk]}}]}}
- key: data-basics
  title: "{AWARD}"
  requires:
    all: [{{completed: sql, grade: 65}}, charts]
- key: privacy
  title: Datenschutz
  description: Vom Grundsatz bis zur Prüfung.
  requires:
    all:
    - {{completed: law, grade: 60}}
    - {{award: safety}}
    - {{title: Vertiefung, id: depth, at_least: 2, of: [risk, audit, crypto]}}
    - {{title: Umfang, id: size, credits: 12, of: [audit, crypto, backup, project]}}
- {{key: officer, title: Datenschutzbeauftragte, requires: {{all: [{{award: privacy}}, project]}}}}
"""


class Student:
    """A world whose learner has begun; ``record`` lets something more be completed."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.world, self.database, self.now = World(database, now), database, now
        parts = self.world.app.extensions["quoin"]
        mailer = Mailer("127.0.0.1", 1, "quoin@example.edu", is_tls=False)
        self.world.app.extensions["quoin"] = replace(parts, mailer=mailer)
        for text, at in ((FIRST, now - timedelta(days=90)), (RULES, now)):
            publish_stacks(database, institution_key="harbour", text=text, actor="test", now=at)
            if text is FIRST:
                self.record("aid", days_ago=40)
        self.record("crypto", days_ago=9, grade="71")
        submit_evidence(
            database,
            context_id=self.world.context_of("harbour"),
            learner_id=self.world.learner.learner_id,
            achievement_uuid=self.world.achievement("risk"),
            text="Meine Abschätzung.",
            url=None,
            form_id=str(uuid4()),
            now=now,
        )

    def record(self, key: str, *, days_ago: int, grade: str = "") -> None:
        """Record a completion by the student."""
        with self.database.reading() as session:
            institution = self.world._institutions["harbour"]
            found = {a.key: a.id for a in list_achievements(session, institution)}
        on: date = self.now.date() - timedelta(days=days_ago)
        entry = NewCompletion(
            self.world.learner.learner_id,
            found[key],
            on,
            "teacher",
            f"test:{key}",
            grade=Decimal(grade) if grade else None,
            context_id=self.world.context_of("harbour"),
        )
        record_completions(
            self.database,
            institution_id=institution,
            entries=[entry],
            actor="test",
            now=self.now,
        )

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve the world on this machine; give the beginning of the course's addresses."""
        server = make_server("127.0.0.1", 0, self.world.app, threaded=True)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}{self.world.learner.course}"
        server.shutdown()
        thread.join()

    def page(self, browser: Any, *, width: int, height: int = 640, dark: bool = False) -> Any:
        """Return a page of a browser in which the student is signed in."""
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            extra_http_headers={"Cookie": self.world.learner.cookie},
        )
        return context.new_page()
