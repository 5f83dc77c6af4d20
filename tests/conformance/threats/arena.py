"""The tool behind its doors, a platform that signs whatever a test wants, and browsers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from lti_tool.app import create_app
from lti_tool.lti.http_client import Patience
from lti_tool.lti.keys import KeyRing
from lti_tool.lti.platform_client import PlatformClient
from lti_tool.persistence.base import Base, Database
from lti_tool.services.ensure_signing_keys import ensure_signing_keys
from lti_tool.web.parts import Parts
from tests.lti.local_server import LocalServer, LoopbackClient, Reply, serve
from tests.lti.platform import PUBLIC_URL, TARGET, TestPlatform
from tests.lti.world import World

REFERENCE = re.compile(r"[0-9A-F]{4}-[0-9A-F]{4}")
SESSION = re.compile(r"__Host-quoin-[0-9a-f]{12}=(?!;)")
HERE = {"base_url": PUBLIC_URL}


class ServedHTTP(LoopbackClient):
    """The product's own client; keysets are put on a server on loopback."""

    def __init__(self, server: LocalServer) -> None:
        super().__init__(patience=Patience(connect=1, read=1, total=1))
        self._server = server

    def serve(self, url: str, body: bytes, **_: Any) -> None:
        self._server.on(f"GET {urlsplit(url).path}", Reply(200, body))


class Arena:
    """The application over a real database, as one institution and its platform meet it."""

    def __init__(self, database: Database, server: LocalServer | None = None) -> None:
        if server is None:
            self.world = World(database)
        else:
            platform = TestPlatform(issuer=server.url)
            self.world = World(
                database,
                platform,
                ServedHTTP(server),  # type: ignore[arg-type]
                allows_loopback=True,
            )
        world = self.world
        keyring = KeyRing(
            lambda: ensure_signing_keys(database, world.config.secret_key, now=world.now)
        )
        http: Any = world.http
        self.parts = Parts(
            config=world.config,
            database=database,
            keyring=keyring,
            http=http,
            keysets=world.keysets,
            platforms=PlatformClient(http, keyring, clock=lambda: world.now),
            clock=lambda: world.now,
        )
        self.app = create_app(world.config, parts=self.parts)
        self.browser = self.app.test_client()

    def log_in(
        self,
        platform: TestPlatform | None = None,
        *,
        browser: FlaskClient | None = None,
        headers: Mapping[str, str] | None = None,
        **changed: Any,
    ) -> TestResponse:
        """Send a login request; a field that is "" is left out."""
        asked = platform or self.world.platform
        fields = {
            "iss": asked.issuer,
            "login_hint": "user-7",
            "target_link_uri": TARGET,
            "client_id": asked.client_id,
            "lti_deployment_id": asked.deployment_id,
        } | changed
        data = {name: value for name, value in fields.items() if value}
        client = browser or self.browser
        return client.post("/lti/login", data=data, headers=headers, **HERE)

    def started(self, platform: TestPlatform | None = None, **changed: Any) -> dict[str, str]:
        """Log in and return what the platform gets to see: state, nonce, redirect_uri."""
        return query_of(self.log_in(platform, **changed))

    def post(
        self, state: str, token: str, *, browser: FlaskClient | None = None, **more: str
    ) -> TestResponse:
        """Post a token to the launch address."""
        form = {"state": state, "id_token": token} | more
        return self.post_form(list(form.items()), browser=browser)

    def post_form(
        self, fields: list[tuple[str, str]], *, browser: FlaskClient | None = None
    ) -> TestResponse:
        """Post any form to the launch address."""
        client = browser or self.browser
        return client.post("/lti/launch", data=MultiDict(fields), **HERE)

    def launch(
        self,
        platform: TestPlatform | None = None,
        *,
        login: Mapping[str, Any] | None = None,
        header: Mapping[str, Any] | None = None,
        **claims: Any,
    ) -> TestResponse:
        """Log in and launch with these claims, as a browser does it."""
        asked = platform or self.world.platform
        begun = self.started(platform, **(login or {}))
        wanted = {"nonce": begun["nonce"]} | claims
        token = asked.sign(asked.claims(now=self.world.now, **wanted), **(header or {}))
        return self.post(begun["state"], token)

    def deep_link(self, **claims: Any) -> TestResponse:
        """Log in and ask for links, as a teacher unless the claims say otherwise."""
        begun = self.started()
        wanted = {"nonce": begun["nonce"]} | claims
        found = self.world.platform.deep_linking_claims(now=self.world.now, **wanted)
        return self.post(begun["state"], self.world.platform.sign(found))

    def open(self, path: str) -> TestResponse:
        """Open a page with what cookies there are."""
        return self.browser.get(urlsplit(path).path, **HERE)

    def page(self, launched: TestResponse) -> TestResponse:
        """Follow a launch that was let in to its first page."""
        assert launched.status_code == 303, launched.text
        return self.open(launched.location)

    def send(self, path: str, page: TestResponse, fields: list[tuple[str, str]]) -> TestResponse:
        """Send a form of this page, token and origin included."""
        data = MultiDict([("csrf_token", inputs_of(page)["csrf_token"]), *fields])
        return self.browser.post(path, data=data, headers={"Origin": PUBLIC_URL}, **HERE)

    def count(self, table: type[Base]) -> int:
        """Return how many rows a table has."""
        with self.world.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


def query_of(response: TestResponse) -> dict[str, str]:
    """Return the query of the address that a login leads to."""
    assert response.status_code == 302, response.text
    found = parse_qs(urlsplit(response.location).query)
    return {name: values[0] for name, values in found.items()}


def inputs_of(response: TestResponse) -> dict[str, str]:
    """Return the hidden fields of a page."""
    return {
        name: unescape(value)
        for name, value in re.findall(
            r'type="hidden" name="([^"]+)" value="([^"]*)"', response.text
        )
    }


def refused(response: TestResponse, code: str, status: int = 400) -> None:
    """A refusal: its status, a page with its code and a reference, and no session."""
    assert response.status_code == status, response.text
    assert code in response.text
    assert REFERENCE.search(response.text)
    assert has_no_session(response)


def has_no_session(response: TestResponse) -> bool:
    """Return whether an answer gives nobody a session."""
    return not any(SESSION.match(line) for line in response.headers.getlist("Set-Cookie"))


@contextmanager
def served(database: Database) -> Iterator[tuple[Arena, LocalServer]]:
    """The same with a platform on loopback that is really called, while the block lasts."""
    with serve() as server:
        arena = Arena(database, server)
        yield arena, server
        arena.parts.http.close()


def document(**members: Any) -> bytes:
    """Return a JSON text."""
    return json.dumps(members).encode()
