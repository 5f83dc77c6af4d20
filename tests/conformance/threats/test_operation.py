"""Threats to the running tool: logs, keys, headers, database, clock, look-alikes (B47 to B52)."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select

from lti_tool.app import create_app
from lti_tool.config import Config
from lti_tool.errors import ConfigurationError
from lti_tool.lti.keys import KeyRing
from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import Learner
from lti_tool.persistence.platforms import Deployment, DeploymentState
from lti_tool.persistence.sessions import LaunchSession
from lti_tool.services.ensure_signing_keys import ensure_signing_keys
from lti_tool.services.rotate_signing_keys import rotate_signing_keys
from tests.conformance.threats.arena import HERE, Arena, has_no_session, query_of, refused
from tests.lti.platform import INSTRUCTOR, TARGET

PERSONAL = ("Ada Example", "ada@example.edu", "user-7")


def test_b47(arena: Arena, caplog: pytest.LogCaptureFixture) -> None:
    """B47: tokens, keys, e-mail in logs or audit. None of them, whatever happens."""
    arena.app.add_url_rule("/fail", view_func=_failing)
    secrets: list[str] = []
    platform = arena.world.platform
    with caplog.at_level(logging.DEBUG):
        for wrong in ({}, {"iat": 1, "exp": 2}, {"deployment_id": "x"}, {"nonce": "x"}):
            begun = arena.started()
            claims = {"nonce": begun["nonce"], "email": "ada@example.edu"} | wrong
            token = platform.sign(platform.claims(now=arena.world.now, **claims))
            secrets += [begun["state"], begun["nonce"], token, token.split(".")[2]]
            arena.post(begun["state"], token)
            arena.post(begun["state"], token[:-9] + "AAAAAAAAA")
        arena.page(arena.launch(roles=[INSTRUCTOR]))
        arena.open("/fail")
    secrets += [cookie.value for cookie in arena.browser._cookies.values()]
    with arena.world.database.reading() as session:
        audit = str([vars(found) for found in session.scalars(select(AuditEvent))])
    written = caplog.text + audit
    assert "surprise" in written
    assert "lti-token-time" in written
    assert not [secret for secret in (*secrets, *PERSONAL, "PRIVATE KEY") if secret in written]


def _failing() -> str:
    raise RuntimeError("ada@example.edu")


_failing.policy = "public"  # type: ignore[attr-defined]


def test_b48(arena: Arena) -> None:
    """B48: JWKS with private parts; retired key in overlap; caching headers. Public members only,
    the old key stays for its time, and the answer says how long it is good."""
    database, config, now = arena.world.database, arena.world.config, arena.world.now
    first = arena.browser.get("/lti/jwks", **HERE)
    assert first.headers["Cache-Control"] == "public, max-age=3600"
    tag = {"If-None-Match": first.headers["ETag"]}
    assert arena.browser.get("/lti/jwks", headers=tag, **HERE).status_code == 304
    (old,) = json.loads(first.text)["keys"]
    assert set(old) == {"kty", "use", "alg", "kid", "n", "e"}
    rotate_signing_keys(database, config.secret_key, at_once=True, actor="test", now=now)
    ring = KeyRing(lambda: ensure_signing_keys(database, config.secret_key, now=now))
    restarted = create_app(config, parts=replace(arena.parts, keyring=ring))
    keys = json.loads(restarted.test_client().get("/lti/jwks", **HERE).text)["keys"]
    assert old in keys
    assert len(keys) == 2
    assert all(set(key) == set(old) for key in keys)
    assert ring.current().kid != old["kid"]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"},
        {"Forwarded": "host=evil.example;proto=http"},
        {"X-Original-URL": "https://evil.example/lti/launch"},
        {"X-Forwarded-Prefix": "/evil", "X-Forwarded-For": "10.0.0.1"},
    ],
)
def test_b49(arena: Arena, headers: dict[str, str]) -> None:
    """B49: spoofed Host or forwarding headers. No effect on where a login returns or on cookies."""
    answer = arena.log_in(headers=headers)
    assert query_of(answer)["redirect_uri"] == TARGET
    assert "evil" not in str(answer.headers)
    assert "Secure" in answer.headers["Set-Cookie"]


def test_b49_host(arena: Arena) -> None:
    """B49: spoofed Host or forwarding headers. A foreign Host is refused."""
    client = arena.app.test_client()
    answer = client.get("/lti/login", base_url="https://evil.example")
    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_b49_settings() -> None:
    """B49: spoofed Host or forwarding headers. The public address is a setting, and is https."""
    with pytest.raises(ConfigurationError):
        Config.from_environ({"QUOIN_PUBLIC_URL": "http://quoin.example.edu"})


def _file(database: Database) -> Path:
    return Path(str(database.engine.url.database))


def test_b50_down(arena: Arena) -> None:
    """B50: database down or read-only during launch. 503, no half session; a new login succeeds."""
    database = arena.world.database
    begun = arena.started()
    platform = arena.world.platform
    token = platform.sign(platform.claims(now=arena.world.now, nonce=begun["nonce"]))
    arena.world.keysets.get(platform.registration, platform.kid, arena.world.now)
    database.dispose()
    file = _file(database)
    kept = file.rename(file.with_suffix(".away"))
    file.mkdir()
    refused(arena.post(begun["state"], token), "database-unavailable", 503)
    refused(arena.log_in(), "database-unavailable", 503)
    file.rmdir()
    kept.rename(file)
    assert arena.count(LaunchSession) == arena.count(Learner) == 0
    assert arena.launch().status_code == 303


def test_b50_read_only(arena: Arena) -> None:
    """B50: database down or read-only during launch. 503, no half session; a new login succeeds."""
    database = arena.world.database
    begun = arena.started()
    platform = arena.world.platform
    token = platform.sign(platform.claims(now=arena.world.now, nonce=begun["nonce"]))
    database.dispose()

    @event.listens_for(database.engine, "connect")
    def close_to_writes(connection, _record):  # type: ignore[no-untyped-def]
        connection.execute("PRAGMA query_only = ON")

    refused(arena.post(begun["state"], token), "database-unavailable", 503)
    event.remove(database.engine, "connect", close_to_writes)
    database.dispose()
    assert arena.count(LaunchSession) == arena.count(Learner) == 0
    assert arena.launch().status_code == 303


@pytest.mark.parametrize("minutes", [-12, 2])
def test_b51(arena: Arena, minutes: int) -> None:
    """B51: tool clock two minutes wrong. The page names both clocks."""
    begun = arena.started()
    platform = arena.world.platform
    theirs = arena.world.now + timedelta(minutes=minutes)
    token = platform.sign(platform.claims(now=theirs, nonce=begun["nonce"]))
    answer = arena.post(begun["state"], token)
    refused(answer, "lti-token-time")
    for clock in (theirs, arena.world.now):
        assert f"{clock:%H:%M}" in answer.text
    assert re.search(r"clock|time", answer.text)


@pytest.mark.parametrize(
    "look_alike",
    ["Deployment-1", "deployment-1 ", " deployment-1", "deployment\u20101", "d\u0435ployment-1"],
)
def test_b52_deployment(arena: Arena, look_alike: str) -> None:
    """B52: spaces, case, look-alikes in ids. Compared exactly, and refused."""
    answer = arena.launch(deployment_id=look_alike)
    assert answer.status_code == 400
    assert has_no_session(answer)
    login = {"lti_deployment_id": look_alike}
    begun = arena.log_in(**login)
    if begun.status_code == 302:
        answer = arena.launch(login=login, deployment_id=look_alike)
        assert answer.status_code in (400, 403)
        assert has_no_session(answer)
    query = select(Deployment).where(Deployment.state == DeploymentState.APPROVED)
    with arena.world.database.reading() as session:
        assert [d.deployment_id for d in session.scalars(query)] == ["deployment-1"]


@pytest.mark.parametrize("look_alike", ["Client-1", "client-1 ", "client\u20101", "cl\u0456ent-1"])
def test_b52_client(arena: Arena, look_alike: str) -> None:
    """B52: spaces, case, look-alikes in ids. So is the client id, at the login and in the token."""
    assert arena.log_in(client_id=look_alike).status_code == 400
    answer = arena.launch(aud=look_alike)
    assert answer.status_code == 400
    assert has_no_session(answer)


def test_b52_people(arena: Arena) -> None:
    """B52: spaces, case, look-alikes in ids. People whose ids differ in case are two."""
    arena.launch(sub="ada")
    arena.launch(sub="Ada")
    assert arena.count(Learner) == 2
    refused(arena.launch(sub="ad\u0430"), "lti-claim-invalid")
