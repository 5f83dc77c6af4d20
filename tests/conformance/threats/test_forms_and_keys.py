"""Threats at the launch address: forms, tokens as texts, and the keys of platforms (B1 to B8)."""

from __future__ import annotations

import gzip
import json
import threading
import time
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from lti_tool.persistence.base import Database
from lti_tool.persistence.sessions import LaunchSession
from tests.conformance.threats.arena import HERE, Arena, has_no_session, refused
from tests.lti.local_server import LocalServer, Reply, json_reply
from tests.lti.platform import base64url, jwk_of, make_key, sign_parts

Called = tuple[Arena, LocalServer]


def test_b1(database: Database) -> None:
    """B1: two parallel posts of the same token and state. Exactly one succeeds."""
    arena = Arena(database)
    login = arena.log_in()
    cookie = login.headers["Set-Cookie"].split(";")[0]
    begun = dict(pair.split("=", 1) for pair in login.location.split("?")[1].split("&"))
    platform = arena.world.platform
    token = platform.sign(platform.claims(now=arena.world.now, nonce=begun["nonce"]))
    form = {"state": begun["state"], "id_token": token}
    gate, statuses = threading.Barrier(4), []

    def post() -> None:
        browser = arena.app.test_client(use_cookies=False)
        gate.wait()
        answer = browser.post("/lti/launch", data=form, headers={"Cookie": cookie}, **HERE)
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=post) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 400, 400, 400]
    assert arena.count(LaunchSession) == 1


@pytest.mark.parametrize("is_consumed", [True, False])
def test_b2(arena: Arena, is_consumed: bool) -> None:
    """B2: state consumed or older than 10 min. Refused, with a page that says: start again."""
    begun = arena.started()
    if not is_consumed:
        arena.world.now += timedelta(minutes=10)
    platform = arena.world.platform
    token = platform.sign(platform.claims(now=arena.world.now, nonce=begun["nonce"]))
    if is_consumed:
        assert arena.post(begun["state"], token).status_code == 303
    answer = arena.post(begun["state"], token)
    refused(answer, "lti-state")
    assert "again from your course" in answer.text


def test_b3(arena: Arena) -> None:
    """B3: platform error answer at the launch URL. A friendly page, and the state is used up."""
    begun = arena.started()
    answer = arena.post_form([("state", begun["state"]), ("error", "login_required")])
    refused(answer, "lti-platform-answer")
    assert "Sign in to your LMS" in answer.text
    platform = arena.world.platform
    token = platform.sign(platform.claims(now=arena.world.now, nonce=begun["nonce"]))
    refused(arena.post(begun["state"], token), "lti-state")


@pytest.mark.parametrize("twice", ["state", "id_token"])
def test_b4(arena: Arena, twice: str) -> None:
    """B4: duplicate form fields. Refused, also where both say the same."""
    begun = arena.started()
    platform = arena.world.platform
    token = platform.sign(platform.claims(now=arena.world.now, nonce=begun["nonce"]))
    fields = [("state", begun["state"]), ("id_token", token)]
    again = [pair for pair in fields if pair[0] == twice]
    refused(arena.post_form([*fields, *again]), "lti-launch-form")
    assert arena.browser.get("/lti/login?iss=a&iss=a", **HERE).status_code == 400


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace('"iss"', '"sub": "admin", "iss"', 1),
        lambda text: text.replace('"sub": "user-7"', '"sub": NaN'),
        lambda text: text.replace('"sub": "user-7"', '"sub": -Infinity'),
        lambda text: text.replace('"sub": "user-7"', '"sub": "user-7", "n": 1e999999'),
        lambda text: text.replace('"sub": "user-7"', '"sub": "user-7", "n": ' + "9" * 50_000),
        lambda text: text.replace(
            '"sub": "user-7"', '"sub": "user-7", "n": ' + "[" * 30_000 + "]" * 30_000
        ),
    ],
)
def test_b5(arena: Arena, spoil: Callable[[str], str]) -> None:
    """B5: duplicate claim keys, NaN, huge exponents, deep nesting. Refused in bounded time."""
    begun = arena.started()
    platform = arena.world.platform
    good = json.dumps(platform.claims(now=arena.world.now, nonce=begun["nonce"]))
    header = json.dumps({"alg": "RS256", "typ": "JWT", "kid": platform.kid})
    assert spoil(good) != good
    spent = time.process_time()
    refused(
        arena.post(begun["state"], sign_parts(header, spoil(good), platform.key)),
        "lti-token-malformed",
    )
    assert time.process_time() - spent < 1
    assert arena.post(begun["state"], sign_parts(header, good, platform.key)).status_code == 303


