"""Wallets that read, on SQLite and PostgreSQL: registered, let in, renewed, ended."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from lti_tool.errors import ForbiddenError, InvalidInputError, NotFoundError, OAuthError
from lti_tool.persistence.base import Database
from lti_tool.persistence.wallet_access import WalletClient, WalletGrant
from lti_tool.persistence.wallet_offers import Way, note_did
from lti_tool.services.ask_consent import ask_consent
from lti_tool.services.export_learner import export_learner
from lti_tool.services.forget_expired import forget_expired
from lti_tool.services.forget_learner import forget_learner
from lti_tool.services.give_tokens import CodeProof, Tokens, give_tokens
from lti_tool.services.grant_access import grant_access
from lti_tool.services.offer_credential import offer_credential
from lti_tool.services.pair_wallet import pair_wallet
from lti_tool.services.read_credentials import CredentialsPage, read_credentials
from lti_tool.services.read_profile import read_profile
from lti_tool.services.register_wallet import Registered, register_wallet
from lti_tool.services.revoke_token import revoke_token
from lti_tool.wallet_protocols.clients import ClientProof
from lti_tool.wallet_protocols.oauth import (
    CREDENTIALS,
    OFFLINE,
    PROFILE,
    read_consent_request,
    read_registration,
)
from tests.wallet_protocols.world import WalletWorld, at_once
from tests.web.world import Person

SECRET = b"k" * 32
CALLBACK = "https://portfolio.example/callback"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()[:43]
ALL_SCOPES = f"{CREDENTIALS} {PROFILE} {OFFLINE}"

REQUEST = {
    "redirect_uri": CALLBACK,
    "response_type": "code",
    "state": "s",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


class ReadingWorld(WalletWorld):
    """A tool whose first institution lets wallets read."""

    def __init__(self, database: Database, now: datetime) -> None:
        super().__init__(database, now)
        self.let(Way.BADGES_API)
        self.registered = self.register()

    def register(self) -> Registered:
        """Register a portfolio."""
        body = {"client_name": "Portfolio", "redirect_uris": [CALLBACK], "scope": ALL_SCOPES}
        return register_wallet(self.database, body, now=self.now)

    @property
    def proof(self) -> ClientProof:
        """How the portfolio shows who it is."""
        found = self.registered
        return ClientProof(found.client.client_id, "client_secret_basic", found.secret or "")

    def fields(self, **changes: str) -> dict[str, str]:
        """The portfolio's request for consent."""
        return {**REQUEST, "client_id": self.registered.client.client_id, **changes}

    def pairing(self, person: Person | None = None, institution: str = "harbour") -> str:
        """The code on the page of a person."""
        return pair_wallet(
            self.database,
            SECRET,
            institution_id=self.institution_id(institution),
            learner_id=(person or self.learner).learner_id,
            now=self.now,
        )

    def code(self, pairing: str | None = None, **changes: str) -> str:
        """Consent, and return the code for the portfolio."""
        asked = ask_consent(self.database, self.fields(**changes)).request
        assert asked is not None
        typed = pairing or self.pairing()
        return grant_access(self.database, SECRET, asked, pairing_code=typed, now=self.now)

    def tokens(self, code: str, proof: ClientProof | None = None, **changes: str) -> Tokens:
        """Give the portfolio tokens for a code."""
        given = {"redirect_uri": CALLBACK, "verifier": VERIFIER, **changes}
        found = CodeProof(code, **given)
        return give_tokens(self.database, proof or self.proof, found, now=self.now)

    def renew(self, refresh: str | None) -> Tokens:
        """Give the portfolio tokens for a refresh token."""
        return give_tokens(self.database, self.proof, refresh or "", now=self.now)

    def read(self, token: str, since: datetime | None = None) -> CredentialsPage:
        """Read all credentials."""
        return read_credentials(
            self.database,
            self.parts.signing,
            token,
            limit=50,
            offset=0,
            since=since,
            now=self.now,
        )

    def clients(self) -> list[str]:
        """Every registration, the oldest first."""
        with self.database.reading() as session:
            return list(session.scalars(select(WalletClient.client_id).order_by(WalletClient.id)))

    def grants(self) -> list[WalletGrant]:
        """Every consent."""
        with self.database.reading() as session:
            return list(session.scalars(select(WalletGrant)))


