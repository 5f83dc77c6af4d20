"""Addresses: ours, a platform's, and those that may be called."""

import pytest

from lti_tool.lti.urls import is_secure, offered_url, origin_of, origins_of, split_url

ENDPOINTS = ("https://lms.example.edu/auth", "https://auth.example.edu:8443/token")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://LMS.example.edu/a?b", "https://lms.example.edu"),
        ("https://lms.example.edu:443/", "https://lms.example.edu"),
        ("https://lms.example.edu:8443/", "https://lms.example.edu:8443"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("javascript:alert(1)", None),
        ("//lms.example.edu/", None),
        ("https://user@lms.example.edu/", None),
        ("https://lms.example.edu\\@evil.example/", None),
        ("https://lms.example.edu:99999/", None),
        ("https://lms.example.edu/a b", None),
        ("https://lms.example.edu/\nHost: x", None),
        ("https:///nothing", None),
        ("https://lms.example.edu/#fragment", None),
        ("https://lms.exämple.edu/", None),
    ],
)
def test_origin_of_an_address(url, origin):
    assert origin_of(url) == origin


def test_too_long_an_address_is_none():
    assert split_url("https://lms.example.edu/" + "a" * 2048) is None


def test_origins_are_named_once_in_their_order():
    assert origins_of(
        ["https://b.example/1", "nothing", "https://a.example/", "https://b.example/2"]
    ) == (
        "https://b.example",
        "https://a.example",
    )


def test_http_is_secure_only_to_this_machine_and_only_where_allowed():
    assert is_secure("https://lms.example.edu/")
    for url in ("http://localhost:8001/", "http://127.0.0.1/", "http://[::1]:8000/"):
        assert not is_secure(url)
        assert is_secure(url, allows_loopback=True)
    for url in ("http://lms.example.edu/", "http://localhost.example/", "http://10.0.0.1/"):
        assert not is_secure(url, allows_loopback=True)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/items",
        "http://lms.example.edu/items",
        "https://lms.example.edu:8443/items",
        "https://lms.example.edu.evil.example/items",
        None,
        7,
        ["https://lms.example.edu/items"],
    ],
)
def test_a_service_elsewhere_counts_as_not_offered(url):
    """V30."""
    assert offered_url(url, ENDPOINTS) is None


def test_a_service_on_an_endpoints_origin_is_offered():
    """V30."""
    for url in ("https://lms.example.edu/items?a=B", "https://auth.example.edu:8443/x"):
        assert offered_url(url, ENDPOINTS) == url
