"""Our own keys: sealed, opened once, published without their private part."""

import json

import jwt
import pytest

from lti_tool.errors import ConfigurationError
from lti_tool.lti.keys import KeyRing, make_key, open_key

SECRET = b"a secret of at least thirty-two bytes"


@pytest.fixture(scope="module")
def sealed():
    return make_key(SECRET)


def test_a_key_is_sealed_with_the_secret(sealed):
    opened = open_key(sealed, SECRET)
    assert opened.private_key.key_size == 2048
    assert b"PRIVATE" not in sealed.encrypted_private_key
    with pytest.raises(ConfigurationError, match="QUOIN_SECRET_KEY"):
        open_key(sealed, b"another secret of at least 32 bytes")


def test_keys_are_loaded_once_and_published_without_private_members(sealed):
    """B48."""
    loads = []
    ring = KeyRing(lambda: loads.append(1) or [open_key(sealed, SECRET)])
    assert ring.current() is ring.current()
    published = ring.published()
    (key,) = json.loads(published.body)["keys"]
    assert loads == [1]
    assert set(key) == {"kty", "use", "alg", "kid", "n", "e"}
    assert (key["kid"], key["alg"], key["use"]) == (sealed.kid, "RS256", "sig")
    assert published.etag == ring.published().etag


def test_what_we_sign_verifies_with_what_we_publish(sealed):
    ring = KeyRing(lambda: [open_key(sealed, SECRET)])
    token = ring.current().sign({"iss": "client-1"})
    key = jwt.PyJWK(json.loads(ring.published().body)["keys"][0])
    assert jwt.decode(token, key, algorithms=["RS256"]) == {"iss": "client-1"}
    assert jwt.get_unverified_header(token)["kid"] == sealed.kid


def test_keys_are_looked_for_again_after_half_a_minute_and_kept_when_that_fails(sealed):
    first, second = open_key(sealed, SECRET), open_key(make_key(SECRET), SECRET)
    answers, clock = [[first], OSError("the database is away"), [second, first]], [0.0]

    def load():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    ring = KeyRing(load, monotonic=lambda: clock[0])
    assert ring.current() is first
    clock[0] = 31.0
    assert ring.current() is first
    assert len(answers) == 1
    clock[0] = 62.0
    assert ring.current() is second


def test_while_one_thread_looks_for_keys_others_go_on_with_theirs(sealed):
    key, clock = open_key(sealed, SECRET), [0.0]
    seen = []

    def load():
        if clock[0]:
            seen.append(ring.current())
        return [key]

    ring = KeyRing(load, monotonic=lambda: clock[0])
    ring.current()
    clock[0] = 31.0
    ring.current()
    assert seen == [key]
