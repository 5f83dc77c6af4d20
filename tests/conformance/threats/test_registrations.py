"""Threats at dynamic registration, over HTTP from the page to the click (B36 to B39)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_tool.persistence.base import Database
from lti_tool.persistence.platforms import Registration
from lti_tool.services.invite_platform import InvitationTerms, invite_platform
from lti_tool.web import registration
from lti_tool.web.rate_limit import RateLimit
from tests.conformance.threats.arena import HERE, REFERENCE, Arena, inputs_of, served
from tests.lti.local_server import LocalServer, Reply, json_reply

SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"


class Scene:
    """A platform on loopback that wants to register, and what its browser does for it."""

    def __init__(self, arena: Arena, server: LocalServer) -> None:
        self.arena, self.server = arena, server
        self.configuration: dict[str, Any] = {
            "issuer": server.url,
            "authorization_endpoint": f"{server.url}/auth",
            "token_endpoint": f"{server.url}/token",
            "jwks_uri": f"{server.url}/jwks",
            "registration_endpoint": f"{server.url}/register",
        }
        self.answer: dict[str, Any] = {"client_id": "new-client", "scope": SCORE}
        self.at_first = arena.count(Registration)

    def invite(self, *, allows_loopback: bool = True) -> str:
        made = invite_platform(
            self.arena.world.database,
            "harbour",
            InvitationTerms(allows_loopback=allows_loopback),
            actor="test",
            now=self.arena.world.now,
        )
        return made.code

    def click(self, code: str, url: str | None = None) -> TestResponse:
        """Open the page of an invitation as an LMS does, and press its button."""
        if "GET /config" not in self.server.routes:
            self.server.on("GET /config", json_reply(self.configuration))
        if "POST /register" not in self.server.routes:
            self.server.on("POST /register", json_reply(self.answer, 201))
        query = {
            "openid_configuration": url or f"{self.server.url}/config",
            "registration_token": "one-time-token",
        }
        page = self.arena.browser.get(f"/lti/register/{code}", query_string=query, **HERE)
        if page.status_code != 200:
            return page
        return self.arena.browser.post(f"/lti/register/{code}", data=inputs_of(page), **HERE)

    def refused(self, answer: TestResponse, code: str = "lti-") -> None:
        """A page to act on, and nothing registered."""
        assert 400 <= answer.status_code < 500 or answer.status_code == 502, answer.text
        assert code in answer.text
        assert REFERENCE.search(answer.text)
        assert self.arena.count(Registration) == self.at_first


@pytest.fixture
def scene(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """An invitation is to be had, and the platform waits."""
    # All tests come from one address in one minute of a clock that stands.
    monkeypatch.setattr(registration, "registration_limit", RateLimit(60))
    with served(sqlite_database) as (arena, server):
        yield Scene(arena, server)


@pytest.mark.parametrize(
    "url",
    [
        "http://lms.example.edu/config",
        "https://10.0.0.1/config",
        "https://192.168.0.1/config",
        "https://169.254.169.254/latest/meta-data",
        "https://[fe80::1]/config",
        "https://[::ffff:127.0.0.1]/config",
        "https://0.0.0.0/config",
        "file:///etc/passwd",
        "gopher://lms.example.edu/",
    ],
)
def test_b36(scene: Scene, url: str) -> None:
    """B36: registration configuration at http, private or link-local address, file, rebinding DNS.
    Nothing is fetched."""
    scene.refused(scene.click(scene.invite(), url))
    assert scene.server.requests == []


def test_b36_loopback(scene: Scene) -> None:
    """B36: registration configuration at http, private or link-local address, file, rebinding DNS.
    This machine is called only where the invitation says so."""
    scene.refused(scene.click(scene.invite(allows_loopback=False)))
    assert scene.server.requests == []


def test_b36_rebinding(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """B36: registration configuration at http, private or link-local address, file, rebinding DNS.
    The address is checked at the connection itself, whatever the name said before."""
    private = [(2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: private)
    scene.refused(scene.click(scene.invite(), "https://lms.example.edu/config"))


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://other.example.edu"},
        {"token_endpoint": None},
        {"jwks_uri": "http://lms.example.edu/jwks"},
        {"jwks_uri": "https://other.example.edu/jwks"},
        {"registration_endpoint": "https://other.example.edu/register"},
    ],
)
def test_b37_configuration(scene: Scene, change: dict[str, Any]) -> None:
    """B37: issuer and endpoint hosts differ, endpoints missing or http, HTML answer, no client_id,
    altered scopes. Refused before anything is sent."""
    scene.configuration |= change
    scene.refused(scene.click(scene.invite()))
    assert scene.server.sent("POST /register") == []


@pytest.mark.parametrize("place", ["GET /config", "POST /register"])
@pytest.mark.parametrize(
    "reply", [Reply(200, b"<html>Sign in</html>"), json_reply({"scope": SCORE}), Reply(500, b"")]
)
def test_b37_answers(scene: Scene, place: str, reply: Reply) -> None:
    """B37: issuer and endpoint hosts differ, endpoints missing or http, HTML answer, no client_id,
    altered scopes. An answer that is none is refused."""
    scene.server.on(place, reply)
    scene.refused(scene.click(scene.invite()))


def test_b37_scopes(scene: Scene) -> None:
    """B37: issuer and endpoint hosts differ, endpoints missing or http, HTML answer, no client_id,
    altered scopes. What was granted is stored, and what is missing is said."""
    done = scene.click(scene.invite())
    assert done.status_code == 200
    with scene.arena.world.database.reading() as session:
        query = select(Registration).where(Registration.client_id == "new-client")
        assert session.scalars(query).one().granted_scopes == [SCORE]
    assert "contextmembership" in done.text or "members" in done.text


def test_b38(scene: Scene) -> None:
    """B38: registration without, with used, with foreign invitation. Refused, nothing fetched."""
    for code in ("x" * 43, scene.invite()[:-1] + "_"):
        scene.refused(scene.click(code), "lti-invitation")
    assert scene.server.requests == []
    used = scene.invite()
    assert scene.click(used).status_code == 200
    scene.at_first += 1
    calls = len(scene.server.requests)
    scene.refused(scene.click(used), "lti-invitation")
    first, second = scene.invite(), scene.invite()
    page = scene.arena.browser.get(
        f"/lti/register/{first}",
        query_string={
            "openid_configuration": f"{scene.server.url}/config",
            "registration_token": "t",
        },
        **HERE,
    )
    foreign = scene.arena.browser.post(f"/lti/register/{second}", data=inputs_of(page), **HERE)
    scene.refused(foreign)
    assert len(scene.server.requests) == calls


def test_b39(scene: Scene) -> None:
    """B39: registration replay for an existing client. An invitation never changes one."""
    assert scene.click(scene.invite()).status_code == 200
    scene.at_first += 1
    scene.configuration["token_endpoint"] = f"{scene.server.url}/elsewhere"
    scene.server.on("GET /config", json_reply(scene.configuration))
    scene.refused(scene.click(scene.invite()), "lti-registration-known")
    with scene.arena.world.database.reading() as session:
        query = select(Registration.token_url).where(Registration.client_id == "new-client")
        assert session.scalar(query) == f"{scene.server.url}/token"
