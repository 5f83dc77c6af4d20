"""The id_token as a JWT: V8-V18."""

import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from lti_tool.errors import LTILaunchError
from lti_tool.lti.id_token import (
    LARGEST_TOKEN,
    check_nonce,
    check_standard_claims,
    read_token,
)
from tests.lti.platform import (
    CLIENT_ID,
    ISSUER,
    NOW,
    REMOVED,
    TestPlatform,
    base64url,
    jwk_of,
    make_key,
    sign_parts,
)

PLATFORM = TestPlatform()
HEADER = json.dumps({"alg": "RS256", "kid": "key-1"})


def _refused(token, code):
    with pytest.raises(LTILaunchError) as caught:
        read_token(token)
    assert caught.value.code == code


def _check(**claims):
    check_standard_claims(PLATFORM.claims(**claims), issuer=ISSUER, client_id=CLIENT_ID, now=NOW)


def _check_refused(code, **claims):
    with pytest.raises(LTILaunchError) as caught:
        _check(**claims)
    assert caught.value.code == code
    return caught.value.message


def test_a_good_token_is_read_and_verified():
    token = read_token(PLATFORM.sign(PLATFORM.claims()))
    token.verify(PLATFORM.key.public_key())
    assert (token.kid, token.issuer, token.client_id) == ("key-1", ISSUER, CLIENT_ID)
    _check()
    check_nonce(token.payload, "nonce-of-the-login")


@pytest.mark.parametrize(
    "token",
    ["", "a.b", "a.b.c.d", "a.b.c.d.e", "..", "a..c", "ä.b.c", "a.b.c=", "a b.c.d", "A.A.A"],
)
def test_anything_but_three_parts_of_base64url_is_refused(token):
    """V8, V12: five parts would be an encrypted token."""
    _refused(token, "lti-token-malformed")


def test_a_token_that_is_too_large_is_refused():
    """V8."""
    _refused("a.b." + "c" * LARGEST_TOKEN, "lti-token-malformed")


@pytest.mark.parametrize(
    "payload",
    ["[]", '"text"', "null", "", '{"iss": "a", "iss": "b"}', '{"exp": NaN}', '{"exp": 1e400}'],
)
def test_a_payload_that_is_not_one_plain_object_is_refused(payload):
    """V8."""
    _refused(sign_parts(HEADER, payload, PLATFORM.key), "lti-token-malformed")


def test_a_payload_of_great_depth_is_refused():
    """V8."""
    payload = '{"a":' * 50 + "1" + "}" * 50
    _refused(sign_parts(HEADER, payload, PLATFORM.key), "lti-token-malformed")


@pytest.mark.parametrize("header", ["[]", '{"alg": "RS256", "alg": "none", "kid": "key-1"}'])
def test_a_header_that_is_not_one_plain_object_is_refused(header):
    """V8."""
    _refused(sign_parts(header, "{}", PLATFORM.key), "lti-token-malformed")


@pytest.mark.parametrize(
    "algorithm", ["none", "None", "HS256", "RS384", "RS512", "PS256", "ES256", "", 7, ["RS256"]]
)
def test_every_algorithm_but_rs256_is_refused(algorithm):
    """V9."""
    _refused(PLATFORM.sign(PLATFORM.claims(), alg=algorithm), "lti-token-algorithm")


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused():
    """V9: the classic confusion of RS256 with HS256."""
    header, payload = '{"alg": "HS256", "kid": "key-1"}', json.dumps(PLATFORM.claims())
    signed = f"{base64url(header.encode())}.{base64url(payload.encode())}"
    secret = json.dumps(jwk_of(PLATFORM.key, "key-1")).encode()
    mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    _refused(f"{signed}.{base64url(mac)}", "lti-token-algorithm")


@pytest.mark.parametrize("kid", [REMOVED, "", None, 7, ["key-1"]])
def test_a_token_without_the_name_of_its_key_is_refused(kid):
    """V10."""
    _refused(PLATFORM.sign(PLATFORM.claims(), kid=kid), "lti-token-key")


@pytest.mark.parametrize(
    "header",
    [
        {"jwk": jwk_of(make_key(5), "key-1")},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/cert"},
        {"x5c": ["MII"]},
        {"crit": ["exp"]},
        {"crit": []},
    ],
)
def test_a_token_that_brings_its_own_key_or_an_extension_is_refused(header):
    """V10."""
    _refused(PLATFORM.sign(PLATFORM.claims(), **header), "lti-token-key")


