"""Awards made by the real use cases, and a worker that issues their credentials."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_tool.app import create_app
from lti_tool.awarding import NewCompletion
from lti_tool.credentials.did_web import Issuer
from lti_tool.persistence.awards import Award
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Institution, list_achievements
from lti_tool.persistence.credentials import Credential
from lti_tool.persistence.deliveries import CREDENTIAL, Delivery, DeliveryState
from lti_tool.persistence.learners import ensure_learner
from lti_tool.persistence.transcripts import Transcript
from lti_tool.services.record_completions import record_completions
from lti_tool.web.parts import build_parts
from lti_tool.worker import build_handlers, run_once
from tests.web.world import CONFIG, World

PUBLIC_URL = "https://quoin.example.edu"
ALL = ("sql", "charts", "ethics")


class IssuingWorld(World):
    """Two institutions, a public https address, and a worker that a test lets pass."""

    def __init__(self, database: Database, now: datetime) -> None:
        super().__init__(database, now)
        config = replace(CONFIG, public_url=PUBLIC_URL)
        self.parts = build_parts(config, database=database, clock=lambda: self.now)
        self.public = create_app(config, parts=self.parts)

    def complete(
        self, learner_id: int, keys: Collection[str] = ALL, *, institution: str = "harbour"
    ) -> None:
        """Record completions of a learner, graded 80."""
        self.complete_many([learner_id], keys, institution=institution)

    def complete_many(
        self, learner_ids: Collection[int], keys: Collection[str], *, institution: str = "harbour"
    ) -> None:
        """Record the same completions of many learners at once."""
        with self.database.reading() as session:
            catalogue = list_achievements(session, self._institutions[institution])
        ids = {a.key: a.id for a in catalogue}
        entries = [
            NewCompletion(
                learner_id=learner_id,
                achievement_id=ids[key],
                completed_on=self.now.date(),
                source="test",
                idempotency_key=f"{learner_id}:{key}:{self.now.date()}",
                grade=Decimal(80),
            )
            for learner_id in learner_ids
            for key in keys
        ]
        record_completions(
            self.database,
            institution_id=self._institutions[institution],
            entries=entries,
            actor="test",
            now=self.now,
        )

    def strangers(self, count: int) -> list[int]:
        """Make learners of the first institution; return their internal ids."""
        with self.database.writing() as session:
            return [
                ensure_learner(session, self._institutions["harbour"], "test", f"s{n}", self.now).id
                for n in range(count)
            ]

    def work(self) -> int:
        """Let the worker pass once; return how many deliveries it tried."""
        handlers = build_handlers(self.database, self.parts.platforms, self.parts.signing)
        return run_once(self.database, handlers, clock=lambda: self.now)

    def awards(self, learner_id: int) -> list[UUID]:
        """The uuids of a learner's awards, the first made first."""
        with self.database.reading() as session:
            query = select(Award.uuid).where(Award.learner_id == learner_id).order_by(Award.id)
            return list(session.scalars(query))

    def credentials(self) -> list[Credential]:
        """Every credential as it is stored."""
        with self.database.reading() as session:
            return list(session.scalars(select(Credential).order_by(Credential.id)))

    def documents(self) -> list[dict[str, Any]]:
        """Every credential as JSON."""
        return [json.loads(row.document) for row in self.credentials()]

    def promises(self) -> list[Delivery]:
        """What the outbox has of credentials."""
        with self.database.reading() as session:
            query = select(Delivery).where(Delivery.kind == CREDENTIAL).order_by(Delivery.id)
            return list(session.scalars(query))

    def promised(self, kind: str) -> list[Delivery]:
        """What the outbox has of a kind."""
        with self.database.reading() as session:
            query = select(Delivery).where(Delivery.kind == kind).order_by(Delivery.id)
            return list(session.scalars(query))

    def transcripts(self) -> list[dict[str, Any]]:
        """Every transcript as JSON."""
        with self.database.reading() as session:
            rows = session.scalars(select(Transcript).order_by(Transcript.id))
            return [json.loads(row.document) for row in rows]

    def postpone(self, key: str, by: timedelta) -> None:
        """Let a promise be due later."""
        with self.database.writing() as session:
            row = session.scalars(select(Delivery).where(Delivery.key == key)).one()
            row.due_at = self.now + by

    def reopen(self, delivery_id: int) -> None:
        """Let a delivery be done again."""
        with self.database.writing() as session:
            row = session.get_one(Delivery, delivery_id)
            row.state, row.settled_at, row.due_at = DeliveryState.PENDING, None, self.now

    def issuer(self, key: str = "harbour") -> Issuer:
        """An institution as an issuer."""
        with self.database.reading() as session:
            row = session.get_one(Institution, self._institutions[key])
        return Issuer(PUBLIC_URL, row.uuid, row.name)

    def fetch(self, url: str, **headers: str) -> TestResponse:
        """Ask the tool for one of its public addresses."""
        client = self.public.test_client(use_cookies=False)
        assert url.startswith(PUBLIC_URL)
        return client.get(url.removeprefix(PUBLIC_URL), base_url=PUBLIC_URL, headers=headers)

    def served(self, credentials: list[dict[str, Any]], jwts: list[str]) -> dict[str, Any]:
        """All that a verifier fetches for these credentials, by address."""
        from jwt import get_unverified_header

        addresses = {get_unverified_header(text)["kid"] for text in jwts}
        for credential in credentials:
            addresses.add(f"{credential['issuer']['url']}/did.json")
            addresses |= {e["statusListCredential"] for e in credential["credentialStatus"]}
        return {url: self.fetch(url).get_json(force=True) for url in addresses}
