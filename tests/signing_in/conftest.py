"""Two institutions at an address with a name, a mail server, and browsers that keep cookies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.app import create_app
from lti_tool.mailing import Mailer
from lti_tool.persistence.base import Database
from lti_tool.services.invite_administrator import invite_administrator
from lti_tool.services.send_sign_in_mails import send_sign_in_mails
from lti_tool.services.set_sign_in_provider import set_sign_in_provider
from lti_tool.signing_in.provider import ProviderClient
from lti_tool.web import signing_in
from lti_tool.web.admin import signing_in as admin_signing_in
from lti_tool.web.parts import build_parts
from lti_tool.web.rate_limit import RateLimit
from tests.credentials.issuing import IssuingWorld
from tests.services.test_news import Post, post  # noqa: F401 - a fixture
from tests.signing_in.provider import CLIENT_ID, TestProvider, running_provider
from tests.web.world import CONFIG, Person

HOME = "http://localhost:8000"
HARBOUR = "/sign-in/harbour"


class Browser:
    """A browser at the tool: it keeps cookies, and sends forms as pages of ours do."""

    def __init__(self, world: SigningWorld) -> None:
        self.world = world
        self.client: FlaskClient = world.named.test_client()

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open an address."""
        return self.client.get(path, base_url=HOME, **options)

    def post(self, path: str, form: dict[str, str] | None = None, **headers: str) -> TestResponse:
        """Send a form without a session."""
        given = {"Origin": HOME, **headers}
        return self.client.post(path, data=form or {}, headers=given, base_url=HOME)

    def press(self, page: str, path: str, form: dict[str, str] | None = None) -> TestResponse:
        """Send a form of the page at ``page``, with its token."""
        text = self.get(page).text
        token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', text)
        assert token, text
        return self.post(path, {"csrf_token": token[1], **(form or {})})

    def cookie(self, name: str) -> str:
        """The value of a cookie, or ""."""
        found = self.client.get_cookie(name, domain="localhost")
        return found.value if found else ""


class SigningWorld(IssuingWorld):
    """The world of the pages, served at an address with a name."""

    def __init__(self, database: Database, now: datetime, mails: Post) -> None:
        super().__init__(database, now)
        config = replace(CONFIG, public_url=HOME)
        parts = build_parts(config, database=database, clock=lambda: self.now)
        self.post = mails
        self.mailer = Mailer("127.0.0.1", mails.port, "quoin@example.edu", is_tls=False)
        self.parts = replace(parts, mailer=self.mailer)
        self.named = create_app(config, parts=self.parts)

    def institution(self, key: str = "harbour") -> int:
        """The internal id of an institution."""
        return self._institutions[key]

    def mail(self) -> int:
        """Let the worker send what is due."""
        key = self.parts.config.secret_key
        return send_sign_in_mails(self.database, self.mailer, key, now=self.now)

    def mailed_code(self) -> str:
        """The code of the last mail."""
        found = re.search(r"^ +([0-9A-Z]{4}-[0-9A-Z]{4})\r?$", self.post.text(), re.MULTILINE)
        assert found
        return found[1]

    def keep(self, person: Person | None = None, key: str = "harbour") -> Browser:
        """A browser in which a learner has opened the link out of their course."""
        person = person or self.learner
        page = person.post("access")
        code = re.search(r'href="[^"#]*/keep#([A-Za-z0-9_-]+)"', page.text)
        assert code, page.text
        browser = Browser(self)
        answer = browser.post(f"/sign-in/{key}/keep", {"code": f"#{code[1]}"})
        assert answer.status_code == 303, answer.text
        assert answer.location == "/own/ways?notice=kept"
        return browser

    def staff(self, institution: str | None = "harbour", name: str = "Ingrid") -> Browser:
        """A browser in which an administrator has used their link."""
        made = invite_administrator(self.database, name, institution, actor="test", now=self.now)
        browser = Browser(self)
        assert browser.post("/admin/sign-in", {"code": made.code}).status_code == 303
        return browser

    def use_provider(self, provider: TestProvider, key: str = "harbour") -> None:
        """Let an institution have this provider."""
        set_sign_in_provider(
            self.database,
            self.parts.config.secret_key,
            ProviderClient(
                provider.issuer,
                CLIENT_ID,
                f"{key} sign-in",
                provider.secret or "",
                allows_loopback=True,
            ),
            institution_key=key,
            check=None,
            actor="test",
            now=self.now,
        )


@pytest.fixture(autouse=True)
def _fresh_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """All tests come from one address: each begins to count anew."""
    monkeypatch.setattr(signing_in, "try_limit", RateLimit(signing_in.TRIES_PER_MINUTE * 5))
    monkeypatch.setattr(signing_in, "everybody_limit", RateLimit(600))
    monkeypatch.setattr(admin_signing_in, "sign_in_limit", RateLimit(300))


@pytest.fixture
def world(database: Database, now: datetime, post: Post) -> SigningWorld:  # noqa: F811
    """Two institutions, on each database."""
    return SigningWorld(database, now, post)


@pytest.fixture
def sqlite_world(sqlite_database: Database, now: datetime, post: Post) -> SigningWorld:  # noqa: F811
    """The same on SQLite alone."""
    return SigningWorld(sqlite_database, now, post)


@pytest.fixture
def provider(now: datetime) -> Iterator[TestProvider]:
    """A provider that runs."""
    with running_provider(now) as found:
        yield found
