"""Signed requests: what is let in, and every way in which one is not."""

from __future__ import annotations

import secrets
import threading
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from lti_tool.errors import ConfigurationError, SignatureError
from lti_tool.persistence.api_keys import APINonce, get_api_key
from lti_tool.services.admit_request import admit_request
from lti_tool.services.forget_expired import forget_expired
from lti_tool.services.retire_api_key import retire_api_key
from lti_tool.services.switch_institution import switch_institution
from lti_tool.signatures import SignedRequest, sign
from tests.api.site import SECRET, Site

PATH = "/api/v1/catalogue"
EMPTY = b'{"completions":[]}'


def _code(answer: Any) -> str:
    assert answer.status_code == 401, answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Quoin-HMAC-SHA256"
    return str(answer.get_json()["code"])


def test_the_example_of_the_documentation_has_this_signature() -> None:
    """The figure comes from openssl, not from code of ours."""
    request = SignedRequest(
        "id", "1780000000", "00112233445566778899aabbccddeeff", "", "GET", "/api/v1/catalogue", b""
    )
    assert sign("secret", request) == (
        "v1=9565510f5a3ad59c71d25f99e107a78e2b81fd893c1a4deb128ba4ad42692280"
    )


def test_a_signed_request_is_let_in_once(site: Site) -> None:
    headers = site.key.headers("GET", PATH, b"", at=int(site.now.timestamp()))
    assert site.send_as("GET", PATH, b"", headers).status_code == 200
    assert _code(site.send_as("GET", PATH, b"", headers)) == "api-nonce"


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("Quoin-Key-Id", "", "api-headers"),
        ("Quoin-Key-Id", "a key", "api-headers"),
        ("Quoin-Key-Id", "0" * 16, "api-key"),
        ("Quoin-Timestamp", "", "api-headers"),
        ("Quoin-Timestamp", "1e9", "api-headers"),
        ("Quoin-Timestamp", "-1", "api-headers"),
        ("Quoin-Timestamp", "٣", "api-headers"),
        ("Quoin-Timestamp", "999999999999", "api-timestamp"),
        ("Quoin-Nonce", "", "api-headers"),
        ("Quoin-Nonce", "A" * 32, "api-headers"),
        ("Quoin-Nonce", "a" * 31, "api-headers"),
        ("Quoin-Nonce", "a" * 32, "api-signature"),
        ("Quoin-Signature", "", "api-headers"),
        ("Quoin-Signature", "0" * 64, "api-headers"),
        ("Quoin-Signature", "v2=" + "0" * 64, "api-headers"),
        ("Quoin-Signature", "v1=" + "0" * 64, "api-signature"),
    ],
)
def test_each_header_must_be_right(sqlite_site: Site, header: str, value: str, code: str) -> None:
    encoded = value.encode().decode("latin-1")
    assert _code(sqlite_site.send("GET", PATH, headers={header: encoded})) == code


@pytest.mark.parametrize("seconds", [-300, -299, 0, 300])
def test_five_minutes_of_clock_are_forgiven(sqlite_site: Site, seconds: int) -> None:
    at = int(sqlite_site.now.timestamp()) + seconds
    headers = sqlite_site.key.headers("GET", PATH, b"", at=at)
    assert sqlite_site.send_as("GET", PATH, b"", headers).status_code == 200


@pytest.mark.parametrize("seconds", [-301, 301, -86_400])
def test_more_than_five_minutes_are_not(sqlite_site: Site, seconds: int) -> None:
    at = int(sqlite_site.now.timestamp()) + seconds
    headers = sqlite_site.key.headers("GET", PATH, b"", at=at)
    assert _code(sqlite_site.send_as("GET", PATH, b"", headers)) == "api-timestamp"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    part=st.sampled_from(["method", "target", "body", "timestamp", "nonce", "secret"]),
    data=st.data(),
)
def test_a_signature_of_anything_else_is_refused(
    sqlite_site: Site, part: str, data: st.DataObject
) -> None:
    """Whatever one part is changed to, the signature of the rest does not fit."""
    site, at = sqlite_site, int(sqlite_site.now.timestamp())
    sent = SignedRequest(
        site.key.id, str(at), secrets.token_hex(16), "", "POST", f"{PATH}?a=%2F", b"{}"
    )
    other: dict[str, st.SearchStrategy[Any]] = {
        "method": st.sampled_from(["GET", "post", "PUT", ""]),
        "target": st.sampled_from([PATH, f"{PATH}?a=/", f"{PATH}?a=%2f", f"{PATH}?a=%2F&", "/"]),
        "body": st.binary().filter(lambda found: found != b"{}"),
        "timestamp": st.integers(at - 300, at + 300).filter(lambda n: n != at).map(str),
        "nonce": st.binary(min_size=16, max_size=16).map(bytes.hex),
        "secret": st.text("ab", max_size=50),
    }
    changed = data.draw(other[part])
    values = {name: getattr(sent, name) for name in SignedRequest.__slots__}
    signed = SignedRequest(**values | ({} if part == "secret" else {part: changed}))
    secret = changed if part == "secret" else site.key.secret
    request = SignedRequest(**values | {"signature": sign(secret, signed)})
    with pytest.raises(SignatureError) as refused:
        admit_request(site.database, SECRET, request, now=site.now)
    assert refused.value.code == "api-signature"
    good = SignedRequest(**values | {"signature": sign(site.key.secret, sent)})
    assert admit_request(site.database, SECRET, good, now=site.now).key_id == site.key.id


