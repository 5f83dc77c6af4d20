"""The way back to the platform after a refusal (B18)."""

import pytest

from lti_tool.errors import LTILaunchError
from lti_tool.lti.return_url import error_return_url
from tests.lti.platform import ISSUER, TestPlatform

REFUSAL = LTILaunchError("Not & here.", code="lti-x")


def _back(presentation):
    platform = TestPlatform()
    claims = platform.claims(presentation=presentation)
    return error_return_url(claims, platform.registration, REFUSAL)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("/return", "/return?lti_errormsg=Not+%26+here.&lti_errorlog=lti-x"),
        (
            "/return?sesskey=a%20b",
            "/return?sesskey=a%20b&lti_errormsg=Not+%26+here.&lti_errorlog=lti-x",
        ),
        ("", "?lti_errormsg=Not+%26+here.&lti_errorlog=lti-x"),
    ],
)
def test_the_refusal_is_added_and_the_query_stays(given, expected):
    assert _back({"return_url": ISSUER + given}) == ISSUER + expected


@pytest.mark.parametrize(
    "presentation",
    [
        {},
        {"locale": "en"},
        "text",
        None,
        {"return_url": 7},
        {"return_url": "javascript:alert(1)"},
        {"return_url": "//lms.example.edu/return"},
        {"return_url": "https://evil.example/return"},
        {"return_url": "https://evil.example/\\@lms.example.edu/return"},
        {"return_url": f"{ISSUER}@evil.example/return"},
        {"return_url": f"{ISSUER}:444/return"},
        {"return_url": f'{ISSUER}/return"onclick='},
        {"return_url": f"{ISSUER}/{'a' * 3000}"},
    ],
)
def test_an_unsafe_or_missing_address_leads_nowhere(presentation):
    assert _back(presentation) is None
