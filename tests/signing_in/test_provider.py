"""An institution's OpenID Connect provider: bound once, checked every time, never by e-mail."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from werkzeug.test import TestResponse

from lti_tool.errors import ConfigurationError, InvalidInputError
from lti_tool.lti.sealing import PROVIDER_SECRETS, cipher
from lti_tool.persistence.sign_in_ways import find_provider
from lti_tool.services.reseal_keys import reseal_keys
from lti_tool.services.set_sign_in_provider import set_sign_in_provider
from lti_tool.signing_in.provider import ProviderClient
from tests.lti.local_server import Reply
from tests.lti.platform import make_key
from tests.signing_in.conftest import HARBOUR, HOME, Browser, SigningWorld
from tests.signing_in.provider import SECRET, TestProvider

OWN, STAFF = "/own/ways", "/admin/ways"


def connect(
    browser: Browser, provider: TestProvider, ways: str = OWN, key: str = "harbour"
) -> TestResponse:
    """Add an account at the provider to whoever is signed in."""
    page = browser.press(ways, f"{ways}/provider")
    found = re.search(r'href="(http://127[^"]+/authorize[^"]*)"', page.text)
    assert found, page.text
    return come_back(browser, provider.sign_in(found[1].replace("&amp;", "&")), key)


def begin(browser: Browser, side: str = "student", key: str = "harbour", **query: str) -> str:
    """Follow the link of the sign-in page; return the address at the provider."""
    answer = browser.get(f"/sign-in/{key}/{side}/provider", query_string=query)
    assert answer.status_code == 303, answer.text
    return answer.location


def come_back(browser: Browser, query: dict[str, str], key: str = "harbour") -> TestResponse:
    """Follow the provider's redirect."""
    return browser.get(f"/sign-in/{key}/return?{urlencode(query)}")


def enter(browser: Browser, provider: TestProvider, **options: str) -> TestResponse:
    """Sign in with the provider."""
    return come_back(browser, provider.sign_in(begin(browser, **options)))


@pytest.fixture
def bound(sqlite_world: SigningWorld, provider: TestProvider) -> SigningWorld:
    """A world whose learner has connected the account ``s-1``."""
    sqlite_world.use_provider(provider)
    assert connect(sqlite_world.keep(), provider).location == f"{OWN}?notice=added"
    return sqlite_world


def test_a_learner_connects_their_account_and_comes_back_with_it(
    world: SigningWorld, provider: TestProvider
) -> None:
    world.use_provider(provider)
    assert connect(world.keep(), provider).location == f"{OWN}?notice=added"
    browser = Browser(world)
    assert "Sign in with harbour sign-in" in browser.get(HARBOUR).text
    answer = enter(browser, provider)
    assert (answer.status_code, answer.location) == (303, "/own")
    assert "Amara" in browser.get("/own").text


def test_staff_connect_by_their_link_and_come_back_with_their_rights(
    world: SigningWorld, provider: TestProvider
) -> None:
    world.use_provider(provider)
    assert connect(world.staff(), provider, STAFF).location == f"{STAFF}?notice=added"
    browser = Browser(world)
    answer = enter(browser, provider, side="staff")
    assert (answer.status_code, answer.location) == (303, "/admin/platforms")
    assert browser.get("/admin/platforms").status_code == 200
    assert browser.get("/admin/keys").status_code == 403, "one institution, as before"
    assert enter(Browser(world), provider).status_code == 422, "a learner is somebody else"


