"""Threats by way of the browser: targets, floods, frames, other sites (B23 to B28, B46)."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from lti_tool.persistence.completions import Completion
from lti_tool.persistence.sessions import LaunchSession, Login
from lti_tool.services.forget_expired import forget_expired
from lti_tool.web import launch as endpoints
from lti_tool.web.rate_limit import RateLimit
from tests.conformance.threats.arena import (
    HERE,
    Arena,
    has_no_session,
    inputs_of,
    query_of,
    refused,
)
from tests.lti.platform import INSTRUCTOR, ISSUER, PUBLIC_URL, TARGET

EVIL = "https://evil.example"


@pytest.mark.parametrize(
    "target",
    [
        f"{PUBLIC_URL}/admin",
        f"{PUBLIC_URL}/healthz",
        "//quoin.example.edu/lti/launch",
        f"{EVIL}/lti/launch",
        "https:\\\\quoin.example.edu\\lti\\launch",
        "https://quoin.example.edu\\@evil.example/lti/launch",
        "https://user:word@quoin.example.edu/lti/launch",
        f"{TARGET}#fragment",
        f"{PUBLIC_URL}//evil.example/lti/launch",
        "javascript:alert(1)",
    ],
)
def test_b23(arena: Arena, target: str) -> None:
    """B23: target link to admin page, //host, backslash, user info, fragment. Refused."""
    refused(arena.log_in(target_link_uri=target), "lti-target")
    refused(arena.launch(target_link_uri=target), "lti-")


def test_b24_target(arena: Arena) -> None:
    """B24: 10 kB target, line breaks in hints. Here the target: refused."""
    answer = arena.log_in(target_link_uri=f"{TARGET}?a={'x' * 10_000}")
    assert answer.status_code == 400
    assert has_no_session(answer)


def test_b24_hints(arena: Arena) -> None:
    """B24: 10 kB target, line breaks in hints. Here the hints: encoded, given back as they came."""
    hint = '{"a": "b"}\r\nSet-Cookie: evil=1\r\n\r\n<script>'
    answer = arena.log_in(login_hint=hint, lti_message_hint=hint)
    assert "\r" not in answer.headers["Location"]
    assert "\n" not in answer.headers["Location"]
    assert "evil=1" not in "".join(answer.headers.getlist("Set-Cookie"))
    query = query_of(answer)
    assert (query["login_hint"], query["lti_message_hint"]) == (hint, hint)


