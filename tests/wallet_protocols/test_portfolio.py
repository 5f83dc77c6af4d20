"""The Open Badges 3.0 API end to end, over HTTP, by a portfolio built on Authlib's client."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from authlib.integrations.base_client.errors import OAuthError as ClientError

from lti_tool.persistence.base import Database
from lti_tool.persistence.wallet_offers import Way
from tests.credentials.node import bring_verifier, verify
from tests.wallet_protocols.portfolio import Portfolio
from tests.wallet_protocols.world import Browser, WalletWorld, served

pytestmark = pytest.mark.xdist_group("node")


@pytest.fixture
def world(sqlite_database: Database) -> Iterator[WalletWorld]:
    """A served tool with the real time whose first institution lets wallets read."""
    with served(sqlite_database, datetime.now(UTC)) as found:
        found.let(Way.BADGES_API)
        yield found


def _code(world: WalletWorld) -> str:
    page = Browser(world, world.learner).press("wallets", "wallets/code")
    found = re.search(r'<b class="whole">([A-Z2-9]{5}-[A-Z2-9]{5})</b>', page)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("method", ["client_secret_post", "none"])
def test_a_portfolio_reads_what_the_learner_lets_it_read(world: WalletWorld, method: str) -> None:
    portfolio = Portfolio(world, auth_method=method)
    assert "upsert" not in portfolio.client["scope"]
    assert set(portfolio.service["paths"]) == {"/credentials", "/profile"}
    portfolio.connect(_code(world))
    profile = portfolio.read("/profile").json()
    assert (profile["id"], profile["name"]) == (f"urn:uuid:{world.learner.learner_uuid}", "Amara")
    first = portfolio.read("/credentials?limit=1")
    assert first.headers["X-Total-Count"] == "2"
    (one,) = first.json()["credential"]
    second = portfolio.read(first.links["next"]["url"])
    (other,) = second.json()["credential"]
    assert {one["id"][-36:], other["id"][-36:]} == set(
        map(str, world.awards(world.learner.learner_id))
    )
    assert set(second.links) == {"first", "last", "prev"}
    page = Browser(world, world.learner).open("wallets")
    assert "Portfolio &lt;of&gt; Ada" in page


def test_what_it_reads_is_valid_in_both_forms(world: WalletWorld) -> None:
    bring_verifier()
    portfolio = Portfolio(world)
    portfolio.connect(_code(world))
    read = portfolio.read("/credentials").json()
    assert (len(read["credential"]), len(read["compactJwsString"])) == (2, 2)
    served_documents = world.served(read["credential"], read["compactJwsString"])
    found = verify(
        served_documents, read["credential"], read["compactJwsString"], now=datetime.now(UTC)
    )
    assert (found.credentials, found.jwts) == ([True] * 2, [True] * 2), found.reasons


def test_tokens_are_renewed_and_end_with_the_learners_word(world: WalletWorld) -> None:
    portfolio = Portfolio(world)
    old = portfolio.connect(_code(world))
    world.now += timedelta(hours=2)
    assert portfolio.read("/profile").status_code == 401
    portfolio.session.refresh_token(portfolio.flow["tokenUrl"], refresh_token=old["refresh_token"])
    assert portfolio.read("/profile").status_code == 200
    page = Browser(world, world.learner).open("wallets")
    grant = re.search(r"/wallets/([0-9a-f-]{36})/withdrawal", page)
    assert grant is not None
    browser = Browser(world, world.learner)
    assert "No wallet reads" in browser.press("wallets", f"wallets/{grant[1]}/withdrawal")
    refused = portfolio.read("/profile")
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
    assert refused.json()["imsx_codeMajor"] == "failure"


def test_a_copied_refresh_token_ends_the_consent(world: WalletWorld) -> None:
    portfolio = Portfolio(world)
    old = portfolio.connect(_code(world))
    url = portfolio.flow["tokenUrl"]
    portfolio.session.refresh_token(url, refresh_token=old["refresh_token"])
    with pytest.raises(ClientError, match="invalid_grant"):
        portfolio.session.refresh_token(url, refresh_token=old["refresh_token"])
    assert portfolio.read("/profile").status_code == 401


def test_who_refuses_lets_nobody_read(world: WalletWorld) -> None:
    code = _code(world)
    there = Portfolio(world).consent(code, decision="refuse")
    assert "error=access_denied" in there
    assert "code=" not in there
    # The code was not used up by that.
    assert "code=" in Portfolio(world).consent(code)
    assert "This code is wrong, was used already" in Portfolio(world).consent(code)