def test_an_account_that_nobody_connected_opens_nothing_whatever_its_mail(
    bound: SigningWorld, provider: TestProvider
) -> None:
    provider.subject = "s-2"
    provider.claims = {"email": "amara@example.org", "email_verified": True}
    answer = enter(Browser(bound), provider)
    assert answer.status_code == 422
    assert "opens nothing here yet" in answer.text
    assert "Sign in with" in answer.text


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": ["quoin", "another"]},
        {"azp": "another"},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"sub": ""},
        {"sub": None},
        {"sub": 7},
        {"sub": "s" * 256},
    ],
    ids=str,
)
def test_a_token_that_is_not_of_this_sign_in_is_refused(
    bound: SigningWorld, provider: TestProvider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    browser = Browser(bound)
    answer = enter(browser, provider)
    assert answer.status_code == 422
    assert "cannot be used at the moment" in answer.text
    assert browser.get("/own").status_code == 401


def test_a_token_of_another_key_or_without_a_signature_is_refused(
    bound: SigningWorld, provider: TestProvider
) -> None:
    provider.key = make_key(4)
    assert enter(Browser(bound), provider).status_code == 422
    provider.key, provider.kid = make_key(3), "unknown"
    assert enter(Browser(bound), provider).status_code == 422
    provider.kid, provider.algorithm = "k1", "HS256"
    assert enter(Browser(bound), provider).status_code == 422
    provider.algorithm = "RS256"
    assert enter(Browser(bound), provider).status_code == 303


def test_a_state_is_good_once_in_its_browser_at_its_institution(
    bound: SigningWorld, provider: TestProvider
) -> None:
    browser = Browser(bound)
    query = provider.sign_in(begin(browser))
    assert come_back(browser, query).status_code == 303
    again = come_back(browser, query)
    assert again.status_code == 422
    assert "Begin again" in again.text
    stolen = provider.sign_in(begin(browser))
    victim = Browser(bound)
    begin(victim)
    assert come_back(victim, stolen).status_code == 422, "login CSRF"
    assert come_back(browser, stolen).status_code == 422, "and it is used up"
    bound.use_provider(provider, "hill")
    elsewhere = provider.sign_in(begin(browser))
    assert come_back(browser, elsewhere, "hill").status_code == 422
    late = provider.sign_in(begin(browser))
    bound.now += timedelta(minutes=10)
    assert come_back(browser, late).status_code == 422


def test_a_state_that_is_not_ours_or_swapped_is_refused(
    bound: SigningWorld, provider: TestProvider
) -> None:
    browser = Browser(bound)
    one, two = (provider.sign_in(begin(browser)) for _ in range(2))
    swapped = come_back(browser, {**one, "code": two["code"]})
    assert swapped.status_code == 422, "the verifier is of another sign-in"
    for state in ("", "x" * 43):
        assert come_back(browser, {**two, "state": state}).status_code == 422


def test_the_account_of_one_institution_is_not_that_of_another(
    bound: SigningWorld, provider: TestProvider
) -> None:
    bound.use_provider(provider, "hill")
    browser = Browser(bound)
    query = provider.sign_in(begin(browser, key="hill"))
    answer = come_back(browser, query, "hill")
    assert answer.status_code == 422
    assert "opens nothing here yet" in answer.text


def test_one_account_is_bound_to_one_learner(bound: SigningWorld, provider: TestProvider) -> None:
    ben = bound.keep(bound.come_as("ben"))
    refused = connect(ben, provider)
    assert refused.status_code == 422
    assert "opens an account here already" in refused.text


def test_a_way_is_added_for_whoever_is_signed_in_when_it_comes_back(
    sqlite_world: SigningWorld, provider: TestProvider
) -> None:
    world = sqlite_world
    world.use_provider(provider)
    browser = world.keep()
    page = browser.press(OWN, f"{OWN}/provider")
    found = re.search(r'href="(http://127[^"]+/authorize[^"]*)"', page.text)
    assert found
    query = provider.sign_in(found[1].replace("&amp;", "&"))
    browser.press(OWN, "/own/sign-out")
    assert come_back(browser, query).status_code == 422
    assert enter(Browser(world), provider).status_code == 422, "nobody has it"


def test_an_answer_of_another_provider_is_refused(
    bound: SigningWorld, provider: TestProvider
) -> None:
    provider.answer = {"iss": "https://evil.example"}
    assert enter(Browser(bound), provider).status_code == 422
    provider.answer = {"iss": provider.issuer}
    assert enter(Browser(bound), provider).status_code == 303
    bound.now = provider.now = bound.now + timedelta(minutes=11)
    provider.metadata = {"authorization_response_iss_parameter_supported": True}
    provider.answer = {}
    assert enter(Browser(bound), provider).status_code == 422, "it says that it names itself"


def test_whoever_gives_up_there_reads_a_sentence(
    bound: SigningWorld, provider: TestProvider
) -> None:
    provider.answer = {"code": None, "error": "access_denied"}
    assert "You did not sign in there" in enter(Browser(bound), provider).text
    provider.answer = {"code": None, "error": "<script>"}
    answer = enter(Browser(bound), provider)
    assert answer.status_code == 422
    assert "<script>" not in answer.text.replace("<script src", "")


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
    ids=str,
)
def test_a_description_that_cannot_be_trusted_is_not_used(
    sqlite_world: SigningWorld, provider: TestProvider, metadata: dict[str, Any]
) -> None:
    sqlite_world.use_provider(provider)
    provider.metadata = metadata
    answer = Browser(sqlite_world).get(f"{HARBOUR}/student/provider")
    assert answer.status_code == 422
    assert "cannot be used at the moment" in answer.text


