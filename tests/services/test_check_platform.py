"""Use case: the diagnosis of a platform, line by line."""

from __future__ import annotations

import json
import ssl
from datetime import timedelta
from email.utils import format_datetime

import pytest
from sqlalchemy import select

from lti_tool.errors import LTIServiceError, NotFoundError
from lti_tool.lti.grades import SCORE
from lti_tool.lti.http_client import HTTPClient, Patience
from lti_tool.lti.platform_checks import Verdict, certificate_trouble, check_clock
from lti_tool.lti.scopes import WANTED
from lti_tool.persistence.platforms import Deployment, DeploymentState, Registration
from lti_tool.services.check_platform import check_platform
from lti_tool.services.switch_platform import switch_platform
from tests.lti.local_server import Reply, json_reply, serve
from tests.lti.platform import NOW, TestPlatform, jwk_of, make_key
from tests.lti.world import World

OK, WARNING, FAILURE = Verdict.OK, Verdict.WARNING, Verdict.FAILURE
ALL = " ".join(scope.url for scope in WANTED)


class Scene:
    """A platform on loopback that is registered and answers as a test tells it."""

    def __init__(self, database, server):
        self.server = server
        self.world = World(database, TestPlatform(issuer=server.url), allows_loopback=True)
        self.http = HTTPClient(patience=Patience(connect=2, read=2, total=4))
        self.keys({"keys": [jwk_of(make_key(), "key-1")]})
        self.grant(ALL)

    def keys(self, body, ahead=timedelta(0)):
        date = format_datetime(NOW + ahead, usegmt=True)
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = ("HTTP/1.1 200 OK", f"Date: {date}", "Connection: close", "", "")
        head = "\r\n".join(lines)
        # Written by hand: the server of the library has a Date of its own.
        self.server.on("GET /jwks", Reply(write=lambda wire: wire.write(head.encode() + body)))

    def grant(self, scope):
        reply = {"access_token": "t", "expires_in": 3600, "scope": scope}
        self.server.on("POST /token", json_reply(reply))

    @property
    def uuid(self):
        with self.world.database.reading() as session:
            return session.scalars(select(Registration)).one().uuid

    def change(self, table, **values):
        with self.world.database.writing() as session:
            row = session.scalars(select(table)).one()
            for name, value in values.items():
                setattr(row, name, value)

    def check(self):
        findings = check_platform(
            self.world.database, self.http, self.world.keyring, self.uuid, clock=lambda: NOW
        )
        return {finding.topic: finding for finding in findings}

    def verdict(self, topic):
        return self.check()[topic].verdict


@pytest.fixture
def scene(database):
    with serve() as server:
        yield Scene(database, server)


def test_a_platform_in_order_has_no_line_to_act_on(scene):
    scene.world.launch()
    found = scene.check()
    assert {topic: line.verdict for topic, line in found.items()} == {
        "registration": OK,
        "keyset": OK,
        "clock": OK,
        "token": OK,
        "deployment deployment-1": OK,
    }
    assert not any(line.advice for line in found.values())
    assert "last launch 2026-06-30 12:00" in found["deployment deployment-1"].found


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html>", "no keyset"),
        ({"keys": []}, "no RSA key"),
        ({"keys": [{"kty": "EC", "kid": "a"}]}, "no RSA key"),
    ],
)
def test_a_keyset_without_usable_keys_is_named(scene, body, words):
    scene.keys(body)
    line = scene.check()["keyset"]
    assert (line.verdict, words in line.found) == (FAILURE, True)
    assert line.advice


def test_a_keyset_that_is_not_there_is_named(scene):
    scene.server.on("GET /jwks", Reply(404))
    line = scene.check()["keyset"]
    assert (line.verdict, "404" in line.found) == (FAILURE, True)


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [(0, OK), (5, OK), (6, WARNING), (-60, WARNING), (61, FAILURE), (-3600, FAILURE)],
)
def test_clocks_are_compared_and_both_are_named(scene, seconds, verdict):
    """B51."""
    scene.keys({"keys": [jwk_of(make_key(), "key-1")]}, timedelta(seconds=seconds))
    line = scene.check()["clock"]
    assert line.verdict is verdict
    assert "the LMS says 2026-06-30" in line.found
    assert "ours says 2026-06-30 12:00:00 UTC" in line.found


def test_without_a_date_nothing_is_said_about_clocks(scene):
    assert check_clock(None, NOW) is None


def test_each_scope_that_is_missing_says_what_it_breaks(scene):
    """B40."""
    scene.grant(SCORE)
    found = scene.check()
    assert found["token"].verdict is OK
    assert found["scope lineitem"].verdict is WARNING
    assert "no gradebook column can be made" in found["scope lineitem"].found
    assert "scope score" not in found
    with scene.world.database.reading() as session:
        assert session.scalars(select(Registration)).one().granted_scopes == [SCORE]


