"""The login request: V1-V5, and the authentication request that answers it."""

from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from lti_tool.errors import LTILoginError
from lti_tool.lti.login import (
    LoginSecrets,
    authentication_url,
    browser_proof,
    hash_state,
    is_launch_target,
    parse_login,
)
from tests.lti.platform import PUBLIC_URL, TARGET

GOOD = [("iss", "https://lms.example.edu"), ("login_hint", "7"), ("target_link_uri", TARGET)]


def _refused(fields, code):
    with pytest.raises(LTILoginError) as caught:
        parse_login(fields, public_url=PUBLIC_URL)
    assert caught.value.code == code
    return caught.value.message


@pytest.mark.parametrize("name", ["iss", "login_hint", "target_link_uri"])
def test_what_is_required_is_there_once(name):
    """V1."""
    without = [field for field in GOOD if field[0] != name]
    assert name in _refused(without, "lti-login-form")
    assert name in _refused([*without, (name, "")], "lti-login-form")
    assert name in _refused([*GOOD, (name, "twice")], "lti-login-form")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/lti/launch",
        "http://quoin.example.edu/lti/launch",
        "https://quoin.example.edu:8443/lti/launch",
        "//quoin.example.edu/lti/launch",
        "https://quoin.example.edu//lti/launch",
        "https://user@quoin.example.edu/lti/launch",
        "https://quoin.example.edu\\lti\\launch",
        "https://quoin.example.edu/lti/launch#fragment",
        "https://quoin.example.edu/lti/launch/",
        "https://quoin.example.edu/courses",
        "https://quoin.example.edu/lti/../admin",
        "https://quoin.example.edu/lti/launch\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "/lti/launch",
    ],
)
def test_only_our_launch_address_is_a_target(target):
    """V3."""
    fields = [*GOOD[:2], ("target_link_uri", target)]
    _refused(fields, "lti-target")


def test_a_target_may_carry_a_query_and_the_public_address_a_path():
    """V3."""
    assert is_launch_target(TARGET + "?stack=1", PUBLIC_URL)
    assert is_launch_target("https://a.example/quoin/lti/launch", "https://a.example/quoin")
    assert not is_launch_target("https://a.example/lti/launch", "https://a.example/quoin")


def test_parameters_are_bounded():
    """V5."""
    _refused([*GOOD[:2], ("target_link_uri", TARGET + "?" + "a" * 2048)], "lti-login-form")
    _refused([*GOOD, ("lti_message_hint", "a" * 8193)], "lti-login-form")
    _refused([*GOOD, ("lti_deployment_id", "a" * 256)], "lti-login-form")
    _refused([*GOOD, *((f"extra{n}", "") for n in range(60))], "lti-login-form")


def test_unknown_parameters_are_ignored_and_empty_ones_count_as_absent():
    request = parse_login(
        [*GOOD, ("canvas_region", "x"), ("client_id", ""), ("lti_deployment_id", "")],
        public_url=PUBLIC_URL,
    )
    assert (request.client_id, request.deployment_id) == (None, None)


def test_hints_go_back_unchanged_into_a_url_that_has_a_query():
    """V5; hints may be JSON with any characters."""
    hint = '{"cmid": 12, "launch": "a&b=c#\r\n é+%"}'
    request = parse_login([*GOOD, ("lti_message_hint", hint)], public_url=PUBLIC_URL)
    url = authentication_url(
        "https://lms.example.edu/auth?site=A%26b",
        request,
        client_id="client-1",
        public_url=PUBLIC_URL,
        secrets=LoginSecrets("state-1", "nonce-1"),
    )
    assert url.startswith("https://lms.example.edu/auth?site=A%26b&scope=openid&")
    assert "\r" not in url
    assert "\n" not in url
    assert dict(parse_qsl(urlsplit(url).query)) == {
        "site": "A&b",
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": "client-1",
        "redirect_uri": TARGET,
        "login_hint": "7",
        "lti_message_hint": hint,
        "state": "state-1",
        "nonce": "nonce-1",
    }


def test_without_a_message_hint_none_is_sent():
    request = parse_login(GOOD, public_url=PUBLIC_URL)
    url = authentication_url(
        "https://lms.example.edu/auth",
        request,
        client_id="c",
        public_url=PUBLIC_URL,
        secrets=LoginSecrets.fresh(),
    )
    assert "lti_message_hint" not in parse_qs(urlsplit(url).query)


def test_state_and_nonce_are_long_and_independent():
    first, second = LoginSecrets.fresh(), LoginSecrets.fresh()
    assert len({first.state, first.nonce, second.state, second.nonce}) == 4
    assert min(len(first.state), len(first.nonce)) >= 43


def test_the_browsers_proof_needs_our_secret():
    proof = browser_proof("state", b"secret-1")
    assert proof != browser_proof("state", b"secret-2")
    assert proof != browser_proof("other", b"secret-1")
    assert hash_state("state") not in proof
