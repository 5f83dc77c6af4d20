"""Tokens, retries and pauses of the service client (section 6, B40)."""

import json
import threading
from dataclasses import replace
from datetime import timedelta

import jwt
import pytest

from lti_tool.errors import LTIServiceError
from lti_tool.lti.platform_client import Call
from lti_tool.lti.service_tokens import TokenStore
from tests.lti.local_server import Reply, json_reply
from tests.lti.platform import NOW, TestPlatform, make_key

READ, WRITE, SCORE = "https://scope/read", "https://scope/write", "https://scope/score"
SCOPES = frozenset({READ})


@pytest.fixture
def registration(server):
    return replace(
        TestPlatform().registration,
        token_url=f"{server.url}/token",
        allows_loopback=True,
        token_audience="https://audience.example/token",
    )


@pytest.fixture
def granting(server):
    """Let the server grant what is asked for, each time another token."""
    numbers = iter(range(100))

    def grant(request):
        return json_reply(
            {
                "access_token": f"token-{next(numbers)}",
                "token_type": "Bearer",
                "expires_in": 3600,
                "scope": request.form["scope"],
            }
        )

    server.on("POST /token", grant)
    return server


def _call(server, method="GET", **changed):
    call = Call(method, f"{server.url}/thing", "application/one+json", SCOPES)
    return replace(call, **changed)


def _read(client, registration, server, **changed):
    return client.read(registration, _call(server, **changed))


def test_a_call_carries_a_token_and_exactly_one_media_type(granting, client, registration):
    granting.on("GET /thing", Reply(200, b"[]"))
    assert _read(client, registration, granting).body == b"[]"
    (request,) = granting.sent("GET /thing")
    assert request.headers["Authorization"] == "Bearer token-0"
    assert request.headers.get_all("Accept") == ["application/one+json"]


