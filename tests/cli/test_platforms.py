"""quoin platform: registering an LMS by hand."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Quoin

MOODLE = (
    *("--issuer", "https://moodle.example.edu", "--client-id", "AbC123"),
    *("--auth-login-url", "https://moodle.example.edu/mod/lti/auth.php"),
    *("--auth-token-url", "https://moodle.example.edu/mod/lti/token.php"),
    *("--jwks-url", "https://moodle.example.edu/mod/lti/certs.php"),
)


def test_a_platform_is_registered_and_listed(quoin: Quoin) -> None:
    added = quoin("platform", "add", *MOODLE, "--deployment", "3", "--deployment", "4")
    (row,) = json.loads(quoin("platform", "list", "--json").output)
    assert row == {
        "id": json.loads(added.output)["id"],
        "name": "https://moodle.example.edu",
        "issuer": "https://moodle.example.edu",
        "client_id": "AbC123",
        "family": "generic",
        "is_enabled": True,
        "deployments": [
            {"id": "3", "state": "approved", "institution": "main"},
            {"id": "4", "state": "approved", "institution": "main"},
        ],
    }
    lines = quoin("platform", "list").output.splitlines()
    assert lines[0].startswith(row["id"])
    assert lines[1] == "    deployment 3: approved, main"


def test_adding_it_again_enters_new_addresses(quoin: Quoin) -> None:
    first = quoin("platform", "add", *MOODLE).output
    again = quoin("platform", "add", *MOODLE, "--name", "Moodle", "--deployment", "9").output
    (row,) = json.loads(quoin("platform", "list", "--json").output)
    assert again == first
    assert (row["name"], len(row["deployments"])) == ("Moodle", 1)


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [
        ("--jwks-url", "http://moodle.example.edu/certs", "jwks_url"),
        ("--issuer", "", "issuer"),
        ("--issuer", "https://moodle.example.edu/", "registered already"),
        ("--deployment", "x" * 256, "deployment_id"),
    ],
)
def test_a_wrong_value_is_named(quoin: Quoin, option: str, value: str, named: str) -> None:
    quoin("platform", "add", *MOODLE)
    refused = quoin("platform", "add", *MOODLE, option, value, code=1)
    assert named in refused.output
    assert len(json.loads(quoin("platform", "list", "--json").output)) == 1


def test_a_deployment_has_one_institution(quoin: Quoin) -> None:
    quoin("platform", "add", *MOODLE, "--deployment", "3")
    words = ("--deployment", "3", "--institution", "other")
    assert "another institution" in quoin("platform", "add", *MOODLE, *words, code=1).output
