"""Launches without their cookie over HTTP: storage, the check of cookies, finishing, new tabs."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest

from lti_tool.app import create_app
from lti_tool.lti.keys import KeyRing
from lti_tool.services.ensure_signing_keys import ensure_signing_keys
from lti_tool.web.parts import Parts
from tests.lti.platform import INSTRUCTOR, ISSUER, NOW, PUBLIC_URL, REMOVED, TARGET
from tests.lti.world import World

LOGIN = {
    "iss": ISSUER,
    "login_hint": "user-7",
    "target_link_uri": TARGET,
    "client_id": "client-1",
    "lti_deployment_id": "deployment-1",
    "lti_message_hint": "hint & more",
}
STORAGE = {"lti_storage_target": "platform_frame"}
RESTART = {"quoin_restart": "1"}
FRAMED = {"Sec-Fetch-Dest": "iframe"}
HERE = {"base_url": PUBLIC_URL}
MARKER = "__Host-quoin-cookies"


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
    """A browser that keeps cookies."""
    return app.test_client()


@pytest.fixture
def stranger(app):
    """A browser that keeps no cookie."""
    return app.test_client(use_cookies=False)


class _Elements(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def _elements(response, tag):
    return [attrs for name, attrs in _Elements(response.text).found if name == tag]


def _by_id(response, wanted):
    return next(a for _, a in _Elements(response.text).found if a.get("id") == wanted)


def _inputs(response):
    return {a["name"]: a["value"] for a in _elements(response, "input")}


def _log_in(client, *, headers=None, **changed):
    fields = {name: value for name, value in (LOGIN | changed).items() if value}
    return client.get("/lti/login", query_string=fields, headers=headers, **HERE)


def _hold(client, world, *, headers=None, **claims):
    """Log in with storage and launch; return the page and the value of the login."""
    stored = _by_id(_log_in(client, **STORAGE), "storage")
    query = {name: v[0] for name, v in parse_qs(urlsplit(stored["href"]).query).items()}
    wanted = {"nonce": query["nonce"]} | claims
    token = world.platform.sign(world.platform.claims(now=world.now, **wanted))
    form = {"state": query["state"], "id_token": token}
    sent = {"Origin": ISSUER} | (headers or {})
    page = client.post("/lti/launch", data=form, headers=sent, **HERE)
    return page, stored["data-value"]


def _finish(client, body, *, origin=PUBLIC_URL, cookie="", **options):
    headers = {"Origin": origin, "Cookie": cookie, "Accept": "application/json"}
    given = {"json": body} if isinstance(body, dict) else {"data": body}
    sent = {name: v for name, v in headers.items() if v}
    return client.post("/lti/finish", headers=sent, **given, **HERE, **options)


def _finished(client, world, *, cookie="", **claims):
    page, value = _hold(client, world, **claims)
    ticket = _by_id(page, "storage")["data-ticket"]
    return _finish(client, {"ticket": ticket, "value": value}, cookie=cookie)


def _cookies(response):
    return [line.split("=", 1)[0] for line in response.headers.getlist("Set-Cookie")]


def test_a_login_with_storage_is_a_page_that_stores_and_goes_on(browser):
    response = _log_in(browser, **STORAGE)
    assert response.status_code == 200
    link = _by_id(response, "storage")
    assert link["href"].startswith(f"{ISSUER}/auth?")
    assert (link["data-frame"], link["data-origin"]) == ("platform_frame", ISSUER)
    assert link["data-key"].startswith("quoin-login-")
    assert re.fullmatch("[0-9a-f]{64}", link["data-value"])
    assert link["data-value"] not in link["href"]
    policy = response.headers["Content-Security-Policy"]
    assert policy.endswith(f"frame-ancestors 'self' {ISSUER}")
    assert "script-src 'self';" in policy
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert any(name.startswith("__Host-quoin-login-") for name in _cookies(response))


@pytest.mark.parametrize("name", ["a b", "<script>", "a'b", "frame\n", ".", "é"])
def test_an_odd_name_of_a_frame_counts_as_no_offer(browser, name):
    """B46."""
    assert _log_in(browser, lti_storage_target=name).status_code == 302


def test_an_endless_name_of_a_frame_is_refused(browser):
    """V5."""
    assert _log_in(browser, lti_storage_target="a" * 256).status_code == 400


def test_a_framed_browser_is_asked_for_its_cookies_once_and_then_let_through(browser):
    first = _log_in(browser, headers=FRAMED)
    assert first.status_code == 307
    assert _cookies(first) == [MARKER]
    assert urlsplit(first.location).path == "/lti/login"
    again = browser.get(first.location, headers=FRAMED, **HERE)
    assert again.status_code == 302
    assert again.location.startswith(f"{ISSUER}/auth?")
    assert "lti_message_hint=hint+%26+more" in again.location
    assert _log_in(browser, headers=FRAMED).status_code == 302


def test_a_posted_login_is_checked_in_the_same_way(browser):
    first = browser.post("/lti/login", data=LOGIN, headers=FRAMED, **HERE)
    assert first.status_code == 307
    assert "user-7" not in first.location
    again = browser.post(first.location, data=LOGIN, headers=FRAMED, **HERE)
    assert again.location.startswith(f"{ISSUER}/auth?")


def test_a_framed_browser_without_cookies_gets_a_button_with_the_same_login(stranger):
    first = _log_in(stranger, headers=FRAMED)
    page = stranger.get(first.location, headers=FRAMED, **HERE)
    assert page.status_code == 200
    (form,) = _elements(page, "form")
    assert (form["target"], form["method"], form["action"]) == ("_blank", "post", "/lti/login")
    assert _inputs(page) == LOGIN | RESTART
    assert page.headers["Content-Security-Policy"].endswith(f"frame-ancestors 'self' {ISSUER}")


def test_the_button_leads_on_by_a_page_and_not_by_a_redirect(browser):
    """Chromium holds redirects after a form against the policy of the page with the form."""
    page = browser.post("/lti/login", data=LOGIN | RESTART, **HERE)
    assert page.status_code == 200
    link = _by_id(page, "storage")
    assert link["href"].startswith(f"{ISSUER}/auth?")
    assert not [name for name in link if name.startswith("data-")]
    assert any(name.startswith("__Host-quoin-login-") for name in _cookies(page))


def test_the_check_of_one_login_does_not_count_for_another(stranger):
    first = _log_in(stranger, headers=FRAMED)
    checked = parse_qs(urlsplit(first.location).query)["quoin_checked"][0]
    other = _log_in(stranger, headers=FRAMED, login_hint="user-8", quoin_checked=checked)
    assert other.status_code == 307


def test_a_refused_login_is_no_check(stranger):
    assert _log_in(stranger, headers=FRAMED, client_id="unknown").status_code == 400


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Dest": "document"}])
def test_outside_a_frame_nothing_is_checked(stranger, headers):
    assert _log_in(stranger, headers=headers).status_code == 302


def test_a_held_launch_is_a_page_that_asks_the_storage(stranger, world):
    page, value = _hold(stranger, world)
    assert page.status_code == 200
    asked = _by_id(page, "storage")
    assert (asked["data-frame"], asked["data-origin"]) == ("platform_frame", ISSUER)
    assert asked["data-finish"] == "/lti/finish"
    assert value not in page.text
    assert "Ada Example" not in page.text
    assert _inputs(page) == LOGIN | RESTART
    assert _cookies(page) == [MARKER]
    assert page.headers["Content-Security-Policy"].endswith(f"frame-ancestors 'self' {ISSUER}")


def test_a_tab_of_its_own_that_keeps_no_cookies_is_offered_no_other_tab(stranger, world):
    page, _ = _hold(stranger, world, headers={"Sec-Fetch-Dest": "document"})
    assert page.status_code == 200
    assert "Allow cookies" in page.text
    assert _elements(page, "form") == []


def test_a_browser_that_keeps_cookies_gets_its_session_in_one(stranger, world):
    response = _finished(stranger, world, cookie=f"{MARKER}=1")
    assert response.status_code == 200
    assert response.json["session"] is None
    (line,) = response.headers.getlist("Set-Cookie")
    page = stranger.get(response.json["location"], headers={"Cookie": line.split(";")[0]}, **HERE)
    assert page.status_code == 200


def test_a_browser_without_cookies_gets_a_token_for_a_header(stranger, world):
    response = _finished(stranger, world)
    assert _cookies(response) == []
    bearer = {"Authorization": f"Bearer {response.json['session']}"}
    assert stranger.get(response.json["location"], headers=bearer, **HERE).status_code == 200
    assert stranger.get(response.json["location"], **HERE).status_code == 401
    world.now = NOW + timedelta(hours=1)
    assert stranger.get(response.json["location"], headers=bearer, **HERE).status_code == 401


def test_a_bearer_is_not_taken_out_of_a_cookie_nor_a_cookie_out_of_a_header(stranger, world):
    answer = _finished(stranger, world)
    course = answer.json["location"].split("/")[2].replace("-", "")[:12]
    cookie = f"__Host-quoin-{course}={answer.json['session']}"
    refused = stranger.get(answer.json["location"], headers={"Cookie": cookie}, **HERE)
    assert refused.status_code == 401
    answer = _finished(stranger, world, cookie=f"{MARKER}=1")
    token = answer.headers["Set-Cookie"].split(";")[0].split("=", 1)[1]
    headers = {"Authorization": f"Bearer {token}"}
    assert stranger.get(answer.json["location"], headers=headers, **HERE).status_code == 401


@pytest.mark.parametrize("value", ["Basic abc", "Bearer", "Bearer ", "bearer x", "Bearer x y"])
def test_an_odd_header_is_nobody(stranger, world, value):
    page = _finished(stranger, world).json["location"]
    assert stranger.get(page, headers={"Authorization": value}, **HERE).status_code == 401


def test_a_write_with_a_bearer_needs_token_and_origin_as_any_other(app, stranger, world):
    """B27."""
    answer = _finished(stranger, world, roles=[INSTRUCTOR]).json
    bearer = {"Authorization": f"Bearer {answer['session']}"}
    path = answer["location"].replace("/roster", "/completions")
    page = stranger.get(answer["location"], headers=bearer, **HERE)
    token = _inputs(page)["csrf_token"]

    def post(given, origin):
        headers = bearer | {"Origin": origin}
        return stranger.post(path, data={"csrf_token": given}, headers=headers, **HERE).status_code

    assert post(token, PUBLIC_URL) == 422
    assert post("0" * 64, PUBLIC_URL) == 403
    assert post(token, ISSUER) == 403


@pytest.mark.parametrize("origin", ["", "null", ISSUER, "https://quoin.example.edu.evil.example"])
def test_another_site_cannot_finish_a_launch(stranger, world, origin):
    page, value = _hold(stranger, world)
    ticket = _by_id(page, "storage")["data-ticket"]
    body = {"ticket": ticket, "value": value}
    assert _finish(stranger, body, origin=origin).status_code == 403
    assert _finish(stranger, body).status_code == 200


@pytest.mark.parametrize(
    "body",
    [{}, {"ticket": "a"}, {"value": "a"}, {"ticket": 1, "value": "a"}, b"[]", b"{", b"ticket=a"],
)
def test_a_finish_without_ticket_and_value_is_refused(stranger, body):
    answer = _finish(stranger, body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json["code"] == "lti-finish-form"


def test_a_finish_is_a_post_of_bounded_size(stranger):
    assert stranger.get("/lti/finish", **HERE).status_code == 405
    assert _finish(stranger, {"ticket": "a" * 300_000, "value": "b"}).status_code == 413


@pytest.mark.parametrize(
    ("field", "code"), [("value", "lti-other-browser"), ("ticket", "lti-ticket")]
)
def test_a_wrong_value_or_ticket_opens_nothing(stranger, world, field, code):
    page, value = _hold(stranger, world)
    body = {"ticket": _by_id(page, "storage")["data-ticket"], "value": value, field: "wrong"}
    answer = _finish(stranger, body)
    assert (answer.status_code, answer.json["code"]) == (400, code)
    assert "session" not in answer.json
    assert _cookies(answer) == []


def test_a_ticket_cannot_be_used_by_two(stranger, world):
    page, value = _hold(stranger, world)
    body = {"ticket": _by_id(page, "storage")["data-ticket"], "value": value}
    assert _finish(stranger, body).status_code == 200
    assert _finish(stranger, body).json["code"] == "lti-ticket"


def test_a_picker_that_is_held_may_post_to_the_platform(stranger, world):
    claims = world.platform.deep_linking_claims(now=world.now, nonce=REMOVED)
    page, _ = _hold(stranger, world, **claims)
    assert f"form-action 'self' {ISSUER};" in page.headers["Content-Security-Policy"]


def test_no_address_of_any_page_or_redirect_holds_a_secret(stranger, world):
    """B28."""
    stored = _log_in(stranger, **STORAGE)
    checked = _log_in(stranger, headers=FRAMED)
    new_tab = stranger.get(checked.location, headers=FRAMED, **HERE)
    held, value = _hold(stranger, world)
    ticket = _by_id(held, "storage")["data-ticket"]
    answer = _finish(stranger, {"ticket": ticket, "value": value})
    session = answer.json["session"]
    page = stranger.get(
        answer.json["location"], headers={"Authorization": f"Bearer {session}"}, **HERE
    )
    secrets = {value, ticket, session, _by_id(stored, "storage")["data-value"]}
    addresses = [answer.json["location"], checked.location]
    for shown in (stored, new_tab, held, page):
        for _, attrs in _Elements(shown.text).found:
            addresses += [attrs[name] or "" for name in ("href", "src", "action") if name in attrs]
    assert len(addresses) > 10
    assert not [url for url in addresses for secret in secrets if secret in url]
    assert session not in page.text


def test_a_refusal_leads_back_to_the_course_with_its_reason(browser, world):
    """B18."""
    back = f"{ISSUER}/return?sesskey=abc"
    login = _log_in(browser)
    query = {name: v[0] for name, v in parse_qs(urlsplit(login.location).query).items()}
    claims = world.platform.claims(nonce="other", presentation={"return_url": back})
    form = {"state": query["state"], "id_token": world.platform.sign(claims)}
    page = browser.post("/lti/launch", data=form, **HERE)
    assert page.status_code == 400
    (link,) = [a["href"] for a in _elements(page, "a") if a["href"].startswith(ISSUER)]
    assert link.startswith(f"{back}&lti_errormsg=")
    assert link.endswith("&lti_errorlog=lti-nonce")
    form = {"state": query["state"], "id_token": world.platform.sign(claims)[:-8] + "AAAAAAAA"}
    assert ISSUER not in browser.post("/lti/launch", data=form, **HERE).text
