"""Offers to wallets on SQLite and PostgreSQL: once, for ten minutes, to whom they belong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from lti_tool.errors import ForbiddenError, InvalidInputError, NotFoundError, OAuthError
from lti_tool.persistence.base import Database
from lti_tool.persistence.joined_accounts import join_accounts
from lti_tool.persistence.wallet_access import list_page
from lti_tool.persistence.wallet_offers import WalletOffer, Way, find_dids
from lti_tool.services.deliver_credential import Asked, deliver_credential
from lti_tool.services.exchange_credential import Exchange, exchange_credential
from lti_tool.services.forget_expired import forget_expired
from lti_tool.services.offer_credential import Offered, offer_credential
from lti_tool.services.redeem_offer import redeem_offer
from lti_tool.services.show_credential_offer import show_credential_offer
from lti_tool.wallet_protocols.secrets import new_nonce
from tests.credentials.issuing import ALL, PUBLIC_URL
from tests.wallet_protocols.holder import Holder
from tests.wallet_protocols.world import WalletWorld, at_once
from tests.web.world import Person

SECRET = b"k" * 32
LDP = "AchievementCredential_ldp_vc"


@pytest.fixture
def world(database: Database, now: datetime) -> WalletWorld:
    return WalletWorld(database, now)


def _offer(world: WalletWorld, way: Way, person: Person | None = None) -> tuple[str, Offered]:
    """Offer the first credential of somebody; return its secret as well."""
    person = person or world.learner
    offered = offer_credential(
        world.database,
        world.parts.signing,
        SECRET,
        learner_id=person.learner_id,
        award_uuid=world.award(person),
        way=way,
        now=world.now,
    )
    query = parse_qs(urlsplit(offered.link).query)
    if way is Way.VC_API:
        assert query["vc_request_url"] == [f"{PUBLIC_URL}/wallet/exchanges/{query['challenge'][0]}"]
        return query["challenge"][0], offered
    return query["credential_offer_uri"][0].rpartition("/")[2], offered


def _offer_as(world: WalletWorld, person: Person, award: UUID) -> Offered:
    return offer_credential(
        world.database,
        world.parts.signing,
        SECRET,
        learner_id=person.learner_id,
        award_uuid=award,
        way=Way.VC_API,
        now=world.now,
    )


def _exchange(world: WalletWorld, secret: str, **given: Any) -> dict[str, Any]:
    exchange = Exchange(secret, **given)
    return exchange_credential(world.database, exchange, public_url=PUBLIC_URL, now=world.now)


def _redeem(world: WalletWorld, code: str, pin: str, institution: str = "harbour") -> str:
    return redeem_offer(
        world.database,
        SECRET,
        institution_uuid=world.issuer(institution).uuid,
        code=code,
        pin=pin,
        now=world.now,
    )


def _deliver(
    world: WalletWorld, token: str, *, institution: str = "harbour", **changes: Any
) -> dict[str, Any]:
    issuer = world.issuer(institution)
    proof = Holder().prove(issuer.url, new_nonce(SECRET, issuer.url, world.now), world.now)
    body = {"credential_configuration_id": LDP, "proofs": {"jwt": [proof]}, **changes}
    asked = Asked(issuer.uuid, token, body)
    return deliver_credential(world.database, world.parts.signing, SECRET, asked, now=world.now)


def _refused(code: str, act: Callable[[], object]) -> None:
    with pytest.raises(OAuthError) as caught:
        act()
    assert caught.value.code == code


def test_an_exchange_gives_the_credential_once(world: WalletWorld) -> None:
    secret, _ = _offer(world, Way.VC_API)
    asked = _exchange(world, secret)["verifiablePresentationRequest"]
    assert (asked["challenge"], asked["domain"]) == (secret, PUBLIC_URL)
    presentation = Holder().present(secret, proof={"domain": PUBLIC_URL})
    given = _exchange(world, secret, presentation=presentation)
    assert given["verifiableCredential"][0]["id"].endswith(str(world.award()))
    with pytest.raises(NotFoundError):
        _exchange(world, secret, bearer=secret)


def test_an_exchange_is_over_after_ten_minutes_five_bad_proofs_or_a_newer_one(
    world: WalletWorld,
) -> None:
    late, _ = _offer(world, Way.VC_API)
    world.now += timedelta(minutes=10)
    with pytest.raises(NotFoundError):
        _exchange(world, late, bearer=late)
    secret, _ = _offer(world, Way.VC_API)
    for _ in range(5):
        with pytest.raises(InvalidInputError):
            _exchange(world, secret, presentation=Holder().present("another challenge"))
    with pytest.raises(NotFoundError):
        _exchange(world, secret, presentation=Holder().present(secret))
    older, _ = _offer(world, Way.VC_API)
    newer, _ = _offer(world, Way.VC_API)
    with pytest.raises(NotFoundError):
        _exchange(world, older, bearer=older)
    assert _exchange(world, newer, bearer=newer)["verifiableCredential"]


def test_nobody_offers_what_is_not_theirs_or_by_a_way_that_is_off(world: WalletWorld) -> None:
    foreign = world.award(world.other_learner)
    for way in (Way.VC_API, Way.OID4VCI):
        with pytest.raises(NotFoundError):
            offer_credential(
                world.database,
                world.parts.signing,
                SECRET,
                learner_id=world.learner.learner_id,
                award_uuid=foreign,
                way=way,
                now=world.now,
            )
    secret, _ = _offer(world, Way.VC_API)
    code, offered = _offer(world, Way.OID4VCI)
    token = _redeem(world, code, offered.pin or "")
    world.let(Way.BADGES_API)
    with pytest.raises(ForbiddenError):
        _offer(world, Way.VC_API)
    with pytest.raises(NotFoundError):
        _exchange(world, secret, bearer=secret)
    _refused("invalid_token", lambda: _deliver(world, token))


def test_a_suspended_institution_hands_nothing_out(world: WalletWorld) -> None:
    secret, _ = _offer(world, Way.VC_API)
    code, offered = _offer(world, Way.OID4VCI)
    world.suspend()
    with pytest.raises(NotFoundError):
        _exchange(world, secret, bearer=secret)
    _refused("invalid_grant", lambda: _redeem(world, code, offered.pin or ""))


def test_a_code_gives_one_token_which_is_over_after_five_minutes(world: WalletWorld) -> None:
    code, offered = _offer(world, Way.OID4VCI)
    pin = offered.pin or ""
    _refused("invalid_grant", lambda: _redeem(world, code, pin, "hill"))
    token = _redeem(world, code, pin)
    _refused("invalid_grant", lambda: _redeem(world, code, pin))
    _refused("invalid_token", lambda: _deliver(world, token, institution="hill"))
    (given,) = _deliver(world, token)["credentials"]
    assert given["credential"]["id"].endswith(str(world.award()))
    world.now += timedelta(minutes=5)
    _refused("invalid_token", lambda: _deliver(world, token))


def test_five_wrong_transaction_codes_end_an_offer(world: WalletWorld) -> None:
    code, offered = _offer(world, Way.OID4VCI)
    pin = offered.pin or ""
    for _ in range(5):
        _refused("invalid_grant", lambda: _redeem(world, code, f"{(int(pin) + 1) % 10**6:06d}"))
    _refused("invalid_grant", lambda: _redeem(world, code, pin))


BAD_REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("unknown_credential_configuration", {"credential_configuration_id": "Master"}),
    ("unknown_credential_identifier", {"credential_identifier": "x"}),
    ("invalid_credential_request", {"credential_configuration_id": None}),
    ("invalid_encryption_parameters", {"credential_response_encryption": {}}),
    ("invalid_proof", {"proofs": None}),
    ("invalid_proof", {"proofs": {"jwt": ["a.b.c", "a.b.c"]}}),
    ("invalid_proof", {"proofs": {"jwt": "a.b.c"}}),
    ("invalid_proof", {"proofs": {"attestation": ["x"]}}),
]


def test_a_bad_request_leaves_the_token_good(sqlite_database: Database, now: datetime) -> None:
    world = WalletWorld(sqlite_database, now)
    secret, offered = _offer(world, Way.OID4VCI)
    token = _redeem(world, secret, offered.pin or "")
    for code, changes in BAD_REQUESTS:
        _refused(code, lambda changes=changes: _deliver(world, token, **changes))
    assert _deliver(world, token)["credentials"]


def test_of_many_at_once_one_gets_the_credential(world: WalletWorld) -> None:
    secret, _ = _offer(world, Way.VC_API)
    found = at_once(5, lambda: _exchange(world, secret, bearer=secret))
    assert sum(isinstance(one, dict) for one in found) == 1
    code, offered = _offer(world, Way.OID4VCI)
    tokens = at_once(5, lambda: _redeem(world, code, offered.pin or ""))
    assert sum(isinstance(one, str) for one in tokens) == 1


def test_secrets_are_nowhere_in_the_database(world: WalletWorld) -> None:
    challenge, _ = _offer(world, Way.VC_API)
    code, offered = _offer(world, Way.OID4VCI)
    token = _redeem(world, code, offered.pin or "")
    with world.database.reading() as session:
        tables = ("wallet_offers", "audit_events")
        rows = [tuple(row) for t in tables for row in session.execute(text(f"SELECT * FROM {t}"))]
    kept = [str(value) for row in rows for value in row]
    for secret in (challenge, code, token):
        assert not any(secret in value for value in kept)
    assert offered.pin not in kept


def test_a_proven_did_stands_in_what_is_issued_from_then_on(world: WalletWorld) -> None:
    noor, holder = world.come_as("noor"), Holder()
    world.complete(noor.learner_id, ALL[:2])
    world.work()
    secret, _ = _offer(world, Way.VC_API, noor)
    given = _exchange(world, secret, presentation=holder.present(secret))
    assert "identifier" not in given["verifiableCredential"][0]["credentialSubject"]
    world.complete(noor.learner_id, ALL[2:])
    world.work()
    subject = world.documents()[-1]["credentialSubject"]
    assert subject["id"] == f"urn:uuid:{noor.learner_uuid}"
    assert [one["identityHash"] for one in subject["identifier"]] == [holder.did]


def test_accounts_that_are_joined_share_credentials_and_did(world: WalletWorld) -> None:
    amara, second, holder = world.learner, world.come_as("amara-elsewhere"), Holder()
    with pytest.raises(NotFoundError):
        _offer_as(world, second, world.award(amara))
    with world.database.writing() as session:
        ids = [amara.learner_id, second.learner_id]
        join_accounts(session, world.institution_id(), ids, uuid4(), world.now)
    link = _offer_as(world, second, world.award(amara)).link
    secret = parse_qs(urlsplit(link).query)["challenge"][0]
    _exchange(world, secret, presentation=holder.present(secret))
    world.complete(second.learner_id, ALL[:2])
    world.work()
    (entry,) = world.documents()[-1]["credentialSubject"]["identifier"]
    assert entry["identityHash"] == holder.did
    with world.database.reading() as session:
        total, _ = list_page(session, amara.learner_id, None, offset=0, limit=50)
        assert (total, find_dids(session, [amara.learner_id])[amara.learner_id]) == (3, holder.did)


def test_a_did_is_forgotten_at_the_learners_word(world: WalletWorld) -> None:
    secret, _ = _offer(world, Way.VC_API)
    _exchange(world, secret, presentation=Holder().present(secret))
    page = world.learner.get("wallets").text
    assert "did:key:z6Mk" in page
    assert world.learner.post("wallets/identifier/withdrawal").status_code == 303
    assert "did:key:z6Mk" not in world.learner.get("wallets").text


def test_what_is_over_is_forgotten(world: WalletWorld) -> None:
    _offer(world, Way.VC_API)
    code, offered = _offer(world, Way.OID4VCI)
    assert show_credential_offer(
        world.database,
        world.parts.signing,
        institution_uuid=world.issuer().uuid,
        code=code,
        now=world.now,
    )["grants"]
    forget_expired(world.database, now=offered.expires_at - timedelta(seconds=1))
    with world.database.reading() as session:
        assert len(list(session.scalars(select(WalletOffer)))) == 2
    forget_expired(world.database, now=offered.expires_at)
    with world.database.reading() as session:
        assert list(session.scalars(select(WalletOffer))) == []