def test_a_platform_that_refuses_the_whole_wish_is_asked_scope_by_scope(scene):
    """B40."""

    def token(request):
        if request.form["scope"] == SCORE:
            return json_reply({"access_token": "t", "expires_in": 3600, "scope": SCORE})
        return json_reply({"error": "invalid_scope"}, 400)

    scene.server.on("POST /token", token)
    found = scene.check()
    assert found["token"].found == "Scopes granted: score."
    assert sum(topic.startswith("scope ") for topic in found) == len(WANTED) - 1


def test_a_token_that_is_refused_is_a_failure_and_keeps_what_was_granted_before(scene):
    scene.grant(SCORE)
    scene.check()
    scene.server.on("POST /token", json_reply({"error": "invalid_client"}, 401))
    line = scene.check()["token"]
    assert (line.verdict, "invalid_client" in line.found) == (FAILURE, True)
    assert "/lti/jwks" in line.advice
    with scene.world.database.reading() as session:
        assert session.scalars(select(Registration)).one().granted_scopes == [SCORE]


def test_deployments_and_the_last_refusal_are_told_in_words(scene):
    scene.change(
        Deployment,
        state=DeploymentState.PENDING,
        last_error_code="lti-token-time",
        last_error_at=NOW,
    )
    found = scene.check()
    assert found["deployment deployment-1"].verdict is WARNING
    assert "quoin platform approve" in found["deployment deployment-1"].advice
    line = found["deployment deployment-1, last refusal"]
    assert (line.verdict, "the page names both clocks" in line.found) == (WARNING, True)
    assert "set the one that is wrong" in line.advice


def test_a_refusal_that_a_launch_has_followed_is_settled(scene):
    scene.change(Deployment, last_error_code="lti-state", last_error_at=NOW - timedelta(hours=1))
    scene.world.launch()
    line = scene.check()["deployment deployment-1, last refusal"]
    assert (line.verdict, line.advice) == (OK, "")
    assert "took longer than ten minutes" in line.found


def test_a_platform_that_is_switched_off_says_why(scene):
    switch_platform(
        scene.world.database,
        scene.uuid,
        is_enabled=False,
        reason="Its addresses are elsewhere.",
        actor="test",
        now=NOW,
    )
    line = scene.check()["registration"]
    assert (line.verdict, "Its addresses are elsewhere." in line.found) == (FAILURE, True)
    assert "quoin platform enable" in line.advice


def test_nobody_who_has_launched_is_said(scene):
    with scene.world.database.writing() as session:
        session.delete(session.scalars(select(Deployment)).one())
    assert scene.verdict("deployments") is WARNING


def test_the_configuration_is_compared_where_it_is_known(scene):
    url = scene.server.url
    kept = {
        "issuer": url,
        "authorization_endpoint": f"{url}/auth",
        "token_endpoint": f"{url}/token",
        "jwks_uri": f"{url}/jwks",
    }
    scene.change(Registration, configuration_url=f"{url}/config")
    scene.server.on("GET /config", json_reply(kept))
    assert scene.verdict("configuration") is OK
    scene.server.on("GET /config", json_reply(kept | {"jwks_uri": f"{url}/new"}))
    line = scene.check()["configuration"]
    assert (line.verdict, "jwks_uri" in line.found) == (WARNING, True)
    scene.server.on("GET /config", Reply(401))
    assert scene.verdict("configuration") is OK


def test_hosted_canvas_without_a_host_for_its_frames_is_warned_of(scene):
    assert "frame" not in scene.check()
    scene.change(Registration, issuer="https://canvas.instructure.com")
    finding = scene.check()["frame"]
    assert (finding.verdict, "--frame-origin" in finding.advice) == (WARNING, True)
    scene.change(Registration, frame_origins=["https://canvas.school.edu"])
    assert "frame" not in scene.check()


def test_trouble_with_a_certificate_is_named(scene, monkeypatch):
    trouble = ssl.SSLCertVerificationError(1, "certificate verify failed")
    trouble.verify_message = "certificate has expired"

    def request(*_, **__):
        # As requests and urllib3 wrap it: as an argument, as a reason, as a cause.
        wrapped = OSError(OSError(trouble))
        raise LTIServiceError("lms did not answer (SSLError).", code="lti-no-answer") from wrapped

    monkeypatch.setattr(scene.http, "request", request)
    line = scene.check()["keyset"]
    assert "certificate of the LMS is not valid here: certificate has expired" in line.found
    assert certificate_trouble(LTIServiceError("lms did not answer.")) == ""


def test_an_unknown_platform_is_an_error(scene):
    with pytest.raises(NotFoundError):
        check_platform(
            scene.world.database,
            scene.http,
            scene.world.keyring,
            TestPlatform().uuid,
            clock=lambda: NOW,
        )