def test_b25(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    """B25: 10,000 unfinished logins. Rows expire, the flood is slowed down, few cookies stay."""
    monkeypatch.setattr(endpoints, "login_limit", RateLimit(200))
    statuses = [arena.log_in().status_code for _ in range(250)]
    assert statuses == [302] * 200 + [400] * 50
    held = [c for c in arena.browser._cookies.values() if "-login-" in c.key]
    assert len(held) == endpoints.MOST_LOGIN_COOKIES
    assert arena.count(Login) == 200
    forget_expired(arena.world.database, now=arena.world.now + timedelta(minutes=11))
    assert arena.count(Login) == 0


def test_b25_limit() -> None:
    """B25: 10,000 unfinished logins. What one address may begin in a minute is bounded."""
    assert endpoints.LOGINS_PER_MINUTE <= 10_000


def test_b26(arena: Arena) -> None:
    """B26: framed by a foreign page. Only the platform of the session may frame a page."""
    launched = arena.launch(roles=[INSTRUCTOR])
    course = launched.location.rsplit("/", 1)[0]
    for name in ("roster", "scores", "copy"):
        policy = arena.open(f"{course}/{name}").headers["Content-Security-Policy"]
        (ancestors,) = re.findall("frame-ancestors ([^;]*)", policy)
        assert ancestors.split() == ["'self'", ISSUER]
    home = arena.open("/").headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in home


@pytest.mark.parametrize("origin", ["", "null", EVIL, ISSUER, f"{PUBLIC_URL}.evil.example"])
@pytest.mark.parametrize("has_token", [True, False])
def test_b27(arena: Arena, origin: str, has_token: bool) -> None:
    """B27: cross-site POST with our cookies. Blocked by the form's token and by Origin."""
    launched = arena.launch(roles=[INSTRUCTOR])
    page = arena.page(launched)
    token = inputs_of(page)["csrf_token"] if has_token else "0" * 64
    path = launched.location.replace("/roster", "/completions")
    headers = {"Origin": origin} if origin else {}
    answer = arena.browser.post(path, data={"csrf_token": token}, headers=headers, **HERE)
    assert answer.status_code == 403
    assert "csrf" in answer.text
    assert arena.count(Completion) == 0


def test_b27_token(arena: Arena) -> None:
    """B27: cross-site POST with our cookies. Our own page without the token does not do either."""
    launched = arena.launch(roles=[INSTRUCTOR])
    path = launched.location.replace("/roster", "/completions")
    for form in ({}, {"csrf_token": ""}, {"csrf_token": "0" * 64}):
        answer = arena.browser.post(path, data=form, headers={"Origin": PUBLIC_URL}, **HERE)
        assert answer.status_code == 403


def test_b28(arena: Arena) -> None:
    """B28: session id in URL or Referer. It is in a cookie that scripts cannot read, only there."""
    begun = arena.log_in()
    launched = arena.launch(roles=[INSTRUCTOR])
    sessions = [c.value for c in arena.browser._cookies.values() if "-login-" not in c.key]
    assert sessions
    cookies = [line for line in launched.headers.getlist("Set-Cookie") if "-login-" not in line]
    assert all("HttpOnly" in line and "Secure" in line for line in cookies)
    page = arena.page(launched)
    addresses = re.findall(r'(?:href|src|action)="([^"]*)"', page.text)
    shown = " ".join([begun.location, launched.location, page.text, *addresses])
    assert not [token for token in sessions if token in shown]
    assert launched.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Referrer-Policy"] == "same-origin"
    stranger = arena.app.test_client()
    for name in ("session", "token", "bearer", next(iter(sessions))):
        url = f"{urlsplit(launched.location).path}?{name}={sessions[0]}"
        assert stranger.get(url, **HERE).status_code == 401


def _held(arena: Arena) -> tuple[dict[str, str], str]:
    """Launch in a browser without cookies: the elements' data of the page, and the right value."""
    browser = arena.app.test_client(use_cookies=False)
    stored = arena.log_in(browser=browser, lti_storage_target="platform_frame")
    data = dict(re.findall(r'data-(\w+)="([^"]*)"', stored.text))
    (href,) = re.findall(r'href="(https://lms[^"]+)"', stored.text)
    query = dict(
        part.split("=", 1) for part in urlsplit(href.replace("&amp;", "&")).query.split("&")
    )
    platform = arena.world.platform
    token = platform.sign(platform.claims(now=arena.world.now, nonce=query["nonce"]))
    page = arena.post(query["state"], token, browser=browser)
    assert page.status_code == 200
    return dict(re.findall(r'data-(\w+)="([^"]*)"', page.text)) | {"page": page.text}, data["value"]


@pytest.mark.parametrize("wrong", ["value", "ticket", "origin", "missing"])
def test_b46(arena: Arena, wrong: str) -> None:
    """B46: storage messages from another origin, wrong id or value, quota error. What does not
    belong to the login opens nothing, and the page offers a new tab. What a browser does with such
    messages is tried in ``tests/journeys/test_hostile_storage.py``."""
    data, value = _held(arena)
    assert "Open in a new tab" in data["page"]
    body = {"ticket": data["ticket"], "value": value}
    if wrong == "missing":
        body.pop("value")
    elif wrong != "origin":
        body[wrong] = "0" * 64
    origin = EVIL if wrong == "origin" else PUBLIC_URL
    client = arena.app.test_client(use_cookies=False)
    headers = {"Origin": origin, "Accept": "application/json"}
    answer = client.post("/lti/finish", json=body, headers=headers, **HERE)
    assert answer.status_code in (400, 403)
    assert "session" not in (answer.json or {})
    assert has_no_session(answer)
    assert arena.count(LaunchSession) == 0