@pytest.fixture
def world(database: Database, now: datetime) -> ReadingWorld:
    return ReadingWorld(database, now)


@pytest.fixture
def small_world(sqlite_database: Database, now: datetime) -> ReadingWorld:
    """The same on SQLite alone, for what has nothing to do with the database."""
    return ReadingWorld(sqlite_database, now)


def _refused(code: str, act: Callable[[], object]) -> None:
    with pytest.raises(OAuthError) as caught:
        act()
    assert caught.value.code == code


def test_a_wallet_reads_the_credentials_of_who_consented_and_of_nobody_else(
    world: ReadingWorld,
) -> None:
    tokens = world.tokens(world.code())
    page = world.read(tokens.access)
    assert (page.total, len(page.documents), len(page.jwts)) == (2, 2, 2)
    subjects = {one["credentialSubject"]["id"] for one in page.documents}
    assert subjects == {f"urn:uuid:{world.learner.learner_uuid}"}
    assert world.read(tokens.access, since=world.now).total == 0
    assert world.read(tokens.access, since=world.now - timedelta(seconds=1)).total == 2
    assert read_profile(world.database, tokens.access, now=world.now)["name"] == "Amara"
    world.now += timedelta(hours=1)
    _refused("invalid_token", lambda: world.read(tokens.access))
    world.now -= timedelta(minutes=1)
    world.suspend()
    _refused("invalid_token", lambda: world.read(tokens.access))


def test_what_was_not_consented_to_is_not_read(world: ReadingWorld) -> None:
    tokens = world.tokens(world.code(scope=CREDENTIALS))
    assert tokens.refresh is None
    assert world.read(tokens.access).total == 2
    with pytest.raises(OAuthError) as caught:
        read_profile(world.database, tokens.access, now=world.now)
    assert (caught.value.code, caught.value.status) == ("insufficient_scope", 403)


def test_a_pairing_code_is_good_once_and_for_ten_minutes_and_the_last_one_alone(
    world: ReadingWorld,
) -> None:
    first, second = world.pairing(), world.pairing()
    with pytest.raises(InvalidInputError):
        world.code(first)
    assert world.code(second)
    with pytest.raises(InvalidInputError):
        world.code(second)
    late = world.pairing()
    world.now += timedelta(minutes=10)
    with pytest.raises(InvalidInputError):
        world.code(late)


def test_a_code_is_good_for_its_wallet_its_address_its_verifier_and_a_minute(
    world: ReadingWorld,
) -> None:
    code = world.code()
    other = world.register()
    stranger = ClientProof(other.client.client_id, "client_secret_basic", other.secret or "")
    _refused("invalid_grant", lambda: world.tokens(code, stranger))
    _refused("invalid_grant", lambda: world.tokens(code, verifier="w" * 43))
    _refused("invalid_grant", lambda: world.tokens(code, verifier=""))
    _refused("invalid_grant", lambda: world.tokens(code, redirect_uri=f"{CALLBACK}/"))
    _refused("invalid_client", lambda: world.tokens(code, ClientProof("nobody", "none")))
    name = world.proof.client_id
    _refused("invalid_client", lambda: world.tokens(code, ClientProof(name, "none")))
    wrong = ClientProof(name, "client_secret_basic", "wrong")
    _refused("invalid_client", lambda: world.tokens(code, wrong))
    assert world.tokens(code).scope == ALL_SCOPES
    late = world.code()
    world.now += timedelta(minutes=1)
    _refused("invalid_grant", lambda: world.tokens(late))


def test_a_code_that_comes_twice_ends_all_that_it_gave(world: ReadingWorld) -> None:
    code = world.code()
    tokens = world.tokens(code)
    _refused("invalid_grant", lambda: world.tokens(code))
    _refused("invalid_token", lambda: world.read(tokens.access))
    _refused("invalid_grant", lambda: world.renew(tokens.refresh))


def test_a_stranger_who_brings_somebodys_code_ends_nothing(world: ReadingWorld) -> None:
    code = world.code()
    tokens = world.tokens(code)
    other = world.register()
    stranger = ClientProof(other.client.client_id, "client_secret_basic", other.secret or "")
    _refused("invalid_grant", lambda: world.tokens(code, stranger))
    assert world.read(tokens.access).total == 2