def test_while_the_provider_is_away_the_other_ways_are_there(
    bound: SigningWorld, provider: TestProvider
) -> None:
    bound.now = provider.now = bound.now + timedelta(minutes=11)
    provider.server.on("GET /.well-known/openid-configuration", Reply(503))
    answer = Browser(bound).get(f"{HARBOUR}/student/provider")
    assert answer.status_code == 422
    assert "answered with the status 503" in answer.text
    assert "Send me a code" in answer.text
    assert "Sign in with a passkey" in answer.text


def test_an_answer_of_the_token_endpoint_that_is_no_token_is_refused(
    bound: SigningWorld, provider: TestProvider
) -> None:
    provider.status = 500
    assert enter(Browser(bound), provider).status_code == 422
    provider.server.on("POST /token", Reply(200, b"<html>"))
    assert enter(Browser(bound), provider).status_code == 422


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/own/../admin",
        "/own?x=1",
        "/own#x",
        "/admin/platforms",
        "/own/credentials/all.zip",
        " /own",
        "/own\n",
    ],
)
def test_a_sign_in_leads_to_pages_of_ones_own_alone(
    bound: SigningWorld, provider: TestProvider, wanted: str
) -> None:
    browser = Browser(bound)
    answer = come_back(browser, provider.sign_in(begin(browser, next=wanted)))
    assert answer.location == "/own"


def test_a_sign_in_leads_to_the_page_that_was_wanted(
    bound: SigningWorld, provider: TestProvider
) -> None:
    page = Browser(bound).get(f"{HARBOUR}?next=/own/credentials").text
    assert "next=/own/credentials" in page
    browser = Browser(bound)
    query = provider.sign_in(begin(browser, next="/own/credentials"))
    assert come_back(browser, query).location == "/own/credentials"


def test_what_is_asked_for_is_as_little_as_can_be(
    bound: SigningWorld, provider: TestProvider
) -> None:
    asked = dict(parse_qsl(urlsplit(begin(Browser(bound))).query))
    assert asked["scope"] == "openid"
    assert asked["redirect_uri"] == f"{HOME}{HARBOUR}/return"
    assert len(asked["state"]) == len(asked["nonce"]) == len(asked["code_challenge"]) == 43


def test_a_client_without_a_secret_is_known_by_pkce_alone(
    sqlite_world: SigningWorld, provider: TestProvider
) -> None:
    provider.secret = None
    sqlite_world.use_provider(provider)
    assert connect(sqlite_world.keep(), provider).status_code == 303


def test_the_secret_is_sealed_and_can_be_resealed(bound: SigningWorld) -> None:
    with bound.database.reading() as session:
        row = find_provider(session, bound.institution())
    assert row is not None
    sealed = row.sealed_secret
    assert sealed is not None
    assert SECRET.encode() not in sealed
    old, new = bound.parts.config.secret_key, b"n" * 32
    assert cipher(old, PROVIDER_SECRETS).decrypt(sealed).decode() == SECRET
    assert reseal_keys(bound.database, old, new, actor="test", now=bound.now) == 1
    with pytest.raises(ConfigurationError, match="sign-in provider"):
        reseal_keys(bound.database, b"x" * 32, b"y" * 32, actor="test", now=bound.now)


@pytest.mark.parametrize(
    ("issuer", "name", "field"),
    [
        ("http://id.example.edu", "Harbour", "issuer"),
        ("https://id.example.edu?x=1", "Harbour", "issuer"),
        ("https://id.example.edu", " ", "name"),
    ],
)
def test_a_provider_that_cannot_be_one_is_not_kept(
    sqlite_world: SigningWorld, issuer: str, name: str, field: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        set_sign_in_provider(
            sqlite_world.database,
            b"k" * 32,
            ProviderClient(issuer, "quoin", name, "", allows_loopback=False),
            institution_key="harbour",
            check=None,
            actor="test",
            now=sqlite_world.now,
        )
    assert refused.value.field == field
