"""The LTI endpoints over HTTP: cookies, redirects, bounds, our keyset."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from lti_tool.app import create_app
from lti_tool.lti.keys import KeyRing
from lti_tool.persistence.platforms import Registration
from lti_tool.services.ensure_signing_keys import ensure_signing_keys
from lti_tool.web import launch as endpoints
from lti_tool.web.parts import Parts
from lti_tool.web.rate_limit import RateLimit
from tests.lti.platform import INSTRUCTOR, ISSUER, NOW, PUBLIC_URL, TARGET
from tests.lti.world import World


@pytest.fixture
def world(sqlite_database):
    return World(sqlite_database)


@pytest.fixture
def app(world):
    parts = Parts(
        config=world.config,
        database=world.database,
        keyring=KeyRing(
            lambda: ensure_signing_keys(world.database, world.config.secret_key, now=NOW)
        ),
        http=world.http,
        keysets=world.keysets,
        platforms=None,
        clock=lambda: world.now,
    )
    return create_app(world.config, parts=parts)


@pytest.fixture
def browser(app):
    return app.test_client()


LOGIN = {
    "iss": ISSUER,
    "login_hint": "user-7",
    "target_link_uri": TARGET,
    "client_id": "client-1",
    "lti_deployment_id": "deployment-1",
}
ELSEWHERE = {"base_url": PUBLIC_URL}


def _log_in(browser, method="post", **changed):
    fields = LOGIN | changed
    if method == "get":
        return browser.get("/lti/login", query_string=fields, **ELSEWHERE)
    return browser.post("/lti/login", data=fields, **ELSEWHERE)


def _query(response):
    return {name: v[0] for name, v in parse_qs(urlsplit(response.location).query).items()}


def _launch(browser, world, login, **claims):
    query = _query(login)
    wanted = {"nonce": query["nonce"]} | claims
    token = world.platform.sign(world.platform.claims(now=world.now, **wanted))
    form = {"state": query["state"], "id_token": token}
    return browser.post("/lti/launch", data=form, headers={"Origin": ISSUER}, **ELSEWHERE)


def _cookies(response):
    """Return {name: the rest of the Set-Cookie header}."""
    lines = response.headers.getlist("Set-Cookie")
    return {line.split("=", 1)[0]: line.split("=", 1)[1] for line in lines}


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_login_is_answered_with_a_redirect_and_a_cookie_of_its_own(browser, method):
    response = _log_in(browser, method)
    assert response.status_code == 302
    assert response.location.startswith(f"{ISSUER}/auth?")
    ((name, cookie),) = _cookies(response).items()
    assert name.startswith("__Host-quoin-login-")
    for attribute in (
        "Secure",
        "HttpOnly",
        "SameSite=None",
        "Partitioned",
        "Path=/",
        "Max-Age=600",
    ):
        assert attribute in cookie
    assert "Domain" not in cookie
    assert _query(response)["state"] not in f"{name}={cookie}"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_a_launch_leads_to_the_course_with_a_session_of_its_own(browser, world):
    response = _launch(browser, world, _log_in(browser))
    assert response.status_code == 303
    path = urlsplit(response.location).path
    assert path.endswith("/progress")
    course = path.split("/")[2]
    cookies = _cookies(response)
    session = cookies[f"__Host-quoin-{course.replace('-', '')[:12]}"]
    for attribute in (
        "Secure",
        "HttpOnly",
        "SameSite=None",
        "Partitioned",
        "Path=/",
        "Max-Age=28800",
    ):
        assert attribute in session
    (used,) = [value for name, value in cookies.items() if "-login-" in name]
    assert "Max-Age=0" in used
    assert "Partitioned" in used
    page = browser.get(path, **ELSEWHERE)
    assert page.status_code == 200
    assert f"frame-ancestors 'self' {ISSUER}" in page.headers["Content-Security-Policy"]


def test_every_page_of_a_launch_may_be_framed_at_the_school_s_own_domain(browser, app, world):
    with world.database.writing() as session:
        session.scalars(select(Registration)).one().frame_origins = ["https://canvas.school.edu"]
    login = _log_in(browser)
    held = _launch(app.test_client(), world, login)
    path = urlsplit(_launch(browser, world, _log_in(browser)).location).path
    page = browser.get(path, **ELSEWHERE)
    for answer in (held, page):
        policy = answer.headers["Content-Security-Policy"]
        assert policy.endswith(f"frame-ancestors 'self' {ISSUER} https://canvas.school.edu")
    assert f'data-platforms="{ISSUER} https://canvas.school.edu"' in page.text


def test_a_teacher_is_led_to_the_roster(browser, world):
    response = _launch(browser, world, _log_in(browser), roles=[INSTRUCTOR])
    assert response.location.endswith("/roster")


def test_a_launch_in_another_browser_gets_no_session(browser, app, world):
    """A captured form is worth nothing without the cookie of its login."""
    login = _log_in(browser)
    response = _launch(app.test_client(), world, login)
    assert response.status_code == 200
    assert "Open in a new tab" in response.text
    assert "data-ticket" not in response.text
    assert set(_cookies(response)) == {"__Host-quoin-cookies"}


def test_a_cookie_that_was_made_up_from_the_state_opens_nothing(app, world, browser):
    query = _query(_log_in(browser))
    thief = app.test_client()
    name = endpoints.login_cookie(query["state"])
    thief.set_cookie(name, query["state"], domain="quoin.example.edu", secure=True)
    token = world.platform.sign(world.platform.claims(nonce=query["nonce"]))
    response = thief.post(
        "/lti/launch", data={"state": query["state"], "id_token": token}, **ELSEWHERE
    )
    assert response.status_code == 200
    assert set(_cookies(response)) == {"__Host-quoin-cookies"}


def test_a_second_post_of_the_same_form_is_refused(browser, world):
    login = _log_in(browser)
    assert _launch(browser, world, login).status_code == 303
    assert _launch(browser, world, login).status_code == 400


def test_a_launch_by_get_is_refused(browser):
    """V7."""
    assert browser.get("/lti/launch?id_token=a&state=b", **ELSEWHERE).status_code == 405


@pytest.mark.parametrize(
    ("query", "content_type"), [("?state=a", None), ("", "multipart/form-data")]
)
def test_a_launch_is_a_plain_posted_form(browser, query, content_type):
    """V7."""
    data = {"state": "a", "id_token": "b"}
    response = browser.post(
        f"/lti/launch{query}", data=data, content_type=content_type, **ELSEWHERE
    )
    assert response.status_code == 400


def test_a_body_that_is_too_large_is_refused(browser):
    """V7, B6."""
    for path in ("/lti/launch", "/lti/login"):
        data = {"id_token": "a" * 300_000, "state": "b"}
        assert browser.post(path, data=data, **ELSEWHERE).status_code == 413


def test_many_fields_are_refused(browser):
    """B6."""
    data = {f"f{number}": "" for number in range(20_000)}
    assert browser.post("/lti/launch", data=data, **ELSEWHERE).status_code in (400, 413)


def test_a_refusal_is_a_page_with_a_code_and_no_cookie(browser):
    response = _log_in(browser, client_id="unknown")
    assert response.status_code == 400
    assert "lti-unknown-platform" in response.text
    assert not _cookies(response)


def test_repeated_parameters_are_refused(browser):
    """V1."""
    response = browser.get(f"/lti/login?iss={ISSUER}&iss={ISSUER}", **ELSEWHERE)
    assert response.status_code == 400


def test_unfinished_logins_leave_a_handful_of_cookies(browser):
    """B25."""
    for _ in range(12):
        _log_in(browser)
    held = [name for name in _held(browser) if "-login-" in name]
    assert len(held) == endpoints.MOST_LOGIN_COOKIES


def _held(browser):
    return [cookie.key for cookie in browser._cookies.values()]


def test_a_flood_of_logins_is_slowed_down(browser, monkeypatch):
    """V6, B25."""
    monkeypatch.setattr(endpoints, "login_limit", RateLimit(3))
    statuses = [_log_in(browser).status_code for _ in range(5)]
    assert statuses == [302, 302, 302, 400, 400]


def test_headers_of_the_request_never_change_where_a_login_returns(browser):
    """B49."""
    response = browser.post(
        "/lti/login",
        data=LOGIN,
        headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"},
        **ELSEWHERE,
    )
    assert _query(response)["redirect_uri"] == TARGET


def test_our_keyset_is_public_and_can_be_kept(browser):
    """B48."""
    response = browser.get("/lti/jwks", **ELSEWHERE)
    assert response.status_code == 200
    assert response.mimetype == "application/json"
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    (key,) = json.loads(response.text)["keys"]
    assert set(key) == {"kty", "use", "alg", "kid", "n", "e"}
    tag = response.headers["ETag"]
    again = browser.get("/lti/jwks", headers={"If-None-Match": tag}, **ELSEWHERE)
    assert (again.status_code, again.data) == (304, b"")


def test_two_courses_have_cookies_of_their_own(browser, world):
    first = _launch(browser, world, _log_in(browser))
    second = _launch(browser, world, _log_in(browser), context={"id": "course-2"})
    for response in (first, second):
        assert browser.get(urlsplit(response.location).path, **ELSEWHERE).status_code == 200
