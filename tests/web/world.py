"""Two courses of two institutions with open sessions, and a browser for each person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from lti_tool.app import create_app
from lti_tool.config import Config
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import Institution, list_achievements
from lti_tool.persistence.courses import ensure_context
from lti_tool.persistence.launched import find_launched
from lti_tool.persistence.learners import ensure_learner, ensure_membership
from lti_tool.persistence.platforms import DeploymentState, ensure_deployment, ensure_registration
from lti_tool.persistence.sessions import LaunchSession, add_session
from lti_tool.services.open_institution import open_institution
from lti_tool.services.publish_stacks import publish_stacks
from lti_tool.web.parts import build_parts
from lti_tool.web.session import csrf_token, hash_token, session_cookie

ORIGIN = "http://127.0.0.1:8000"
PLATFORM = "https://lms.example"
CONFIG = Config(database_url="unused", public_url=ORIGIN, secret_key=b"k" * 32)

STACKS = """
quoin: 2
achievements:
  sql: {name: SQL foundations, credits: 2.5, description: Ask a database.}
  charts: {name: Charts that tell the truth, credits: 2.5}
  ethics: {name: Data ethics, credits: 5}
stacks:
- {key: data-basics, title: Data basics, requires: {all: [{completed: sql, grade: 60}, charts]}}
- {key: data-practice, title: Data practice, requires: {all: [{award: data-basics}, ethics]}}
"""

DEEP_LINKING = {
    "return_url": f"{PLATFORM}/deep-links",
    "data": "opaque",
    "accept_types": ["ltiResourceLink"],
    "accept_targets": ["iframe"],
    "accept_multiple": True,
    "accept_line_item": True,
}


def origin_of(app: Flask) -> str:
    """Return the public address of an application."""
    return str(app.extensions["quoin"].config.public_url)


@dataclass(frozen=True)
class Person:
    """Somebody with an open session in a course."""

    app: Flask
    context_uuid: UUID
    learner_id: int
    learner_uuid: UUID
    token: str

    @property
    def course(self) -> str:
        """The beginning of every address of the course."""
        return f"/courses/{self.context_uuid}"

    @property
    def cookie(self) -> str:
        """The session's cookie as a browser sends it."""
        return f"{session_cookie(self.context_uuid)}={self.token}"

    def get(self, path: str, **headers: str) -> TestResponse:
        """Open a page of the course (or any address that begins with a slash)."""
        return self.send("GET", path, headers=headers)

    def post(self, path: str, form: dict[str, Any] | None = None, **headers: str) -> TestResponse:
        """Send a form of ours, token and origin included."""
        with self.app.app_context(), self.app.extensions["quoin"].database.reading() as session:
            launched = find_launched(
                session, hash_token(self.token), self.app.extensions["quoin"].clock()
            )
            assert launched is not None
            token = csrf_token(launched)
        data = {"csrf_token": token, **(form or {})}
        given = {"Origin": origin_of(self.app), **headers}
        return self.send("POST", path, data=data, headers=given)

    def send(
        self,
        method: str,
        path: str,
        *,
        data: Any = None,
        headers: dict[str, str] | None = None,
    ) -> TestResponse:
        """Send exactly this request with the session's cookie."""
        client = self.app.test_client(use_cookies=False)
        address = path if path.startswith("/") else f"{self.course}/{path}"
        given = {"Cookie": self.cookie, **(headers or {})}
        origin = origin_of(self.app)
        return client.open(address, method=method, data=data, headers=given, base_url=origin)


class World:
    """An application over a real database with two courses that know nothing of each other."""

    origin = ORIGIN
    """Its public address."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database, self.now = database, now
        config = replace(CONFIG, public_url=self.origin)
        parts = build_parts(config, database=database, clock=lambda: self.now)
        self.app = create_app(config, parts=parts)
        self.teacher, self.learner = self._course("harbour", "Data Skills")
        self.other_teacher, self.other_learner = self._course("hill", "Elsewhere")
        self.linking_teacher = self._person(
            self.context_of("harbour"), "harbour", "maria", is_instructor=True, links=True
        )

    def context_of(self, key: str) -> int:
        """Return the internal id of an institution's course."""
        return self._contexts[key]

    def achievement(self, key: str, institution: str = "harbour") -> UUID:
        """Return the uuid of an achievement."""
        with self.database.reading() as session:
            found = list_achievements(session, self._institutions[institution])
            return next(a.uuid for a in found if a.key == key)

    def come_as(self, name: str, *, is_instructor: bool = False, **session_values: Any) -> Person:
        """Open a session of somebody in the first course."""
        return self._person(
            self.context_of("harbour"),
            "harbour",
            name,
            is_instructor=is_instructor,
            **session_values,
        )

    def allow(self, **rights: list[str]) -> None:
        """Say what roles of the staff may do at the first institution."""
        with self.database.writing() as session:
            found = session.get_one(Institution, self._institutions["harbour"])
            found.role_rights = rights

    _institutions: dict[str, int]
    _contexts: dict[str, int]

    def _course(self, key: str, title: str) -> tuple[Person, Person]:
        institution = open_institution(self.database, key=key, name=key, now=self.now)
        publish_stacks(self.database, institution_key=key, text=STACKS, actor="test", now=self.now)
        with self.database.writing() as session:
            registration = ensure_registration(
                session,
                PLATFORM,
                key,
                self.now,
                name="LMS",
                authorization_url=f"{PLATFORM}/auth",
                token_url=f"{PLATFORM}/token",
                jwks_url=f"{PLATFORM}/jwks",
            )
            deployment = ensure_deployment(
                session,
                registration.id,
                "1",
                self.now,
                institution_id=institution,
                state=DeploymentState.APPROVED,
            )
            context = ensure_context(session, deployment.id, "c1", self.now, title=title)
            context_id = context.id
        self._institutions = {**getattr(self, "_institutions", {}), key: institution}
        self._contexts = {**getattr(self, "_contexts", {}), key: context_id}
        return (
            self._person(context_id, key, "maria", is_instructor=True),
            self._person(context_id, key, "amara", is_instructor=False),
        )

    def _person(
        self,
        context_id: int,
        key: str,
        name: str,
        *,
        is_instructor: bool,
        links: bool = False,
        token: str = "",
        **session_values: Any,
    ) -> Person:
        token = token or f"token-{key}-{name}-{links}"
        with self.database.writing() as session:
            learner = ensure_learner(
                session, self._institutions[key], f"lti:{key}", name, self.now, name=name.title()
            )
            ensure_membership(
                session, context_id, learner.id, self.now, is_instructor=is_instructor
            )
            add_session(
                session,
                LaunchSession(
                    token_hash=hash_token(token),
                    learner_id=learner.id,
                    context_id=context_id,
                    is_instructor=is_instructor,
                    deep_linking=DEEP_LINKING if links else None,
                    **session_values,
                    created_at=self.now,
                    expires_at=self.now + timedelta(hours=8),
                ),
            )
            launched = find_launched(session, hash_token(token), self.now)
        assert launched is not None
        return Person(self.app, launched.context_uuid, learner.id, learner.uuid, token)
