"""A platform's keys: V9-V11, and how long they are kept (B7, B8)."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from lti_tool.errors import LTILaunchError, LTIServiceError
from lti_tool.lti.jwks import KeysetCache, lifetime, parse_keyset
from lti_tool.strict_json import StrictJSONError
from tests.lti.platform import NOW, REMOVED, FakeHTTP, TestPlatform, jwk_of, make_key, number_text

URL = "https://lms.example.edu/jwks"
PLATFORM = TestPlatform()
REGISTRATION = replace(PLATFORM.registration, jwks_url=URL)
MINUTE = timedelta(minutes=1)


def _keyset(*keys):
    return json.dumps({"keys": list(keys)}).encode()


def _usable(**members):
    return "key-1" in parse_keyset(_keyset(jwk_of(PLATFORM.key, "key-1", **members)))


def test_a_key_counts_with_or_without_alg_and_use():
    """V9, V11: Open edX names neither."""
    assert _usable()
    assert _usable(alg=REMOVED, use=REMOVED)


@pytest.mark.parametrize(
    "members",
    [
        {"alg": "RS512"},
        {"alg": "none"},
        {"use": "enc"},
        {"kty": "EC"},
        {"kty": "oct", "k": "c2VjcmV0"},
        {"d": "AQAB"},
        {"kid": REMOVED},
        {"kid": 7},
        {"n": "not base64!"},
        {"n": REMOVED},
        {"e": "AQ"},
        {"e": "Ag"},
        {"e": number_text(2**64 + 1)},
    ],
)
def test_a_key_for_anything_else_is_skipped(members):
    """V9, V11, B48."""
    assert not _usable(**members)


def test_a_short_key_is_skipped_and_a_huge_one_too():
    """V11."""
    short = jwk_of(make_key(1, bits=1024), "key-1")
    huge = jwk_of(PLATFORM.key, "key-2", n=number_text(2**9000 + 1))
    assert parse_keyset(_keyset(short, huge)) == {}


def test_one_bad_entry_does_not_spoil_the_others():
    good = jwk_of(PLATFORM.key, "key-1")
    assert set(parse_keyset(_keyset("text", None, {"kty": "EC"}, good))) == {"key-1"}


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"[]",
        b"{}",
        b'{"keys": {}}',
        b'{"keys": {"keys": []}}',
        _keyset(*[{} for _ in range(101)]),
        b" " * (256 * 1024) + b'{"keys": []}',
    ],
)
def test_what_is_no_bounded_keyset_is_refused(body):
    """B7."""
    with pytest.raises(StrictJSONError):
        parse_keyset(body)


@pytest.mark.parametrize(
    ("header", "minutes"),
    [
        ("", 60),
        ("no-store", 60),
        ("max-age=0", 5),
        ("public, max-age=1200", 20),
        ('MAX-AGE="600"', 10),
        ("max-age=999999999", 24 * 60),
        ("x-max-age=1200", 60),
    ],
)
def test_a_keyset_is_kept_as_long_as_it_says_within_bounds(header, minutes):
    assert lifetime(header) == minutes * MINUTE


@pytest.fixture
def http():
    fake = FakeHTTP()
    fake.serve(URL, PLATFORM.keyset())
    return fake


def test_a_warm_look_up_makes_no_call(http):
    cache = KeysetCache(http)
    for minutes in (0, 1, 59):
        cache.get(REGISTRATION, "key-1", NOW + minutes * MINUTE)
    assert len(http.calls) == 1
    cache.get(REGISTRATION, "key-1", NOW + 61 * MINUTE)
    assert len(http.calls) == 2


def test_an_unknown_key_is_fetched_for_once_a_minute():
    """B8: 1,000 unknown kids make one fetch per interval."""
    http = FakeHTTP()
    http.serve(URL, PLATFORM.keyset())
    cache = KeysetCache(http)
    cache.get(REGISTRATION, "key-1", NOW)
    for number in range(1000):
        with pytest.raises(LTILaunchError) as caught:
            cache.get(REGISTRATION, f"unknown-{number}", NOW + timedelta(seconds=number * 0.059))
        assert caught.value.code == "lti-token-key"
    assert len(http.calls) == 1
    with pytest.raises(LTILaunchError):
        cache.get(REGISTRATION, "unknown", NOW + MINUTE)
    assert len(http.calls) == 2


def test_a_rotated_key_is_found_by_one_fetch(http):
    """B8."""
    cache = KeysetCache(http)
    cache.get(REGISTRATION, "key-1", NOW)
    http.serve(URL, _keyset(jwk_of(make_key(5), "key-2")))
    found = cache.get(REGISTRATION, "key-2", NOW + 2 * MINUTE)
    assert found.public_numbers() == make_key(5).public_key().public_numbers()
    with pytest.raises(LTILaunchError):
        cache.get(REGISTRATION, "key-1", NOW + 2 * MINUTE)


def test_the_last_keys_stay_good_for_a_day_while_the_platform_is_down(http):
    cache = KeysetCache(http)
    cache.get(REGISTRATION, "key-1", NOW)
    http.answers[URL] = LTIServiceError("no answer")
    for hours in (2, 12, 24):
        assert cache.get(REGISTRATION, "key-1", NOW + timedelta(hours=hours))
    with pytest.raises(LTILaunchError) as caught:
        cache.get(REGISTRATION, "key-1", NOW + timedelta(hours=26))
    assert caught.value.code == "lti-keyset"


def test_a_failed_fetch_is_kept_for_a_moment():
    http = FakeHTTP({URL: LTIServiceError("lms.example.edu:443 did not answer.")})
    cache = KeysetCache(http)
    for seconds in (0, 5, 14):
        with pytest.raises(LTILaunchError, match="did not answer"):
            cache.get(REGISTRATION, "key-1", NOW + timedelta(seconds=seconds))
    assert len(http.calls) == 1
    http.serve(URL, PLATFORM.keyset())
    assert cache.get(REGISTRATION, "key-1", NOW + timedelta(seconds=16))


@pytest.mark.parametrize("status", [204, 404, 500])
def test_only_200_is_a_keyset(status):
    http = FakeHTTP()
    http.serve(URL, PLATFORM.keyset(), status=status)
    with pytest.raises(LTILaunchError, match=f"status {status}"):
        KeysetCache(http).get(REGISTRATION, "key-1", NOW)