def test_a_foreign_or_changed_signature_is_refused():
    token = PLATFORM.sign(PLATFORM.claims())
    head, payload, signature = token.split(".")
    other = PLATFORM.sign(PLATFORM.claims(sub="somebody-else")).split(".")[1]
    for changed in (f"{head}.{other}.{signature}", f"{head}.{payload}.{signature[:-8]}AAAAAAAA"):
        with pytest.raises(LTILaunchError, match="signature"):
            read_token(changed).verify(PLATFORM.key.public_key())
    with pytest.raises(LTILaunchError, match="signature"):
        read_token(token).verify(make_key(5).public_key())


@pytest.mark.parametrize("issuer", [REMOVED, None, 7, [ISSUER]])
def test_an_issuer_that_is_no_text_is_refused(issuer):
    """V13."""
    token = read_token(PLATFORM.sign(PLATFORM.claims(iss=issuer)))
    with pytest.raises(LTILaunchError):
        _ = token.issuer


@pytest.mark.parametrize("issuer", [ISSUER + "/", ISSUER.upper(), ISSUER + ":443", ISSUER + " "])
def test_the_issuer_counts_byte_for_byte(issuer):
    """V13."""
    _check_refused("lti-token-audience", iss=issuer)


@pytest.mark.parametrize(
    "audience",
    [
        REMOVED,
        None,
        "",
        [],
        {},
        7,
        [7],
        "another",
        ["another"],
        [CLIENT_ID, "another"],
        [[CLIENT_ID]],
    ],
)
def test_an_audience_that_is_not_this_tool_alone_is_refused(audience):
    """V14."""
    _check_refused("lti-token-audience", aud=audience)
    if audience not in ("", "another", ["another"]):
        with pytest.raises(LTILaunchError):
            _ = read_token(PLATFORM.sign(PLATFORM.claims(aud=audience))).client_id


def test_a_list_with_this_tool_alone_is_its_audience():
    """V14."""
    _check(aud=[CLIENT_ID])
    assert read_token(PLATFORM.sign(PLATFORM.claims(aud=[CLIENT_ID]))).client_id == CLIENT_ID


def test_the_authorised_party_is_this_tool_if_it_is_named():
    """V15."""
    _check(azp=CLIENT_ID)
    for party in ("another", "", None, 7, [CLIENT_ID]):
        _check_refused("lti-token-audience", azp=party)


@pytest.mark.parametrize("name", ["iat", "exp"])
@pytest.mark.parametrize("value", [REMOVED, None, "1782820800", True, [], {}, 1e300, -1e300])
def test_times_are_present_and_numbers(name, value):
    """V16."""
    _check_refused("lti-token-time", **{name: value})


def _at(**delta):
    return (NOW + timedelta(**delta)).timestamp()


def test_clocks_may_differ_by_a_minute():
    """V16."""
    _check(iat=_at(seconds=59), exp=_at(seconds=90))
    _check(iat=_at(seconds=-90), exp=_at(seconds=-59))
    _check(nbf=_at(seconds=59))
    _check(iat=_at(minutes=-10), exp=_at(hours=1))


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"iat": _at(seconds=62), "exp": _at(seconds=120)}, "issued in the future"),
        ({"iat": _at(minutes=-12), "exp": _at(hours=1)}, "too old"),
        ({"iat": _at(minutes=-5), "exp": _at(seconds=-61)}, "expired"),
        ({"nbf": _at(seconds=62)}, "not valid yet"),
    ],
)
def test_a_refusal_for_time_names_both_clocks(claims, words):
    """V16, V17."""
    message = _check_refused("lti-token-time", **claims)
    assert words in message
    assert "your platform says 2026-06-30 1" in message
    assert "this tool's clock says 2026-06-30 12:00:00 UTC" in message


@pytest.mark.parametrize("nonce", [REMOVED, None, "", "another", 7, ["nonce-of-the-login"], "é"])
def test_another_nonce_is_refused(nonce):
    """V18."""
    with pytest.raises(LTILaunchError) as caught:
        check_nonce(PLATFORM.claims(nonce=nonce), "nonce-of-the-login")
    assert caught.value.code == "lti-nonce"