def test_tokens_are_renewed_until_nobody_comes_for_ninety_days(world: ReadingWorld) -> None:
    old = world.tokens(world.code())
    world.now += timedelta(days=89)
    new = world.renew(old.refresh)
    _refused("invalid_token", lambda: world.read(old.access))
    assert world.read(new.access).total == 2
    forget_expired(world.database, now=world.now + timedelta(days=89))
    assert len(world.grants()) == 1
    forget_expired(world.database, now=world.now + timedelta(days=90))
    assert world.grants() == []


def test_a_wallet_gives_its_access_up(world: ReadingWorld) -> None:
    tokens = world.tokens(world.code())
    revoke_token(world.database, world.proof, "unknown", now=world.now)
    assert world.read(tokens.access).total == 2
    revoke_token(world.database, world.proof, tokens.refresh or "", now=world.now)
    _refused("invalid_token", lambda: world.read(tokens.access))


def test_where_the_api_is_off_nobody_reads_registers_or_pairs(world: ReadingWorld) -> None:
    tokens, pairing = world.tokens(world.code()), world.pairing()
    with pytest.raises(ForbiddenError):
        world.pairing(world.other_learner, "hill")
    world.let(Way.BADGES_API, institution="hill")
    world.let()
    with pytest.raises(ForbiddenError):
        world.code(pairing)
    _refused("invalid_token", lambda: world.read(tokens.access))
    _refused("invalid_grant", lambda: world.renew(tokens.refresh))
    world.let(institution="hill")
    with pytest.raises(NotFoundError):
        world.register()
    with pytest.raises(NotFoundError):
        ask_consent(world.database, world.fields())


def test_registrations_that_nobody_uses_are_forgotten(world: ReadingWorld) -> None:
    used = world.registered.client.client_id
    world.tokens(world.code(scope=CREDENTIALS))
    # The same instant would be that of the registration.
    world.now += timedelta(minutes=1)
    world.tokens(world.code(scope=CREDENTIALS))
    world.register()
    forget_expired(world.database, now=world.now + timedelta(days=1))
    assert world.clients() == [used]
    forget_expired(world.database, now=world.now + timedelta(days=400))
    assert world.clients() == []


