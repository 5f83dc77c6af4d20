"""quoin institution sign-in: a provider is asked, kept with its secret sealed, and removed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lti_tool.persistence.base import Database
from lti_tool.services.open_institution import open_institution
from tests.cli.conftest import Quoin
from tests.conftest import NOW
from tests.lti.local_server import Reply
from tests.signing_in.provider import running_provider

SIGN_IN = ("institution", "sign-in")


@pytest.fixture
def harbour(sqlite_database: Database) -> None:
    """An institution."""
    open_institution(sqlite_database, key="harbour", name="Harbour University", now=NOW)


@pytest.mark.usefixtures("harbour")
def test_a_provider_is_kept_shown_and_removed(quoin: Quoin, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("very secret\n")
    with running_provider(datetime.now(UTC)) as provider:
        words = ("harbour", "--issuer", provider.issuer, "--client-id", "quoin")
        refused = quoin(*SIGN_IN, "set", *words, code=1).output
        assert "must begin with https" in refused
        more = ("--allow-loopback", "--secret-file", "secret")
        printed = quoin(*SIGN_IN, "set", *words, *more).output
        assert "Redirect URI: http://127.0.0.1:8000/sign-in/harbour/return" in printed
        provider.server.on("GET /.well-known/openid-configuration", Reply(404))
        refused = quoin(*SIGN_IN, "set", *words, "--allow-loopback", code=1).output
        assert "status 404" in refused
        found = json.loads(quoin(*SIGN_IN, "show", "harbour", "--json").output)
    assert found == {
        "name": "Harbour University",
        "issuer": provider.issuer,
        "client_id": "quoin",
        "has_secret": True,
    }
    lines = quoin(*SIGN_IN, "show", "harbour").output
    assert "has_secret: True" in lines
    assert "very secret" not in lines
    quoin(*SIGN_IN, "set", *words, "--allow-loopback", "--no-check", "--name", "Campus")
    assert "name: Campus" in quoin(*SIGN_IN, "show", "harbour").output
    quoin(*SIGN_IN, "remove", "harbour")
    assert "no provider" in quoin(*SIGN_IN, "remove", "harbour", code=1).output
    assert "no provider" in quoin(*SIGN_IN, "show", "harbour", code=1).output


def test_an_institution_that_is_not_there_has_no_provider(quoin: Quoin) -> None:
    words = ("--issuer", "https://id.example.edu", "--client-id", "quoin", "--no-check")
    assert "not-found" in quoin(*SIGN_IN, "set", "nowhere", *words, code=1).output