def test_a_body_signed_for_one_address_is_not_taken_at_another(sqlite_site: Site) -> None:
    at = int(sqlite_site.now.timestamp())
    headers = sqlite_site.key.headers("POST", "/api/v1/other", EMPTY, at=at)
    answer = sqlite_site.send_as("POST", "/api/v1/completions", EMPTY, headers)
    assert _code(answer) == "api-signature"


def test_a_wrong_signature_does_not_use_a_nonce_up(site: Site) -> None:
    at = int(site.now.timestamp())
    good = site.key.headers("GET", PATH, b"", at=at)
    bad = good | {"Quoin-Signature": "v1=" + "0" * 64}
    assert _code(site.send_as("GET", PATH, b"", bad)) == "api-signature"
    assert site.send_as("GET", PATH, b"", good).status_code == 200


def test_two_keys_may_use_the_same_nonce(site: Site) -> None:
    second, at = site.add_key(), int(site.now.timestamp())
    for key in (site.key, second):
        headers = key.headers("GET", PATH, b"", at=at, nonce="ab" * 16)
        assert site.send_as("GET", PATH, b"", headers).status_code == 200


def test_of_two_who_bring_one_nonce_at_once_one_is_let_in(site: Site) -> None:
    nonce, at = secrets.token_hex(16), str(int(site.now.timestamp()))
    request = SignedRequest(site.key.id, at, nonce, "", "GET", PATH, b"")
    request = SignedRequest(
        site.key.id, at, nonce, sign(site.key.secret, request), "GET", PATH, b""
    )
    start, codes = threading.Barrier(4), []

    def come() -> None:
        start.wait()
        try:
            admit_request(site.database, SECRET, request, now=site.now)
            codes.append("in")
        except SignatureError as error:
            codes.append(error.code)

    threads = [threading.Thread(target=come) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["api-nonce", "api-nonce", "api-nonce", "in"]


def test_nonces_are_forgotten_when_their_requests_are_too_old_anyway(site: Site) -> None:
    def left(seconds: float) -> int:
        forget_expired(site.database, now=site.now + timedelta(seconds=seconds))
        with site.database.reading() as session:
            return session.scalar(select(func.count()).select_from(APINonce)) or 0

    site.send("GET", PATH)
    assert left(300) == 1
    assert left(302) == 0


def test_a_retired_key_is_good_no_longer_and_the_other_one_goes_on(site: Site) -> None:
    second = site.add_key()
    assert site.send("GET", PATH).status_code == 200
    assert site.send("GET", PATH, key=second).status_code == 200
    retire_api_key(site.database, site.key.id, actor="test", now=site.now)
    assert _code(site.send("GET", PATH)) == "api-key"
    assert site.send("GET", PATH, key=second).status_code == 200


def test_a_suspended_institution_is_told_so(site: Site) -> None:
    switch_institution(site.database, "harbour", is_suspended=True, actor="test", now=site.now)
    answer = site.send("GET", PATH)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "institution-suspended")


def test_a_secret_does_not_stand_in_the_database(site: Site) -> None:
    with site.database.reading() as session:
        sealed = get_api_key(session, site.key.id).encrypted_secret
    assert site.key.secret.encode() not in sealed


def test_another_secret_of_the_tool_is_a_fault_of_the_settings(sqlite_site: Site) -> None:
    """The caller has done nothing wrong, so it is no 401."""
    request = SignedRequest(
        sqlite_site.key.id,
        str(int(sqlite_site.now.timestamp())),
        "ab" * 16,
        "v1=" + "0" * 64,
        "GET",
        PATH,
        b"",
    )
    with pytest.raises(ConfigurationError, match="reseal"):
        admit_request(
            sqlite_site.database,
            b"another secret of thirty-two bytes and more",
            request,
            now=sqlite_site.now,
        )


def test_what_the_plugin_of_the_lms_signs_is_let_in(sqlite_site: Site) -> None:
    """Two sides that share no code; each is tested alone, too."""
    signing = pytest.importorskip("quoin_xblock.signing")
    headers = signing.signature_headers(
        method="POST",
        target="/api/v1/completions",
        body=EMPTY,
        key_id=sqlite_site.key.id,
        secret=sqlite_site.key.secret,
        timestamp=int(sqlite_site.now.timestamp()),
        nonce=secrets.token_hex(16),
    )
    answer = sqlite_site.send_as("POST", "/api/v1/completions", EMPTY, headers)
    assert answer.status_code == 200