def test_b6_large_forms(arena: Arena) -> None:
    """B6: 5 MB body, 100k fields, compressed bomb as JWKS. Here the forms."""
    for path in ("/lti/launch", "/lti/login"):
        answer = arena.browser.post(path, data={"id_token": "a" * 5_000_000}, **HERE)
        assert answer.status_code == 413
    fields = {f"f{number}": "" for number in range(100_000)}
    assert arena.browser.post("/lti/launch", data=fields, **HERE).status_code in (400, 413)


def test_b6_compressed_bomb(called: Called) -> None:
    """B6: 5 MB body, 100k fields, compressed bomb as JWKS. Here the bomb: bounded memory."""
    arena, server = called
    bomb = gzip.compress(b" " * 50_000_000)
    server.on("GET /jwks", Reply(200, bomb, {"Content-Encoding": "gzip"}))
    tracemalloc.start()
    refused(arena.launch(), "lti-keyset")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


def _drip(out: Any) -> None:
    out.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(100):
        out.write(b" ")
        out.flush()
        time.sleep(0.05)


def _keys(*keys: dict[str, Any]) -> Reply:
    return json_reply({"keys": list(keys)})


GOOD = jwk_of(make_key(0), "key-1")
BAD_KEYSETS = {
    "html": (Reply(200, b"<html>Sign in</html>"), "lti-keyset"),
    "500": (Reply(500, b"{}"), "lti-keyset"),
    "foreign redirect": (Reply(302, b"", {"Location": "https://evil.example/"}), "lti-keyset"),
    "20 MB": (Reply(200, b" " * 20_000_000), "lti-keyset"),
    "10k keys": (_keys(*[GOOD] * 10_000), "lti-keyset"),
    "drip": (Reply(write=_drip), "lti-keyset"),
    "symmetric": (_keys({"kty": "oct", "kid": "key-1", "k": "c2VjcmV0"}), "lti-token-key"),
    "elliptic": (_keys({"kty": "EC", "kid": "key-1", "crv": "P-256"}), "lti-token-key"),
    "private": (_keys(GOOD | {"d": "AQAB"}), "lti-token-key"),
}


@pytest.mark.parametrize("name", BAD_KEYSETS)
def test_b7(called: Called, name: str) -> None:
    """B7: JWKS as HTML, 500, foreign redirect, 20 MB, 10k keys, 60 s drip, symmetric or EC key,
    published private key. Refused in time; a keyset that was good stays good for a while."""
    arena, server = called
    reply, code = BAD_KEYSETS[name]
    good = server.routes["GET /jwks"]
    server.on("GET /jwks", reply)
    begun = time.monotonic()
    refused(arena.launch(), code)
    assert time.monotonic() - begun < 5
    server.on("GET /jwks", good)
    arena.world.now += timedelta(minutes=2)
    assert arena.launch().status_code == 303
    server.on("GET /jwks", reply)
    arena.world.now += timedelta(hours=2)
    # What cannot be read is no answer; what says other keys is one.
    assert arena.launch().status_code == (303 if code == "lti-keyset" else 400)


def test_b8_rotation(called: Called) -> None:
    """B8: rotated platform key; 1,000 unknown kids a minute. A rotated key costs one fetch."""
    arena, server = called
    platform = arena.world.platform
    assert arena.launch().status_code == 303
    platform.kid, platform.key_number = "key-2", 5
    server.on("GET /jwks", Reply(200, platform.keyset()))
    arena.world.now += timedelta(minutes=2)
    for _ in range(3):
        assert arena.launch().status_code == 303
    assert server.count("GET /jwks") == 2


def test_b8_unknown_kids(called: Called) -> None:
    """B8: rotated platform key; 1,000 unknown kids a minute. One fetch per interval."""
    arena, server = called
    platform = arena.world.platform
    assert arena.launch().status_code == 303
    begun = arena.started()
    claims = json.dumps(platform.claims(now=arena.world.now, nonce=begun["nonce"]))
    token = sign_parts(json.dumps({"alg": "RS256", "kid": "unknown-key"}), claims, platform.key)
    _, payload, signature = token.split(".")
    for number in range(1000):
        header = base64url(json.dumps({"alg": "RS256", "kid": f"k{number}"}).encode())
        answer = arena.post(begun["state"], f"{header}.{payload}.{signature}")
        assert answer.status_code == 400
        assert has_no_session(answer)
        arena.world.now += timedelta(milliseconds=59)
    assert server.count("GET /jwks") <= 2
