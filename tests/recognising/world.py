"""A course whose stack limits what may come from elsewhere, and an issuer elsewhere."""

from __future__ import annotations

import copy
import io
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_tool.credentials.recognition.documents import LARGEST
from lti_tool.credentials.recognition.pool import CheckingPool
from lti_tool.errors import LTIServiceError
from lti_tool.issuing.signing import issuer_of
from lti_tool.lti.http_client import Answer, HTTPClient
from lti_tool.outside_documents import OutsideDocuments
from lti_tool.persistence.awards import Award
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Achievement, Institution
from lti_tool.persistence.outside_credentials import OutsideCredential
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.services.trust_issuers import NewTrust, trust_issuers
from lti_tool.web import outside
from lti_tool.web.parts import Parts
from lti_tool.web.rate_limit import RateLimit
from lti_tool.worker import build_handlers, run_once
from tests.credentials.outside import Issuer, Web, identity, raw
from tests.web.world import Person, World

EMAIL = "amara@uni.example"
STACK = """
quoin: 2
achievements:
  maths: {name: Mathematics, credits: 5}
  physics: {name: Physics, credits: 5}
  biology: {name: Biology, credits: 5}
stacks:
- key: science
  title: Science basics
  requires:
    credits: 15
    of: [maths, physics, biology]
    caps: [{id: transfer, at_most: {credits: 5}, where: {external: true}}]
- {key: broad, title: Broad science, requires: {all: [{award: science}, {completed: sql}]}}
"""


class WebClient(HTTPClient):
    """Answers as the issuers of the test's web do, instead of calling them."""

    def __init__(self, web: Web) -> None:
        super().__init__()
        self._web = web

    def request(self, method: str, url: str, **options: Any) -> Answer:  # type: ignore[override]
        """Return what stands at an address."""
        assert (method, options) == ("GET", {"max_bytes": LARGEST})
        found = self._web.fetch(url)
        if not found.status:
            raise LTIServiceError("nobody answers")
        return Answer(url, found.status, {}, found.body)


class RecognitionWorld(World):
    """A learner whose e-mail the platform vouches for, a registrar, and a university elsewhere."""

    def __init__(self, database: Database, now: datetime, pool: CheckingPool) -> None:
        super().__init__(database, now)
        self.web = Web()
        self.uni = Issuer(self.web)
        built: Parts = self.app.extensions["quoin"]
        self.parts = replace(built, checking=pool, outside=OutsideDocuments(WebClient(self.web)))
        self.app.extensions["quoin"] = self.parts
        outside.check_limit = RateLimit(1000)
        publish_stacks(database, institution_key="harbour", text=STACK, actor="test", now=self.now)
        self.amara = self.come_as("nwosu", email=EMAIL)
        self.ada = self.come_as("ada", email="ada@uni.example")
        self.registrar = self.come_as("ines", is_instructor=True, role="administrator")

    def trust(self, name: str) -> None:
        """Let the first institution trust an issuer."""
        trust_issuers(
            self.database,
            institution_key="harbour",
            issuers=[NewTrust(name, "University", "Agreed on.")],
            actor="test",
            now=self.now,
        )

    def did_of(self, key: str) -> str:
        """The did:web of an institution of this tool."""
        with self.database.reading() as session:
            row = session.get_one(Institution, self._institutions[key])
        return issuer_of(self.parts.signing, row).did

    @property
    def other_registrar(self) -> Person:
        """Who decides at the other institution."""
        return self._person(
            self.context_of("hill"), "hill", "olaf", is_instructor=True, role="administrator"
        )

    def refresh(self) -> None:
        """Open new sessions of everybody: time has passed."""
        self.amara = self.come_as("nwosu", email=EMAIL, token=f"a{self.now.timestamp():.0f}")
        self.registrar = self.come_as(
            "ines",
            is_instructor=True,
            role="administrator",
            token=f"r{self.now.timestamp():.0f}",
        )

    def forget_fetched(self) -> None:
        """Let what the tool keeps of others' documents for a minute be old."""
        client = WebClient(self.web)
        self.parts = replace(self.parts, outside=OutsideDocuments(client))
        self.app.extensions["quoin"] = self.parts

    def credential(self, number: int = 1, email: str = EMAIL, **changes: Any) -> dict[str, Any]:
        """An unsigned credential of the university for the owner of an e-mail address."""
        found = copy.deepcopy(self.uni.credential(id=f"{self.uni.base}/credentials/{number}"))
        found["credentialSubject"]["achievement"]["id"] = f"{self.uni.base}/achievements/{number}"
        found["credentialSubject"]["identifier"] = [identity(email, salt="pepper")]
        return found | changes

    def hand_in(
        self, person: Person, document: Any, *, is_signed: bool = False, as_file: bool = False
    ) -> TestResponse:
        """Send the learner's form as a browser does; what is not signed is signed now."""
        signed = document if is_signed else self.uni.sign(document)
        content = signed if isinstance(signed, bytes) else raw(signed)
        form = (
            {"credential": "", "file": (io.BytesIO(content), "photo.jpg")}
            if as_file
            else {"credential": content.decode()}
        )
        return person.post("outside-credentials", form)

    def decide(
        self, row: OutsideCredential, person: Person | None = None, **form: str
    ) -> TestResponse:
        """Send the registrar's form."""
        given = {"decision": "recognise", "reason": "Compared the syllabus.", **form}
        if given["decision"] == "recognise":
            given = {"completed_on": "2026-01-01", "credits": "5", **given}
        return (person or self.registrar).post(f"recognition/{row.uuid}", given)

    def recognise(
        self, row: OutsideCredential, key: str, person: Person | None = None, **form: str
    ) -> TestResponse:
        """Let a credential count as an achievement."""
        return self.decide(row, person, achievement=str(self.achievement(key)), **form)

    def rows(self) -> list[OutsideCredential]:
        """Everything that was handed in, in its order."""
        with self.database.reading() as session:
            return list(session.scalars(select(OutsideCredential).order_by(OutsideCredential.id)))

    def row(self, uuid: UUID) -> OutsideCredential:
        """One credential as it stands now."""
        return next(row for row in self.rows() if row.uuid == uuid)

    def awarded(self, person: Person) -> list[str]:
        """The keys of a learner's awards."""
        with self.database.reading() as session:
            query = (
                select(Achievement.key)
                .join(Award, Award.achievement_id == Achievement.id)
                .where(Award.learner_id == person.learner_id)
                .order_by(Award.id)
            )
            return list(session.scalars(query))

    def record(
        self,
        person: Person,
        key: str,
        teacher: Person | None = None,
        institution: str = "harbour",
    ) -> None:
        """A teacher records a completion in the course."""
        answer = (teacher or self.teacher).post(
            "completions",
            {
                "learner": str(person.learner_uuid),
                "achievement": str(self.achievement(key, institution)),
                "grade": "80",
                "completed_on": "2026-06-01",
                "note": "",
                "form_id": str(uuid4()),
            },
        )
        assert answer.status_code == 303, answer.text

    def issued_to(self, person: Person) -> dict[str, Any]:
        """The credential of a learner's latest award, once the worker has passed."""
        handlers = build_handlers(self.database, self.parts.platforms, self.parts.signing)
        while run_once(self.database, handlers, clock=lambda: self.now):
            pass
        with self.database.reading() as session:
            query = select(Award.uuid).where(Award.learner_id == person.learner_id)
            uuid = session.scalars(query.order_by(Award.id.desc())).first()
        return dict(person.get(f"credentials/{uuid}").get_json(force=True))