def test_many_registrations_push_out_the_oldest_that_nobody_uses(
    world: ReadingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.tokens(world.code())
    monkeypatch.setattr("lti_tool.services.register_wallet.MOST_CLIENTS", 3)
    made = [world.register().client.client_id for _ in range(4)]
    assert world.clients() == [world.registered.client.client_id, *made[2:]]


def test_of_many_at_once_one_gets_tokens(world: ReadingWorld) -> None:
    code = world.code()
    found = at_once(5, lambda: world.tokens(code))
    assert sum(isinstance(one, Tokens) for one in found) == 1
    # Who came with a used code ended what it had given: some of these five had copied it.
    assert world.grants() == []


def test_of_many_at_once_one_uses_a_pairing_code(world: ReadingWorld) -> None:
    pairing = world.pairing()
    found = at_once(5, lambda: world.code(pairing))
    assert sum(isinstance(one, str) for one in found) == 1
    assert len(world.grants()) == 1


def test_secrets_are_nowhere_in_the_database(world: ReadingWorld) -> None:
    waiting, pairing = world.pairing(), world.pairing(world.come_as("noor"))
    code = world.code(waiting)
    tokens = world.tokens(code)
    world.renew(tokens.refresh)
    tables = ("wallet_clients", "wallet_pairings", "wallet_grants", "audit_events")
    with world.database.reading() as session:
        rows = [tuple(row) for t in tables for row in session.execute(text(f"SELECT * FROM {t}"))]
    kept = " ".join(str(value) for row in rows for value in row)
    for secret in (pairing, code, tokens.access, tokens.refresh, world.registered.secret):
        assert secret
        assert secret not in kept


def test_a_persons_data_have_their_wallets_in_them_and_take_them_along(
    world: ReadingWorld,
) -> None:
    who = {"institution_id": world.institution_id(), "learner_id": world.learner.learner_id}
    tokens = world.tokens(world.code())
    world.pairing()
    world.let(Way.VC_API, Way.BADGES_API)
    offer_credential(
        world.database,
        world.parts.signing,
        SECRET,
        learner_id=world.learner.learner_id,
        award_uuid=world.award(),
        way=Way.VC_API,
        now=world.now,
    )
    with world.database.writing() as session:
        note_did(session, **who, did="did:key:z6Mk", way=Way.VC_API, now=world.now)
    names = ("wallet_offers", "wallet_pairings", "wallet_grants", "wallets", "holder_dids")
    told = export_learner(world.database, **who, actor="test", now=world.now)
    assert [len(told[name]) for name in names] == [1, 1, 1, 1, 1]
    assert told["holder_dids"][0]["did"] == "did:key:z6Mk"
    assert told["wallets"][0]["name"] == "Portfolio"
    assert "hash" not in str([told[name] for name in names])
    forget_learner(world.database, **who, actor="test", now=world.now)
    told = export_learner(world.database, **who, actor="test", now=world.now)
    assert [told[name] for name in names] == [[]] * 5
    _refused("invalid_token", lambda: world.read(tokens.access))


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("invalid_client_metadata", {"client_name": ""}),
        ("invalid_client_metadata", {"client_name": "x" * 101}),
        ("invalid_client_metadata", {"client_name": "a\u202eb"}),
        ("invalid_client_metadata", {"scope": f"{OFFLINE} credential.upsert"}),
        ("invalid_client_metadata", {"token_endpoint_auth_method": "private_key_jwt"}),
        ("invalid_client_metadata", {"grant_types": ["implicit"]}),
        ("invalid_client_metadata", {"response_types": ["token"]}),
        ("invalid_client_metadata", {"logo_uri": "http://portfolio.example/logo"}),
        ("invalid_client_metadata", {"client_uri": "javascript:alert(1)"}),
        ("invalid_redirect_uri", {"redirect_uris": []}),
        ("invalid_redirect_uri", {"redirect_uris": ["http://portfolio.example/"]}),
        ("invalid_redirect_uri", {"redirect_uris": ["javascript:alert(1)"]}),
        ("invalid_redirect_uri", {"redirect_uris": ["https://a.example/#x"]}),
        ("invalid_redirect_uri", {"redirect_uris": ["https://u@a.example/"]}),
        ("invalid_redirect_uri", {"redirect_uris": ["https://a.example; script-src *"]}),
        ("invalid_redirect_uri", {"redirect_uris": ["https://*.example/"]}),
        ("invalid_redirect_uri", {"redirect_uris": ["data:text/html,x"]}),
        ("invalid_redirect_uri", {"redirect_uris": [f"https://a.example/{n}" for n in range(6)]}),
    ],
)
def test_what_is_wrong_with_a_registration_is_said(code: str, changes: dict[str, Any]) -> None:
    body = {"client_name": "Portfolio", "redirect_uris": [CALLBACK], **changes}
    _refused(code, lambda: read_registration(body))


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("unsupported_response_type", {"response_type": "token"}),
        ("invalid_request", {"code_challenge": ""}),
        ("invalid_request", {"code_challenge": "x" * 44}),
        ("invalid_request", {"code_challenge_method": "plain"}),
        ("invalid_request", {"state": "x" * 1001}),
        ("invalid_scope", {"scope": f"{CREDENTIALS} credential.upsert"}),
        ("invalid_scope", {"scope": OFFLINE}),
    ],
)
def test_what_is_wrong_with_a_request_for_consent_is_said(
    code: str, changes: dict[str, str]
) -> None:
    fields = {**REQUEST, "client_id": "x", **changes}
    _refused(code, lambda: read_consent_request(fields, CALLBACK, ALL_SCOPES))


def test_what_may_be_asked_again_is_told_to_the_wallet_at_its_address(
    small_world: ReadingWorld,
) -> None:
    asking = ask_consent(small_world.database, small_world.fields(scope="credential.upsert"))
    assert asking.request is None
    assert asking.refusal is not None
    assert (asking.refusal.code, asking.redirect_uri) == ("invalid_scope", CALLBACK)


def test_nobody_is_sent_to_an_address_that_was_not_registered(small_world: ReadingWorld) -> None:
    near = (f"{CALLBACK}/", f"{CALLBACK}?x=1", CALLBACK.upper(), "https://evil.example/", "")
    for changes in [{"redirect_uri": uri} for uri in near] + [{"client_id": "nobody"}]:
        with pytest.raises(InvalidInputError):
            ask_consent(small_world.database, small_world.fields(**changes))