def test_the_assertion_says_who_we_are(granting, client, registration):
    granting.on("GET /thing", Reply(200))
    _read(client, registration, granting)
    (request,) = granting.sent("POST /token")
    assert request.form["grant_type"] == "client_credentials"
    assert request.form["scope"] == READ
    assertion = request.form["client_assertion"]
    claims = jwt.decode(
        assertion,
        make_key(3).public_key(),
        algorithms=["RS256"],
        audience="https://audience.example/token",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert (claims["iss"], claims["sub"]) == ("client-1", "client-1")
    assert claims["iat"] == int(NOW.timestamp()) - 10
    assert claims["exp"] == int(NOW.timestamp()) + 60
    assert len(claims["jti"]) >= 20
    assert jwt.get_unverified_header(assertion)["kid"] == "our-key"


def test_a_token_is_used_until_a_minute_before_its_end(granting, client, registration, clock):
    granting.on("GET /thing", Reply(200))
    for minutes in (0, 30, 58):
        clock.now = NOW + timedelta(minutes=minutes)
        _read(client, registration, granting)
    assert granting.count("POST /token") == 1
    clock.now = NOW + timedelta(minutes=59)
    _read(client, registration, granting)
    assert granting.count("POST /token") == 2


@pytest.mark.parametrize("expires_in", [None, "soon", -5, True, [], 0])
def test_an_odd_life_gives_a_short_one(server, client, registration, clock, expires_in):
    """B40."""
    server.on("POST /token", json_reply({"access_token": "t", "expires_in": expires_in}))
    server.on("GET /thing", Reply(200))
    _read(client, registration, server)
    clock.now = NOW + timedelta(seconds=59)
    _read(client, registration, server)
    assert server.count("POST /token") == 1
    clock.now = NOW + timedelta(seconds=61)
    _read(client, registration, server)
    assert server.count("POST /token") == 2


def test_one_token_serves_a_whole_pass_and_covers_what_was_granted(granting, client, registration):
    granting.on("GET /thing", Reply(200))
    wanted = frozenset({READ, WRITE, SCORE})
    _read(client, registration, granting, wanted=wanted)
    _read(client, registration, granting, needed=frozenset({SCORE}), wanted=wanted)
    assert granting.count("POST /token") == 1
    _read(client, registration, granting, needed=frozenset({"https://scope/other"}))
    assert granting.count("POST /token") == 2


def test_a_platform_that_refuses_the_whole_wish_is_asked_for_less(server, client, registration):
    """B40: invalid_scope."""

    def grant(request):
        if request.form["scope"] != READ:
            return json_reply({"error": "invalid_scope"}, 400)
        return json_reply({"access_token": "t", "expires_in": 120})

    server.on("POST /token", grant)
    server.on("GET /thing", Reply(200))
    _read(client, registration, server, wanted=frozenset({WRITE}))
    assert server.count("POST /token") == 2


def test_a_scope_that_was_cut_silently_is_an_error_of_its_own(server, client, registration):
    server.on("POST /token", json_reply({"access_token": "t", "expires_in": 3600, "scope": WRITE}))
    with pytest.raises(LTIServiceError, match="read") as caught:
        _read(client, registration, server)
    assert caught.value.code == "lti-scope-not-granted"


def test_json_is_read_whatever_the_content_type(server, client, registration):
    """Moodle sends text/html."""
    body = json.dumps({"access_token": "t", "token_type": "bearer", "expires_in": "3600"})
    server.on("POST /token", Reply(200, body.encode(), {"Content-Type": "text/html"}))
    server.on("GET /thing", Reply(200))
    assert _read(client, registration, server).status == 200


@pytest.mark.parametrize(
    "reply",
    [
        Reply(404, b"<html>keyset unreadable</html>"),
        json_reply({"error": "invalid_client", "error_description": "secret words"}, 400),
        json_reply({"access_token": "t", "token_type": "mac"}),
        json_reply({"access_token": "two words"}),
        json_reply({"access_token": "t" * 20_000}),
        json_reply({"access_token": 7}),
        json_reply(["t"]),
        Reply(200, b"x" * 100_000),
    ],
)
def test_anything_but_a_token_is_a_clear_error(server, client, registration, reply):
    """B40."""
    server.on("POST /token", reply)
    with pytest.raises(LTIServiceError) as caught:
        _read(client, registration, server)
    assert "secret" not in caught.value.message
    assert server.count("GET /thing") == 0


def test_a_refused_token_is_renewed_once(granting, client, registration):
    granting.on("GET /thing", Reply(401), Reply(200, b"ok"))
    assert _read(client, registration, granting).body == b"ok"
    tokens = [r.headers["Authorization"] for r in granting.sent("GET /thing")]
    assert tokens == ["Bearer token-0", "Bearer token-1"]


def test_a_token_refused_twice_lets_the_registration_rest(granting, client, registration, clock):
    granting.on("GET /thing", Reply(401))
    assert client.send(registration, _call(granting)).status == 401
    assert granting.count("GET /thing") == 2
    with pytest.raises(LTIServiceError) as caught:
        client.send(registration, _call(granting))
    assert (caught.value.code, caught.value.retry_after) == ("lti-platform-paused", 300)
    clock.now = NOW + timedelta(minutes=5)
    assert client.send(registration, _call(granting)).status == 401


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_read_is_tried_three_times(granting, client, registration, clock, status):
    granting.on("GET /thing", Reply(status), Reply(status), Reply(200, b"ok"))
    assert _read(client, registration, granting).body == b"ok"
    assert clock.slept == [0.75, 1.5]
    granting.on("GET /thing", Reply(status))
    with pytest.raises(LTIServiceError) as caught:
        _read(client, registration, granting)
    assert caught.value.status == status


@pytest.mark.parametrize("status", [400, 403, 404, 501])
def test_other_refusals_are_not_tried_again(granting, client, registration, status):
    granting.on("GET /thing", Reply(status))
    with pytest.raises(LTIServiceError) as caught:
        _read(client, registration, granting)
    assert caught.value.status == status
    assert granting.count("GET /thing") == 1


def test_a_connection_that_breaks_is_tried_again(granting, client, registration):
    granting.on("GET /thing", Reply(write=lambda _: None), Reply(200, b"ok"))
    assert _read(client, registration, granting).body == b"ok"


def test_a_write_is_sent_once(granting, client, registration):
    granting.on("POST /thing", Reply(500))
    call = _call(granting, "POST", content_type="application/one+json", body=b"{}")
    assert client.send(registration, call).status == 500
    (request,) = granting.sent("POST /thing")
    assert (request.body, request.headers["Content-Type"]) == (b"{}", "application/one+json")


def test_too_fast_slows_the_whole_registration_down(granting, client, registration, clock):
    granting.on("GET /thing", Reply(429, headers={"Retry-After": "120"}))
    assert client.send(registration, _call(granting)).status == 429
    with pytest.raises(LTIServiceError) as caught:
        client.send(registration, _call(granting, url=f"{granting.url}/other"))
    assert caught.value.retry_after == 120
    other = replace(registration, id=2)
    granting.on("GET /thing", Reply(200))
    assert client.send(other, _call(granting)).status == 200


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Tue, 30 Jun 2026 12:01:30 GMT", 90),
        ("Tue, 30 Jun 2026 11:00:00 GMT", 60),
        ("nonsense", 60),
        ("99999999", 600),
    ],
)
def test_a_wish_to_wait_is_a_number_or_a_date_and_has_a_limit(
    granting, client, registration, header, seconds
):
    granting.on("GET /thing", Reply(429, headers={"Retry-After": header}))
    client.send(registration, _call(granting))
    with pytest.raises(LTIServiceError) as caught:
        client.send(registration, _call(granting))
    assert caught.value.retry_after == seconds


def test_five_calls_without_an_answer_open_the_circuit(granting, client, registration, clock):
    granting.on("GET /thing", Reply(write=lambda _: None))
    for _ in range(5):
        with pytest.raises(LTIServiceError) as caught:
            client.send(registration, _call(granting))
        assert caught.value.code == "lti-no-answer"
    with pytest.raises(LTIServiceError) as caught:
        client.send(registration, _call(granting))
    assert caught.value.code == "lti-platform-paused"
    clock.now = NOW + timedelta(seconds=60)
    granting.on("GET /thing", Reply(200))
    assert client.send(registration, _call(granting)).status == 200


def test_one_token_request_is_under_way_at_a_time(granting, http, keyring, registration):
    store = TokenStore(http, keyring)
    found = []

    def get():
        found.append(store.get(registration, SCOPES, frozenset(), NOW).value)

    threads = [threading.Thread(target=get) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["token-0"] * 8
    assert granting.count("POST /token") == 1
